"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from grader.bundle import Limits
    from grader.rubric import Rubric

Command = TypeVar("Command", bound=Callable[..., Any])

# Field of Limits: (what it bounds, the highest value it can be raised to). Defaults stand in grader.bundle.limits.
_LIMITS = {
    "total_bytes": ("--max-bytes", "bytes of the whole response", 2_000_000_000),
    "file_bytes": ("--max-file-bytes", "bytes of one file", 1_000_000_000),
    "files": ("--max-files", "files", 1_000_000),
    "lines": ("--max-lines", "lines of a markdown answer", 10_000_000),
    "depth": ("--max-folders", "folders inside each other", 200),
    "expansion": ("--max-expansion", "times that an archive may grow", 100_000),
    "nesting": ("--max-nesting", "levels of nesting in a template", 200),
    "nodes": ("--max-nodes", "nodes of a template, aliases expanded", 100_000_000),
}


def limit_options(command: Command) -> Command:
    """Add an option for each limit on what is read; the command receives them by the names of the limits' fields."""
    for field, (name, what, highest) in reversed(_LIMITS.items()):
        option = click.option(name, field, type=click.IntRange(1, highest), metavar="N", help=f"Limit: {what}.")
        command = option(command)
    return command


def limits_of(given: dict[str, Any]) -> Limits:
    """Return the limits with those that were given; takes them out of `given`."""
    from grader.bundle import Limits

    chosen = {field: given.pop(field) for field in _LIMITS}
    return Limits(**{field: value for field, value in chosen.items() if value is not None})


def level_of(name: str | None, rubric: Rubric, option: str = "--fail-on") -> str | None:
    """Return a level that an option names. Raises InputError where the rubric has no such level."""
    from grader.errors import InputError

    if name is not None and name not in rubric.levels:
        raise InputError(f"{option}: unknown level {name!r} (the rubric's levels: {', '.join(rubric.levels)})")
    return name
