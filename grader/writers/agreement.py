"""The agreement of a run with experts, as text."""

from __future__ import annotations

from collections.abc import Iterator

from grader.runs.agreement import Agreement
from grader.writers.terminal import visible


def agreement_text(agreement: Agreement) -> str:
    """Write one table by level, then what was missed."""
    return "".join(f"{line}\n" for line in _lines(agreement))


def _lines(agreement: Agreement) -> Iterator[str]:
    yield f"{'level':10} {'named':>6} {'found':>6} {'same level':>11}"
    for level in agreement.levels:
        named, found, same = agreement.of_level(level)
        yield f"{level:10} {named:6} {found:6} {same:11}"
    found = sum(match.found for match in agreement.matches)
    same = sum(match.found and match.level == match.entry.level for match in agreement.matches)
    yield f"{'all':10} {len(agreement.matches):6} {found:6} {same:11}"
    yield ""
    yield f"{agreement.failures} failures in the run's results, {agreement.matched} of them named by the experts"
    if agreement.without_result:
        yield f"{len(agreement.without_result)} analyses have no result in the run"
    missed = [match for match in agreement.matches if not match.found]
    if missed:
        yield ""
        yield "missed:"
    for match in missed:
        yield f"  {match.task}  {match.entry.number:3}  {match.entry.level:8}  {visible(match.entry.title)}"
