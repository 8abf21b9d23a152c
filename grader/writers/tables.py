"""A run as tables: JSON and markdown."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from grader.runs.report import Run
from grader.runs.statistics import COLUMNS
from grader.writers.comparison import cell
from grader.writers.summary import shared_text


def run_json(run: Run) -> str:
    """Write the figures of the models and every row."""
    models = [_figures(one) for one in run.figures]
    compared = run.comparison.to_dict() if run.comparison else None
    return json.dumps({"run": run.path.name, "models": models, "baseline": compared, "rows": run.rows}, indent=2) + "\n"


def _figures(one: Any) -> dict[str, Any]:
    score, rank = ({"value": i.value, "low": i.low, "high": i.high} for i in (one.score, one.rank))
    return {
        "model": one.model,
        "tasks": one.tasks,
        "shared": one.shared,
        "missing": list(one.missing),
        "responses": one.responses,
        "unjudged": one.unjudged,
        "score": score,
        "own_score": one.own_score,
        "rank": rank,
        "pass_at": {str(k): value for k, value in one.pass_at.items()},
        "answers": dict(one.answers),
    }


def run_markdown(run: Run) -> str:
    """Write the figures of the models, and the worst responses, as markdown."""
    lines = [
        f"# {cell(run.path.name)}",
        "",
        *([f"{shared_text(run.figures)}.".capitalize(), ""] if shared_text(run.figures) else []),
        f"| model | score (95%) | own score | rank (95%) | passed | tasks | missing | responses | {' | '.join(COLUMNS)} | not judged in full |",
        f"|---{'|---' * (8 + len(COLUMNS))}|",
    ]
    for one in run.figures:
        passed = ", ".join(f"pass@{k} {value:.3f}" for k, value in one.pass_at.items())
        score = f"{one.score.value:.1f} ({one.score.low:.1f} to {one.score.high:.1f})"
        rank = f"{one.rank.value:.0f} ({one.rank.low:.0f} to {one.rank.high:.0f})"
        own = [f"{one.own_score:.1f}", rank, passed, one.tasks, len(one.missing), one.responses]
        cells = map(str, [cell(one.model or "(no model)"), score, *own, *one.columns.values(), one.unjudged])
        lines.append(f"| {' | '.join(cells)} |")
    lines += [
        "",
        f"| response | score | verdict | {' | '.join(run.levels)} |",
        f"|---|---|---|{'---|' * len(run.levels)}",
    ]
    for row in sorted(run.rows, key=lambda row: (row["score"], row["id"])):
        counts = " | ".join(str(row["counts"].get(level, 0)) for level in run.levels)
        lines.append(f"| {cell(row['id'])} | {row['score']:g} | {row['verdict']} | {counts} |")
    return "\n".join(lines) + "\n"


def count_text(run: Run) -> str:
    """Say how many failures of each level a run has."""
    levels: Counter[str] = Counter()
    for row in run.rows:
        levels.update(row["counts"])
    return ", ".join(f"{levels[level]} {level}" for level in run.levels)
