"""A result for a person at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from grader.model import Failure, RequirementStanding, Result

_COLOURS = {0: "red", 1: "yellow", 2: "cyan"}
MAX_PLACES = 3


def print_result(result: Result, folder: Path) -> None:
    """Print failures by level with their places, then score and verdict, to standard error.

    Colours on a terminal only, and not where NO_COLOR is set.
    """
    import os

    colour = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    levels = list(result.counts)
    for failure in result.failures:
        head = click.style(f"{failure.level:8}", fg=_COLOURS.get(levels.index(failure.level), "white"), bold=True)
        aws = f"  [{failure.aws} by AWS]" if failure.aws else ""
        click.echo(f"{failure.number:3}  {head}  {visible(failure.title)}{aws}", err=True, color=colour)
        for place in _places(failure):
            click.echo(f"               {place}", err=True, color=colour)
    counts = ", ".join(f"{count} {level}" for level, count in result.counts.items() if count) or "no failures"
    verdict = click.style(result.verdict, bold=True)
    click.echo(f"{result.task}: {counts}; score {result.score:g} of 100, {verdict}", err=True, color=colour)
    for line in _requirements(result):
        click.echo(line, err=True)
    if result.differences:
        number = len(result.differences)
        click.echo(f"differences from the ideal answer that are no failures: {number}", err=True)
    for one in (result.dry_run or {}).get("asked", []):
        click.echo(visible(f"{one['call']} {one['file']}: {one['outcome']} {one['reason']}"), err=True)
    for name, entry in result.detectors.items():
        for error in entry.errors:
            what = "not judged" if name == "templates" else f"{name} could not judge everything"
            click.echo(f"{what}: {visible(error)}", err=True)
    click.echo(f"written to {folder}", err=True)


def _requirements(result: Result) -> list[str]:
    """Return how many requirements are met, and those that are not, with the prompt's line."""
    if not result.requirements:
        return []
    counts = [
        f"{sum(one.standing is standing for one in result.requirements)} {word}" for standing, word in STANDINGS.items()
    ]
    lines = [f"requirements: {', '.join(counts)}; delivered {result.delivered:.0%}"]
    for one in result.requirements:
        if one.standing is RequirementStanding.UNMET:
            asked = one.requirement
            place = f"line {asked.line}: " if asked.line else ""
            lines.append(visible(f"  not met  {place}{asked.quote or asked.title}"))
    return lines


STANDINGS = {
    RequirementStanding.MET: "met",
    RequirementStanding.UNMET: "not met",
    RequirementStanding.UNJUDGED: "not judged",
}


def _places(failure: Failure) -> list[str]:
    shown = []
    for evidence in failure.evidence[:MAX_PLACES]:
        resource = f"  {evidence.resource}" if evidence.resource else ""
        kind = f" ({evidence.type})" if evidence.type else ""
        shown.append(visible(f"{evidence.file}:{evidence.line}{resource}{kind}"))
    rest = len(failure.evidence) - MAX_PLACES
    return [*shown, f"and {rest} more"] if rest > 0 else shown


def visible(text: str) -> str:
    """Return a text of at most 200 characters without control characters: what a response holds must not steer the terminal."""
    return "".join(char if char.isprintable() else "?" for char in text)[:200]


def table_lines(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table with a head: the first column is aligned to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        first, *rest = (
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(("", first, *rest))
