"""Two runs compared: by response and failure, and as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grader.errors import InputError
from grader.runs.results import read_rows
from grader.runs.statistics import PairedDifference, paired


@dataclass(frozen=True, slots=True)
class Change:
    """A failure that only one run has, or that changed its level: `fixed`, `new`, `graver` or `milder`."""

    id: str
    rule: str
    title: str
    change: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from one run to another. Responses are matched by their ids."""

    before: str
    after: str
    shared: int
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    changes: tuple[Change, ...]
    scores: tuple[tuple[str, float, float], ...]
    difference: PairedDifference | None

    def count(self, change: str) -> int:
        """How many failures changed in one way."""
        return sum(one.change == change for one in self.changes)

    @property
    def is_regression(self) -> bool:
        """Whether a failure is new or graver, or the score is worse by more than chance would explain (p < 0.05)."""
        worse = self.difference is not None and self.difference.difference.high < 0 and self.difference.p_value < 0.05
        return worse or bool(self.count("new") or self.count("graver") or self.only_before)

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain values."""
        return asdict(self) | {"regression": self.is_regression}


def rows_of(run: Path) -> dict[str, dict[str, Any]]:
    """Return a run's lines by id. Raises InputError where the folder is no run, or has no results."""
    if not run.is_dir():
        raise InputError("no such run: a run is a folder that `grade batch` wrote", run)
    rows = {row["id"]: row for row in read_rows(run) if row["status"] != "unmatched"}  # no task: nothing to compare
    if not rows:
        raise InputError("holds no results.jsonl: is it the folder of a run?", run)
    return rows


def compare_runs(before: Path, after: Path) -> Comparison:
    """Compare two runs. Raises InputError where one is none, or where they share no response."""
    old, new = rows_of(before), rows_of(after)
    shared = sorted(set(old) & set(new))
    if not shared:
        raise InputError(f"shares no response with {before}: ids are <model>/<task>/<sample>", after)
    changes = [change for id in shared for change in _changes(id, old[id], new[id])]
    scores = tuple((id, old[id]["score"], new[id]["score"]) for id in shared if old[id]["score"] != new[id]["score"])
    return Comparison(
        before.name,
        after.name,
        len(shared),
        tuple(sorted(set(old) - set(new))),
        tuple(sorted(set(new) - set(old))),
        tuple(changes),
        scores,
        paired(_by_task(old[id] for id in shared), _by_task(new[id] for id in shared)),
    )


def _by_task(rows: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """Return mean scores by model and task: samples of one task are no evidence of their own."""
    scores: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        scores[f"{row['model']}/{row['task']}"].append(row["score"])
    return {task: sum(found) / len(found) for task, found in scores.items()}


def _changes(id: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Return what changed in one response. Failures are matched by rule: one rule is one failure of a response."""
    before = {failure["rule"]: failure for failure in old["failures"]}
    after = {failure["rule"]: failure for failure in new["failures"]}
    found = [Change(id, rule, f["title"], "fixed", f["level"], "") for rule, f in before.items() if rule not in after]
    found += [Change(id, rule, f["title"], "new", "", f["level"]) for rule, f in after.items() if rule not in before]
    for rule in before.keys() & after.keys():
        was, now = before[rule]["level"], after[rule]["level"]
        if was != now:
            levels = list(new["counts"]) or [was, now]
            graver = now in levels and was in levels and levels.index(now) < levels.index(was)
            found.append(Change(id, rule, after[rule]["title"], "graver" if graver else "milder", was, now))
    if old["status"] != new["status"]:
        worse = new["status"] != "graded"
        found.append(
            Change(id, "", new["error"] or new["status"], "new" if worse else "fixed", old["status"], new["status"])
        )
    return sorted(found, key=lambda change: (change.change, change.rule))
