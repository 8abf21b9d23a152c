"""A run on a terminal: what a batch did, how the models compare, and what is missing or was not judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grader.runs import Summary
from grader.runs.jobs import UNMATCHED
from grader.runs.report import Run
from grader.runs.results import read_rows
from grader.runs.statistics import COLUMNS, ModelFigures
from grader.writers.terminal import table_lines, visible

MAX_LISTED = 5  # responses listed of each kind: the others are in results.jsonl
_MAX_MODEL = 40  # characters of a model's name in a table
_KINDS = {UNMATCHED: "of no task", **{name: name for name in COLUMNS}, "unjudged": "not judged in full"}


def batch_text(summary: Summary, run: Run) -> str:
    """Write what a batch did, for the terminal: counts, a line for each model, and the files that need a look."""
    return "".join(f"{line}\n" for line in _lines(summary, run))


def _lines(summary: Summary, run: Run) -> Iterator[str]:
    levels = ", ".join(f"{count} {level}" for level, count in summary.levels.items() if count) or "no failures"
    kept = ((summary.cached, "unchanged"), (summary.kept, "there already"))
    more = "".join(f", {count} {what}" for count, what in kept if count)
    yield f"{summary.statuses['graded']} of {summary.total} responses graded into {run.path}{more}: {levels}"
    yield from models_lines(run.figures)
    yield from _listed(run)


def shared_text(figures: Sequence[ModelFigures]) -> str:
    """Say on which tasks the models are compared; empty where there is one model that answered everything."""
    if not figures or (len(figures) == 1 and not figures[0].missing):
        return ""
    every = figures[0].tasks + len(figures[0].missing)
    if len(figures) == 1:
        return f"{figures[0].tasks} of {every} tasks answered"
    if not figures[0].shared:
        return f"no task was answered by all models: ranked over all {every} tasks, 0 for each unanswered task"
    return f"ranked on the {figures[0].shared} of {every} tasks that all models answered"


def models_lines(figures: Sequence[ModelFigures]) -> Iterator[str]:
    """Yield a table of the models, best first."""
    if not figures:
        return
    note = shared_text(figures)
    if note:
        yield note
    names = [name for name in COLUMNS if any(one.columns[name] for one in figures)]
    unjudged = any(one.unjudged for one in figures)
    head = ["model", "score", "own score", "passed", "tasks", "missing", "responses", *names]
    rows = [head + ["not judged in full"] * unjudged]
    for one in figures:
        cells = [visible(one.model or "(no model)")[:_MAX_MODEL], f"{one.score.value:.1f}", f"{one.own_score:.1f}"]
        cells += [f"{one.pass_at[1]:.0%}", str(one.tasks), str(len(one.missing)), str(one.responses)]
        rows.append(cells + [str(one.columns[name]) for name in names] + [str(one.unjudged)] * unjudged)
    yield from table_lines(rows)


def _listed(run: Run) -> Iterator[str]:
    """Yield the responses of each kind that needs a look, with their files, and the tasks without a response."""
    found: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    for row in read_rows(run.path):
        for kind in _kinds_of(row):
            found[kind].append(visible(row.get("response", "") or row["id"]))
    for kind, places in found.items():
        if places:
            yield f"{len(places)} {_KINDS[kind]}: {_some(places)}"
    for one in run.figures:
        if one.missing:
            tasks = _some([visible(task) for task in one.missing])
            yield f"{len(one.missing)} not answered by {visible(one.model or '(no model)')}: {tasks}"


def _kinds_of(row: Mapping[str, Any]) -> Iterator[str]:
    if row["status"] == UNMATCHED:
        yield UNMATCHED
        return
    kind = row["answer"] or row["status"]
    yield from (name for name, kinds in COLUMNS.items() if kind in kinds)
    if row.get("unjudged"):
        yield "unjudged"


def _some(items: Sequence[str]) -> str:
    more = f" and {len(items) - MAX_LISTED} more" if len(items) > MAX_LISTED else ""
    return ", ".join(items[:MAX_LISTED]) + more
