"""A run as one page: to be read in the morning, on any screen, without a network."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from typing import Any

from grader.runs.report import MAX_DETAILED, MAX_PLACES, Run, excerpt
from grader.runs.statistics import COLUMNS
from grader.writers.comparison import NAMES, both, headline, verdicts_text
from grader.writers.pages import allowed, embedded, environment, source_of
from grader.writers.summary import shared_text
from grader.writers.tables import count_text
from grader.writers.terminal import STANDINGS

_COLOURS = ("#d6336c", "#e8590c", "#1c7ed6")  # by level, gravest first; further levels are grey
MAX_DIFFERENCES = 30
_GREY = "#888888"  # readable on light and on dark


def run_html(run: Run) -> str:
    """Write a run as a page that holds all it shows: styles, script, charts and data."""
    script = source_of("report.js")
    since = _since(run)
    rows = [_row(run, number, row) | since(row["id"]) for number, row in enumerate(run.rows)]
    data = {
        "rows": rows,
        "levels": list(run.levels),
        "models": sorted({row["model"] for row in rows}),
        "tasks": sorted({row["task"] for row in rows}),
        "verdicts": sorted({row["verdict"] for row in rows}),
        "kinds": sorted({failure["kind"] for row in rows for failure in row["failures"]}),
    }
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            title=run.path.name,
            allowed=allowed(script),
            style=source_of("page.css"),
            script=script,
            data=embedded(data),
            responses=len(rows),
            tasks=len({row["task"] for row in rows}),
            not_graded=sum(row["status"] != "graded" for row in rows),
            unjudged=sum(bool(row.get("unjudged")) for row in run.rows),
            counts=count_text(run),
            columns=list(COLUMNS),
            shared=shared_text(run.figures),
            unmatched=run.unmatched,
            models=run.figures,
            charts=[_scores(run), _kinds(run)],
            comparison=run.comparison,
            headline=headline(run.comparison) if run.comparison else "",
            both=both(run.comparison) if run.comparison else "",
            since_counts=verdicts_text(run.comparison) if run.comparison else "",
            change_names=NAMES,
        )
    )


def _row(run: Run, number: int, row: dict[str, Any]) -> dict[str, Any]:
    result = run.result(row) if number < MAX_DETAILED else None
    sources = run.sources(row) if result else {}
    failures = [_failure(one, sources) for one in result["failures"]] if result else row["failures"]
    words = [row["id"], row["verdict"], row["error"]]
    words += [f"{one['title']} {one['rule']} {one['kind']} {one['level']}" for one in row["failures"]]
    words.append(row.get("answer", ""))
    kept = {
        key: row.get(key, "")
        for key in ("id", "model", "task", "sample", "status", "score", "verdict", "answer", "counts", "error")
    }
    beside = {
        "requirements": [_requirement(one) for one in result["requirements"]] if result else [],
        "differences": [_difference(one) for one in result["differences"][:MAX_DIFFERENCES]] if result else [],
        "unjudged": _unjudged(result) if result else row.get("unjudged", []),
    }
    return kept | beside | {"failures": failures, "text": " ".join(words).lower()}


def _unjudged(result: dict[str, Any]) -> list[str]:
    return [f"{name}: {error}" for name, entry in result["detectors"].items() for error in entry["errors"]]


def _requirement(one: dict[str, Any]) -> str:
    place = f"line {one['line']}: " if one["line"] else ""
    reason = f" - {one['reason']}" if one["reason"] else ""
    return f"{STANDINGS.get(one['standing'], one['standing'])}: {place}{one['quote'] or one['title']}{reason}"


def _difference(one: dict[str, Any]) -> str:
    return f"{one['name']} ({one['type'] or one['section']}), {one['file']}:{one['line']}: {one['says']}"


def _failure(failure: dict[str, Any], sources: dict[str, list[str]]) -> dict[str, Any]:
    kept = {key: failure[key] for key in ("level", "title", "rule", "kind", "issue", "fix", "aws")}
    shown = [
        {key: one[key] for key in ("file", "line", "resource", "type", "message")}
        | {"lines": excerpt(sources, one["file"], one["line"])}
        for one in failure["evidence"][:MAX_PLACES]
    ]
    return kept | {"evidence": shown}


def _since(run: Run) -> Callable[[str], dict[str, Any]]:
    """Return what tells how a response's score and failures changed since the baseline, by its id."""
    if run.comparison is None:
        return lambda id: {}
    scores = {one: round(after - before, 1) for one, before, after in run.comparison.scores}
    changes: dict[str, list[str]] = {}
    for one in run.comparison.changes:
        changes.setdefault(one.id, []).append(f"{NAMES[one.change]}: {one.title}")
    return lambda id: {"change": scores.get(id, 0), "changes": changes.get(id, [])}


def _scores(run: Run) -> str:
    """Draw how the scores of each model are distributed."""
    models = sorted({row["model"] for row in run.rows})
    scores = [[row["score"] for row in run.rows if row["model"] == model] for model in models]
    figure, axes = _figure(0.5 * len(models) + 1.6)
    axes.boxplot(scores, orientation="horizontal", tick_labels=[_label(model) for model in models], showmeans=True)
    axes.set_xlim(0, 100)
    axes.set_xlabel("score")
    return _svg(figure, "Score by model")


def _kinds(run: Run) -> str:
    """Draw the most frequent kinds of failure, by level."""
    counts: Counter[tuple[str, str]] = Counter((f["kind"], f["level"]) for row in run.rows for f in row["failures"])
    totals: Counter[str] = Counter()
    for (kind, _), number in counts.items():
        totals[kind] += number
    kinds = sorted(totals, key=lambda kind: (-totals[kind], kind))[:15][::-1]
    figure, axes = _figure(0.25 * len(kinds) + 1.2)
    start = [0] * len(kinds)
    for place, level in enumerate(run.levels):
        numbers = [counts[kind, level] for kind in kinds]
        axes.barh(kinds, numbers, left=start, color=(*_COLOURS, *[_GREY] * place)[place], label=level)
        start = [before + number for before, number in zip(start, numbers, strict=True)]
    axes.legend(frameon=False, labelcolor=_GREY, loc="upper left", bbox_to_anchor=(1, 1))
    axes.set_xlabel("failures")
    return _svg(figure, "Failures by kind and level")


def _label(text: str) -> str:
    """Return a model's name as a chart can hold it: short, and without what the library takes for formulas."""
    return (text or "(no model)")[:30].replace("$", r"\$")


def _figure(height: float) -> Any:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, height), layout="constrained")
    axes = figure.subplots()
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("bottom", "left"):
        axes.spines[side].set_color(_GREY)
    axes.tick_params(colors=_GREY)
    axes.xaxis.label.set_color(_GREY)
    return figure, axes


def _svg(figure: Any, title: str) -> str:
    """Return a figure as SVG that is the same from run to run, and is read out by its title."""
    import matplotlib as mpl

    text = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "grade", "svg.fonttype": "path"}):
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None, "Creator": None, "Title": title})
    svg = text.getvalue()
    return svg[svg.index("<svg") :].replace("<svg ", f'<svg role="img" aria-label="{title}" ', 1)
