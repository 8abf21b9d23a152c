"""A comparison of two runs as text, markdown and HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.runs.comparison import Change, Comparison, VerdictChange
from grader.runs.statistics import Interval
from grader.writers.terminal import table_lines, visible

_ORDER = ("new", "graver", "fixed", "milder")
NAMES = {"new": "new", "graver": "more severe", "fixed": "fixed", "milder": "less severe"}
VERDICTS = ("worse", "better", "other")


def comparison_text(comparison: Comparison) -> str:
    """Write a comparison for a terminal or a log."""
    return "".join(f"{line}\n" for line in _lines(comparison))


def headline(comparison: Comparison) -> str:
    """Say in one line how the scores differ."""
    found = comparison.difference
    if found is None:
        return "no task in common"
    one = found.difference
    return (
        f"score {one.value:+.2f} (95% interval {one.low:+.2f} to {one.high:+.2f}, p = {found.p_value:.3g}, "
        f"{found.tasks} {'pairs of model and task' if len(comparison.models) > 1 else 'tasks'})"
    )


def both(comparison: Comparison) -> str:
    """Say how much the two runs share, and what only one of them has."""
    found = f"{comparison.shared} responses to {comparison.tasks} tasks in both"
    for ids, name in ((comparison.only_before, comparison.before), (comparison.only_after, comparison.after)):
        found += f", {len(ids)} only in {name}" if ids else ""
    return found


def model_rows(comparison: Comparison) -> list[tuple[str, ...]]:
    """Return the cells of each model: name, tasks, responses, scores before and after, the change with its interval, p."""
    rows: list[tuple[str, ...]] = []
    for one in comparison.models:
        scores = (f"{one.before:.1f}", f"{one.after:.1f}")
        change, p = (
            (_interval(one.difference.difference), f"{one.difference.p_value:.3g}") if one.difference else ("", "")
        )
        rows.append((one.model or "(no model)", str(one.tasks), str(one.responses), *scores, change, p))
    return rows


MODEL_COLUMNS = ("model", "tasks", "responses", "before", "after", "change (95%)", "p")


def _interval(one: Interval) -> str:
    return f"{one.value:+.2f} ({one.low:+.2f} to {one.high:+.2f})"


def verdicts_text(comparison: Comparison) -> str:
    """Say how many verdicts changed, and how many failures in which way."""
    verdicts = ", ".join(f"{count} {name}" for name in VERDICTS if (count := comparison.count_verdicts(name)))
    failures = ", ".join(f"{count} {NAMES[name]}" for name in _ORDER if (count := comparison.count(name)))
    return f"verdicts: {verdicts or 'none changed'}; failures: {failures or 'none changed'}"


def verdict_rows(comparison: Comparison) -> list[VerdictChange]:
    """Return the changed verdicts, the worse verdicts first."""
    return sorted(comparison.verdicts, key=lambda one: (VERDICTS.index(one.change), one.score_after - one.score_before))


def _lines(comparison: Comparison) -> Iterator[str]:
    names = (visible(comparison.before), visible(comparison.after))
    yield f"{' -> '.join(names)}: {visible(both(comparison))}; {headline(comparison)}"
    yield verdicts_text(comparison)
    for name, ids in zip(names, (comparison.only_before, comparison.only_after), strict=True):
        if ids:
            yield f"only in {name}: {', '.join(map(visible, ids[:5]))}{' ...' if len(ids) > 5 else ''}"
    yield from table_lines([MODEL_COLUMNS, *(tuple(map(visible, row)) for row in model_rows(comparison))])
    for one in verdict_rows(comparison):
        scores = f"{one.score_before:g} -> {one.score_after:g}"
        yield f"  {one.change:11} {visible(one.id)}  {one.before} -> {one.after}  {scores}"
    for change in _ordered(comparison):
        about = f"{_levels(change):20} {visible(change.rule)}  {visible(change.title)}"
        yield f"  {NAMES[change.change]:11} {visible(change.id)}  {about}"


def _ordered(comparison: Comparison) -> list[Change]:
    return sorted(comparison.changes, key=lambda one: _ORDER.index(one.change))


def _levels(change: Change) -> str:
    return f"{change.before} to {change.after}" if change.before and change.after else change.before or change.after


def comparison_markdown(comparison: Comparison) -> str:
    """Write a comparison as markdown, for the comment of a pull request: changed verdicts come first."""
    lines = [
        f"## {cell(comparison.before)} to {cell(comparison.after)}",
        "",
        f"{cell(both(comparison))}; {headline(comparison)}.",
        f"{verdicts_text(comparison).capitalize()}.",
    ]
    verdicts = [
        (one.change, one.id, f"{one.before} to {one.after}", f"{one.score_before:g} to {one.score_after:g}")
        for one in verdict_rows(comparison)
    ]
    lines += _table("Verdicts", ("change", "response", "verdict", "score"), verdicts)
    lines += _table("Models", MODEL_COLUMNS, model_rows(comparison))
    failures = [(NAMES[one.change], one.id, _levels(one), one.rule, one.title) for one in _ordered(comparison)]
    lines += _table("Failures", ("change", "response", "level", "rule", "failure"), failures)
    only = [(name, id) for name, ids in _only(comparison) for id in ids]
    lines += _table("Only in one run", ("run", "response"), only)
    return "\n".join(lines) + "\n"


def _only(comparison: Comparison) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (comparison.before, comparison.only_before), (comparison.after, comparison.only_after)


def _table(title: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return the lines of a markdown table under its title; nothing where it has no rows."""
    if not rows:
        return []
    lines = ["", f"### {title}", "", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return lines + [f"| {' | '.join(map(cell, row))} |" for row in rows]


def cell(text: str) -> str:
    """Write a text as a cell of a markdown table: nothing in it is markup."""
    plain = visible(text)
    return "".join("\\" + char if char in "\\`*_[]<>|#" else char for char in plain)


def comparison_html(comparison: Comparison) -> str:
    """Write a comparison as one page that needs nothing else."""
    from grader.writers.pages import environment, source_of

    page = environment().get_template("comparison.html.j2")
    return page.render(
        comparison=comparison,
        both=both(comparison),
        headline=headline(comparison),
        counts=verdicts_text(comparison),
        verdicts=verdict_rows(comparison),
        columns=MODEL_COLUMNS,
        models=model_rows(comparison),
        rows=[(one, NAMES[one.change], _levels(one)) for one in _ordered(comparison)],
        only=_only(comparison),
        style=source_of("page.css"),
    )
