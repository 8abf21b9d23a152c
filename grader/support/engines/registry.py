"""The engines of other projects, each in a process of its own that is started once: starting costs more than asking.

This module imports little but the standard library, so that a command can start making an engine before it imports the rest.
"""

from __future__ import annotations

import atexit
import gc
import os
from contextlib import suppress
from functools import cache
from threading import Thread

from grader.support.json_process import Child, ChildEndedError


class EngineError(Exception):
    """An engine could not judge a template: an error of the run, not a failure of the response."""


class EngineLimitError(EngineError):
    """An engine ran out of its time or memory: another run may come further."""


def preload(lint: bool, fast: bool = True) -> None:
    """Start the engines' processes beside whatever comes next: `lint` for cfn-lint, `fast` for the fast one without users' rules.

    What this process keeps of a run lives long, so the collector of cycles is asked to look more rarely.
    """
    gc.set_threshold(100_000, 20, 20)
    if lint:
        linter().start()
    if fast:
        Thread(target=_warm, args=(validator(),), daemon=True).start()


def _warm(child: Child) -> None:
    with suppress(TimeoutError, ChildEndedError):
        child.ask({}, 60)


@cache
def validator() -> Child:
    """Return cloudformation-validate's process; it lives as long as this one."""
    child = Child("grader.support.engines.validate_process")
    atexit.register(child.stop)
    return child


@cache
def linter() -> Child:
    """Return cfn-lint's process; it lives as long as this one."""
    child = Child("grader.support.engines.cfn_lint_process")
    atexit.register(child.stop)
    return child


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=linter.cache_clear)  # two processes must not ask one
    os.register_at_fork(after_in_child=validator.cache_clear)
