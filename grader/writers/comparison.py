"""A comparison of two runs as text, markdown and HTML."""

from __future__ import annotations

from collections.abc import Iterator

from grader.runs.comparison import Change, Comparison
from grader.writers.terminal import visible

_ORDER = ("new", "graver", "fixed", "milder")


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
        f"{found.tasks} tasks)"
    )


def _lines(comparison: Comparison) -> Iterator[str]:
    yield f"{comparison.before} -> {comparison.after}: {comparison.shared} responses in both; {headline(comparison)}"
    yield ", ".join(f"{comparison.count(change)} {change}" for change in _ORDER)
    for name, ids in (("only in the first", comparison.only_before), ("only in the second", comparison.only_after)):
        if ids:
            yield f"{name}: {len(ids)} ({', '.join(map(visible, ids[:5]))}{' ...' if len(ids) > 5 else ''})"
    for one in _ordered(comparison):
        yield f"  {one.change:7} {visible(one.id)}  {_levels(one):20} {visible(one.rule)}  {visible(one.title)}"


def _ordered(comparison: Comparison) -> list[Change]:
    return sorted(comparison.changes, key=lambda one: _ORDER.index(one.change))


def _levels(change: Change) -> str:
    return f"{change.before} -> {change.after}" if change.before and change.after else change.before or change.after


def comparison_markdown(comparison: Comparison) -> str:
    """Write a comparison as markdown, for the comment of a pull request."""
    lines = [
        f"## {cell(comparison.before)} to {cell(comparison.after)}",
        "",
        f"{comparison.shared} responses in both; {headline(comparison)}.",
        "",
        "| change | response | level | rule | failure |",
        "|---|---|---|---|---|",
    ]
    for one in _ordered(comparison):
        cells = (one.change, one.id, _levels(one), one.rule, one.title)
        lines.append(f"| {' | '.join(map(cell, cells))} |")
    return "\n".join(lines) + "\n"


def cell(text: str) -> str:
    """Write a text as a cell of a markdown table: nothing in it is markup."""
    plain = visible(text)
    return "".join("\\" + char if char in "\\`*_[]<>|#" else char for char in plain)


def comparison_html(comparison: Comparison) -> str:
    """Write a comparison as one page that needs nothing else."""
    rows = [(one, _levels(one)) for one in _ordered(comparison)]
    counts = [(change, comparison.count(change)) for change in _ORDER]
    from grader.writers.pages import environment, source_of

    page = environment().get_template("comparison.html.j2")
    return page.render(
        comparison=comparison, headline=headline(comparison), rows=rows, counts=counts, style=source_of("page.css")
    )
