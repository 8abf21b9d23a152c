"""The resource types that CloudFormation offers, from the schemas that cfn-lint ships, read without importing it."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path


@cache
def schema_folder() -> Path:
    """Return the folder of the schemas. Raises FileNotFoundError where cfn-lint is not installed."""
    spec = importlib.util.find_spec("cfnlint")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("cfn-lint, whose schemas are read, is not installed")
    return Path(spec.origin).parent / "data" / "schemas"


@cache
def resource_types(region: str) -> Mapping[str, str]:
    """Return the types that a region offers, each with the name of its schema file; none for a region that is not known."""
    path = schema_folder() / "providers" / f"{region}.json"
    found: dict[str, str] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return found
