"""The engines of other projects: made once per process, because making them costs more than using them.

This module imports nothing but the standard library, so that a command can start making an engine before it imports the rest.
"""

from __future__ import annotations

import atexit
import gc
from functools import cache
from threading import Lock, Thread
from typing import Any

_LOCK = Lock()


def preload() -> None:
    """Start making the fast engine beside whatever comes next: it is native code, and does not hold Python's lock.

    The engines keep nearly all that they allocate, so the collector of cycles is told to look more rarely.
    """
    gc.set_threshold(100_000, 20, 20)
    Thread(target=fast_engine, daemon=True).start()


def fast_engine() -> Any:
    """Return cloudformation-validate's engine."""
    with _LOCK:
        return _fast_engine()


@cache
def _fast_engine() -> Any:
    from cloudformation_validate import CompositeEngine

    atexit.register(_fast_engine.cache_clear)  # its destructor needs modules that the interpreter takes down at exit
    return CompositeEngine()


@cache
def lint_rules() -> Any:
    """Return cfn-lint's rules without the informational ones, which are no failures."""
    from cfnlint.core import get_rules

    return get_rules([], ["I"], [], {}, False)
