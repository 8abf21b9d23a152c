"""Two runs compared: by response and failure, and as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grader.errors import InputError
from grader.plan.answer import AnswerKind
from grader.runs.results import read_rows
from grader.runs.statistics import PairedDifference, paired

_DELIVERS = frozenset(kind.value for kind in AnswerKind if kind.delivers)


@dataclass(frozen=True, slots=True)
class Change:
    """A failure that only one run has, or that changed its level: `fixed`, `new`, `graver` or `milder`.

    Without a rule it is about the response as a whole: it became an answer that delivers nothing, or it became an attempt.
    """

    id: str
    rule: str
    title: str
    change: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """A response with another verdict: `worse` or `better` by whether it passes and by its score, else `other`."""

    id: str
    change: str
    before: str
    after: str
    score_before: float
    score_after: float


@dataclass(frozen=True, slots=True)
class ModelChange:
    """How a model changed over the tasks that both runs have of it; the scores are means over tasks."""

    model: str
    tasks: int
    responses: int
    before: float
    after: float
    difference: PairedDifference | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from one run to another. Responses are matched by their ids; `shared` are in both, to `tasks` tasks."""

    before: str
    after: str
    shared: int
    tasks: int
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    models: tuple[ModelChange, ...]
    verdicts: tuple[VerdictChange, ...]
    changes: tuple[Change, ...]
    scores: tuple[tuple[str, float, float], ...]
    difference: PairedDifference | None

    def count(self, change: str) -> int:
        """How many failures changed in one way."""
        return sum(one.change == change for one in self.changes)

    def count_verdicts(self, change: str) -> int:
        """How many verdicts changed in one way."""
        return sum(one.change == change for one in self.verdicts)

    @property
    def is_regression(self) -> bool:
        """Whether a failure is new or more severe, or the score is worse by more than chance would explain (p < 0.05)."""
        worse = self.difference is not None and self.difference.difference.high < 0 and self.difference.p_value < 0.05
        return worse or bool(self.count("new") or self.count("graver") or self.only_before)

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain values."""
        return asdict(self) | {"regression": self.is_regression}


def rows_of(run: Path) -> dict[str, dict[str, Any]]:
    """Return a run's lines by id. Raises InputError where the folder is not a run, or has no results."""
    if not run.is_dir():
        raise InputError("no such run: a run is a folder that `grade batch` wrote", run)
    rows = {row["id"]: row for row in read_rows(run) if row["status"] != "unmatched"}  # no task: nothing to compare
    if not rows:
        raise InputError("holds no results.jsonl: is it the folder of a run?", run)
    return rows


def compare_runs(before: Path, after: Path) -> Comparison:
    """Compare two runs. Raises InputError where a folder is not a run, or where they share no response."""
    old, new = rows_of(before), rows_of(after)
    shared = sorted(set(old) & set(new))
    if not shared:
        raise InputError(f"shares no response with {before}: ids are <model>/<task>/<sample>", after)
    pairs = [(id, old[id], new[id]) for id in shared]
    return Comparison(
        before=before.name,
        after=after.name,
        shared=len(shared),
        tasks=len({was["task"] for _, was, _ in pairs}),
        only_before=tuple(sorted(set(old) - set(new))),
        only_after=tuple(sorted(set(new) - set(old))),
        models=tuple(_by_model(pairs)),
        verdicts=tuple(_verdict(*pair) for pair in pairs if pair[1]["verdict"] != pair[2]["verdict"]),
        changes=tuple(change for pair in pairs for change in _changes(*pair)),
        scores=tuple((id, was["score"], now["score"]) for id, was, now in pairs if was["score"] != now["score"]),
        difference=paired(_by_task(was for _, was, _ in pairs), _by_task(now for _, _, now in pairs)),
    )


Pair = tuple[str, Mapping[str, Any], Mapping[str, Any]]  # an id, and its row before and after


def _by_model(pairs: Sequence[Pair]) -> Iterator[ModelChange]:
    """Yield the change of each model, the most worsened first."""
    found = []
    for model in sorted({was["model"] for _, was, _ in pairs}):
        own = [pair for pair in pairs if pair[1]["model"] == model]
        before, after = _by_task(was for _, was, _ in own), _by_task(now for _, _, now in own)
        found.append(ModelChange(model, len(before), len(own), _mean(before), _mean(after), paired(before, after)))
    yield from sorted(found, key=lambda one: one.after - one.before)


def _mean(scores: Mapping[str, float]) -> float:
    return round(sum(scores.values()) / len(scores), 3)


def _verdict(id: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> VerdictChange:
    was, now = ((row["passes"], row["score"]) for row in (old, new))
    change = "worse" if now < was else "better" if now > was else "other"
    return VerdictChange(id, change, old["verdict"], new["verdict"], old["score"], new["score"])


def _by_task(rows: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """Return mean scores by model and task: samples of one task are not evidence of their own."""
    scores: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        scores[f"{row['model']}/{row['task']}"].append(row["score"])
    return {task: sum(found) / len(found) for task, found in scores.items()}


def _changes(id: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Return what changed in one response. Failures are matched by rule: one rule is one failure of a response.

    The failures of an answer that delivers nothing (a refusal, an empty one, one that was not graded) are not compared: that
    it has fewer of them is not an improvement, and that an attempt has more is not worse.
    """
    if not (_delivers(old) and _delivers(new)):
        return _as_a_whole(id, old, new)
    before = {failure["rule"]: failure for failure in old["failures"]}
    after = {failure["rule"]: failure for failure in new["failures"]}
    found = [Change(id, rule, f["title"], "new", "", f["level"]) for rule, f in after.items() if rule not in before]
    if new["answer"] in (
        AnswerKind.TEMPLATE,
        old["answer"],
    ):  # what an answer that is now cut off no longer has is not fixed
        found += [
            Change(id, rule, f["title"], "fixed", f["level"], "") for rule, f in before.items() if rule not in after
        ]
    for rule in before.keys() & after.keys():
        was, now = before[rule]["level"], after[rule]["level"]
        if was != now:
            levels = list(new["counts"]) or [was, now]
            graver = now in levels and was in levels and levels.index(now) < levels.index(was)
            found.append(Change(id, rule, after[rule]["title"], "graver" if graver else "milder", was, now))
    return sorted(found, key=lambda change: (change.change, change.rule))


def _delivers(row: Mapping[str, Any]) -> bool:
    return row["status"] == "graded" and row["answer"] in _DELIVERS


def _as_a_whole(id: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    was, now = (row["answer"] or row["status"] for row in (old, new))
    if was == now:
        return []
    if _delivers(old) or (old["status"] == "graded" and new["status"] != "graded"):
        return [Change(id, "", new["error"] or f"The answer is now {now}", "new", was, now)]
    if _delivers(new):
        return [Change(id, "", f"The answer is no longer {was}", "fixed", was, now)]
    return []
