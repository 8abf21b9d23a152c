"""A run as one page: to be read in the morning, on any screen, without a network."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

from grader.runs.report import MAX_DETAILED, MAX_PLACES, Run, excerpt
from grader.runs.statistics import COLUMNS
from grader.writers.charts import kinds_chart, scores_chart
from grader.writers.comparison import NAMES, both, headline, verdicts_text
from grader.writers.pages import allowed, embedded, environment, source_of
from grader.writers.summary import shared_text
from grader.writers.tables import count_text
from grader.writers.terminal import STANDINGS

MAX_DIFFERENCES = 30
MAX_KINDS = 15  # in the chart


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
        "compared": run.comparison is not None,
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
    scores: dict[str, list[float]] = {one.model: [] for one in run.figures}
    for row in run.rows:
        scores[row["model"]].append(row["score"])
    return scores_chart(scores)


def _kinds(run: Run) -> str:
    """Draw the most frequent kinds of failure, by level."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in run.rows:
        for failure in row["failures"]:
            counts[failure["kind"]][failure["level"]] += 1
    most = sorted(counts, key=lambda kind: (-counts[kind].total(), kind))[:MAX_KINDS]
    return kinds_chart({kind: counts[kind] for kind in most}, run.levels)
