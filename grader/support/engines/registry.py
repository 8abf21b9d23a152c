"""The engines of other projects: made once per process, because making them costs more than using them.

This module imports little but the standard library, so that a command can start making an engine before it imports the rest.
"""

from __future__ import annotations

import atexit
import gc
import os
from functools import cache
from threading import Lock, Thread
from typing import Any

from grader.errors import InputError
from grader.model import Policy
from grader.support.json_process import Child
from grader.support.text import one_line

_LOCK = Lock()
_KEPT: dict[tuple[Policy, ...], Any] = {}
atexit.register(_KEPT.clear)  # an engine's destructor needs modules that the interpreter takes down at exit


class EngineError(Exception):
    """An engine could not judge a template: an error of the run, not a failure of the response."""


class EngineLimitError(EngineError):
    """An engine ran out of its time or memory: another run may come further."""


def preload(lint: bool, fast: bool = True) -> None:
    """Start making the engines beside whatever comes next: `lint` for cfn-lint, `fast` for the fast one without users' rules.

    The fast one is native code, and does not hold Python's lock. It keeps nearly all that it allocates, so the collector of
    cycles is told to look more rarely.
    """
    gc.set_threshold(100_000, 20, 20)
    if lint:
        linter().start()
    if fast:
        Thread(target=fast_engine, daemon=True).start()


def fast_engine(policies: tuple[Policy, ...] = ()) -> Any:
    """Return cloudformation-validate's engine, with users' rules in it.

    Only the last one is kept: each takes about 240 MB. Raises InputError with the engine's words where a rule cannot be parsed.
    """
    with _LOCK:
        if policies not in _KEPT:
            _KEPT.clear()
            _KEPT[policies] = _fast_engine(policies)
        return _KEPT[policies]


def _fast_engine(policies: tuple[Policy, ...]) -> Any:
    from cloudformation_validate import CompositeEngine, CompositeEngineConfig, ExternalRuleSource, ValidationError

    guard, cel = (
        [ExternalRuleSource(name=one.name, content=one.text) for one in policies if one.language == language]
        for language in ("guard", "cel")
    )
    try:
        return CompositeEngine(CompositeEngineConfig(guard_rules=guard, cel_rules=cel))
    except ValidationError as error:
        raise InputError(one_line(str(error), 300)) from None


@cache
def linter() -> Child:
    """Return cfn-lint's process; it lives as long as this one."""
    child = Child("grader.support.engines.cfn_lint_process")
    atexit.register(child.stop)
    return child


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=linter.cache_clear)  # two processes must not ask one
