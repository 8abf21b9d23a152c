"""Checks that clauses cannot say: each takes a resource and yields the places that break the fact, with a detail.

Each module names its checks in CHECKS; facts refer to them by these names.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping

from grader.facts.checks.base import Broken, Check, unordered

CHECKS: Mapping[str, Check] = {
    name: check
    for module in sorted(one.name for one in pkgutil.iter_modules(__path__) if one.name != "base")
    for name, check in importlib.import_module(f"{__name__}.{module}").CHECKS.items()
}

__all__ = ["CHECKS", "Broken", "unordered"]
