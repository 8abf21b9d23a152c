"""The agreement of a run with experts, as text."""

from __future__ import annotations

from collections.abc import Iterator

from grader.runs.agreement import Agreement
from grader.writers.terminal import visible


def agreement_text(agreement: Agreement) -> str:
    """Write the figures by level, at which levels they were found, each model where there are several, then what was missed."""
    return "".join(f"{line.rstrip()}\n" for line in _lines(agreement))


def _lines(agreement: Agreement) -> Iterator[str]:
    models = agreement.models
    tasks = len({one.task for one in agreement.responses})
    yield f"compared with analyses: responses {len(agreement.responses)}, tasks {tasks}, models {len(models)}"
    yield ""
    yield f"{'level':10} {'named':>6} {'found':>6} {'same level':>11}"
    for level in agreement.levels:
        named, found, same = agreement.of_level(level)
        yield f"{level:10} {named:6} {found:6} {same:11}"
    yield f"{'all':10} {_totals(agreement)}"
    yield ""
    yield from _matrix(agreement)
    if len(models) > 1:
        yield ""
        yield f"{'model':30} {'named':>6} {'found':>6} {'same level':>11} {'kappa':>6}"
        for model in models:
            own = agreement.of_model(model)
            yield f"{visible(model or '(no model)')[:30]:30} {_totals(own)} {_kappa(own):>6}"
    yield ""
    yield f"{_counted(agreement.failures, 'failure', 'failures')} in the run's results, {agreement.matched} of them named by the experts"
    if agreement.without_result:
        names = ", ".join(map(visible, agreement.without_result[:5]))
        more = " ..." if len(agreement.without_result) > 5 else ""
        count = _counted(len(agreement.without_result), "analysis has", "analyses have")
        yield f"{count} no result in the run: {names}{more}"
    missed = [match for match in agreement.matches if not match.found]
    if missed:
        yield ""
        yield "missed:"
    for match in missed:
        title = visible(match.entry.title)
        yield f"  {visible(match.response)}  {match.entry.number:3}  {visible(match.entry.level):8}  {title}"


def _counted(number: int, singular: str, plural: str) -> str:
    return f"{number} {singular if number == 1 else plural}"


def _totals(agreement: Agreement) -> str:
    found = sum(match.found for match in agreement.matches)
    same = sum(match.found and match.level == match.entry.level for match in agreement.matches)
    return f"{len(agreement.matches):6} {found:6} {same:11}"


def _matrix(agreement: Agreement) -> Iterator[str]:
    """Write a row for each level of the experts: at which level the run has the same."""
    levels = [visible(level)[:10] for level in agreement.levels]
    yield f"{'expert':10} {' '.join(f'{level:>10}' for level in levels)} {'missed':>10}"
    for level, row in zip(levels, agreement.matrix().values(), strict=True):
        yield f"{level:10} {' '.join(f'{number:10}' for number in row.values())}"
    yield f"Cohen's kappa of the levels: {_kappa(agreement)}"


def _kappa(agreement: Agreement) -> str:
    found = agreement.kappa()
    return "-" if found is None else f"{found:.2f}"
