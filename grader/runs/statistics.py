"""Figures over runs: means with intervals, pass@k, ranks of models, paired differences."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.runs.jobs import UNMATCHED

DRAWS = 2_000  # of the bootstrap
SEED = 20_240_101  # fixed: the same run gives the same bytes
CONFIDENCE = 0.95
EXACT = 200  # differences for which the exact distribution of the signed-rank test is computed


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with the bounds of its confidence interval (95%)."""

    value: float
    low: float
    high: float


# The kinds of answer and the statuses that are counted together, by the names of their columns.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "refused": ("refused",),
    "empty": ("empty", "inert"),
    "off-task": ("off-task", "prose", "other-language"),
    "cut off": ("truncated",),
    "not graded": ("error", "timeout", "killed", "missing"),
}


@dataclass(frozen=True, slots=True)
class ModelFigures:
    """A model over its tasks: responses, mean scores, pass@k by k, and its rank with the range the bootstrap gives it.

    `score` and `rank` are over the `shared` tasks, those that every model answered; where there are none, over all tasks of
    the run, an unanswered task counting 0. `own_score` is the mean over the `tasks` that this model answered, and `missing`
    names those that it did not. `answers` counts the responses by the kind of their answer; those that could not be
    graded are under their status. `unjudged` counts the responses that a detector could not judge in full.
    """

    model: str
    tasks: int
    responses: int
    shared: int
    score: Interval
    own_score: float
    pass_at: Mapping[int, float]
    rank: Interval
    answers: Mapping[str, int]
    missing: tuple[str, ...] = ()
    unjudged: int = 0

    @property
    def columns(self) -> dict[str, int]:
        """The answers that are not an attempt or were not graded, counted by the names in COLUMNS."""
        return {name: sum(self.answers.get(kind, 0) for kind in kinds) for name, kinds in COLUMNS.items()}


def passes(row: Mapping[str, Any]) -> bool:
    """Whether a response was graded and passes, as its rubric says of its verdict."""
    return row["status"] == "graded" and bool(row.get("passes"))


def pass_at_k(n: int, c: int, k: int) -> float:
    """Return the unbiased estimate that one of k samples passes, of n samples of which c do: 1 - C(n-c, k) / C(n, k).

    Raises ValueError unless 0 < k <= n and 0 <= c <= n. Source: Chen et al. 2021, arXiv 2107.03374, equation 1.
    """
    if not 0 < k <= n or not 0 <= c <= n:
        raise ValueError(f"pass@{k} of {c} in {n}")
    return 1.0 - math.comb(n - c, k) / math.comb(n, k)


def by_model(rows: Iterable[Mapping[str, Any]], asked: Collection[str] = ()) -> list[ModelFigures]:
    """Return the figures of each model, best first: by the score on shared tasks, then by that on its own tasks.

    `asked` names all tasks of the run; without it, the tasks that any model answered. The bootstrap draws tasks, so that
    samples of a task stay together. Rows that belong to no task are left out.
    """
    grouped: dict[str, dict[str, list[Mapping[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row["status"] != UNMATCHED:
            grouped[row["model"]][row["task"]].append(row)
    if not grouped:
        return []
    every = sorted({task for found in grouped.values() for task in found} | set(asked))
    shared = [task for task in every if all(task in found for found in grouped.values())]
    models = sorted(grouped)
    table = np.array([[_mean(grouped[model].get(task, ())) for task in shared or every] for model in models])
    draws = _bootstrap(table)
    ranks = _ranks(draws)
    own = _ranks(table.mean(axis=1)[None, :])[0]
    figures = [
        ModelFigures(
            model=model,
            tasks=len(grouped[model]),
            responses=sum(map(len, grouped[model].values())),
            shared=len(shared),
            score=_interval(float(table[i].mean()), draws[:, i]),
            own_score=round(sum(map(_mean, grouped[model].values())) / len(grouped[model]), 3),
            pass_at=_pass_at(grouped[model].values()),
            rank=_interval(float(own[i]), ranks[:, i]),
            answers=_answers(grouped[model].values()),
            missing=tuple(task for task in every if task not in grouped[model]),
            unjudged=sum(bool(row.get("unjudged")) for found in grouped[model].values() for row in found),
        )
        for i, model in enumerate(models)
    ]
    return sorted(figures, key=lambda one: (-one.score.value, -one.own_score, one.model))


def _mean(rows: Sequence[Mapping[str, Any]]) -> float:
    """Return the mean score of a task's samples, 0 where there is none."""
    return sum(row["score"] for row in rows) / len(rows) if rows else 0.0


def _answers(tasks: Iterable[Sequence[Mapping[str, Any]]]) -> dict[str, int]:
    counts = Counter(str(row.get("answer") or row["status"]) for rows in tasks for row in rows)
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def _bootstrap(table: NDArray[Any]) -> NDArray[Any]:
    """Return each model's mean for each draw of tasks."""
    random = np.random.default_rng(SEED)
    picks = random.integers(0, table.shape[1], size=(DRAWS, table.shape[1]))
    return np.stack([row[picks].mean(axis=1) for row in table], axis=1)


def _ranks(means: NDArray[Any]) -> NDArray[Any]:
    """Return ranks from 1, best first; ties share the best rank."""
    ranks: NDArray[Any] = 1 + (means[:, :, None] < means[:, None, :]).sum(axis=2)
    return ranks


def _interval(value: float, draws: NDArray[Any]) -> Interval:
    low, high = np.quantile(draws, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(round(value, 3), round(float(low), 3), round(float(high), 3))


def _pass_at(tasks: Iterable[Sequence[Mapping[str, Any]]]) -> dict[int, float]:
    """Return pass@k for k of 1, 2, 5, 10 ... up to the fewest samples that a task has, mean over the tasks."""
    counts = [(len(rows), sum(map(passes, rows))) for rows in tasks]
    fewest = min(n for n, _ in counts)
    ks = sorted({k for k in (1, 2, 5, 10, 20, 50, 100) if k <= fewest} | {fewest})
    return {k: round(sum(pass_at_k(n, c, k) for n, c in counts) / len(counts), 4) for k in ks}


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """The mean difference of scores over tasks that two runs share, with its interval, and the p-value of a paired test."""

    tasks: int
    difference: Interval
    p_value: float


def paired(before: Mapping[str, float], after: Mapping[str, float]) -> PairedDifference | None:
    """Compare two runs' scores by task with Wilcoxon's signed-rank test; None where they share no task.

    The p-value is 1 where no score differs. The interval is a bootstrap over tasks.
    """
    shared = sorted(set(before) & set(after))
    if not shared:
        return None
    differences = np.array([after[task] - before[task] for task in shared]).round(9)
    draws = _bootstrap(differences[None, :])[:, 0]
    interval = _interval(float(differences.mean()), draws)
    return PairedDifference(len(shared), interval, signed_rank_p(differences))


def signed_rank_p(differences: NDArray[Any]) -> float:
    """Return the two-sided p-value of Wilcoxon's signed-rank test; 1 where no difference is other than zero.

    Zeros are left out, and equal sizes share the mean of their ranks. Up to EXACT differences the distribution is exact, also
    with equal sizes; beyond, it is the normal approximation. This is here because the library that has it, SciPy, needs more
    disk than everything else that a comparison uses; the tests compare the two.
    """
    differences = differences[differences != 0]
    if not differences.size:
        return 1.0
    _, places, sizes = np.unique(np.abs(differences), return_inverse=True, return_counts=True)
    last = np.cumsum(sizes)
    doubled = (2 * last - sizes + 1)[places]  # twice the mean rank of each, so that all are whole numbers
    observed = int(doubled[differences > 0].sum())
    if differences.size > EXACT:
        spread = math.sqrt(float((doubled.astype(float) ** 2).sum())) / 2
        distance = abs(observed - float(doubled.sum()) / 2) / spread
        return round(2 * NormalDist().cdf(-distance), 6)
    chances = np.ones(1)  # of each sum of the ranks, where every difference is as likely to be negative as positive
    for rank in doubled:
        chances = (np.pad(chances, (0, rank)) + np.pad(chances, (rank, 0))) / 2
    tail = min(chances[: observed + 1].sum(), chances[observed:].sum())
    return round(min(1.0, 2 * float(tail)), 6)
