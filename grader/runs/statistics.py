"""Figures over runs: means with intervals, pass@k, ranks of models, paired differences."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

DRAWS = 2_000  # of the bootstrap
SEED = 20_240_101  # fixed: the same run gives the same bytes
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with the bounds of its confidence interval (95%)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ModelFigures:
    """A model over its tasks: responses, mean score, pass@k by k, and its rank with the range the bootstrap gives it.

    `answers` counts the responses by the kind of their answer; those that could not be graded are under their status.
    """

    model: str
    tasks: int
    responses: int
    score: Interval
    pass_at: Mapping[int, float]
    rank: Interval
    answers: Mapping[str, int]


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


def by_model(rows: Iterable[Mapping[str, Any]]) -> list[ModelFigures]:
    """Return the figures of each model, best first. The bootstrap draws tasks, so that samples of a task stay together."""
    grouped: dict[str, dict[str, list[Mapping[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        grouped[row["model"]][row["task"]].append(row)
    if not grouped:
        return []
    tasks = sorted({task for found in grouped.values() for task in found})
    models = sorted(grouped)
    table = np.full((len(models), len(tasks)), np.nan)
    for i, model in enumerate(models):
        for j, task in enumerate(tasks):
            if task in grouped[model]:
                table[i, j] = np.mean([row["score"] for row in grouped[model][task]])
    draws = _bootstrap(table)
    ranks = _ranks(draws)
    own = _ranks(np.nanmean(table, axis=1)[None, :])[0]
    figures = [
        ModelFigures(
            model,
            len(grouped[model]),
            sum(map(len, grouped[model].values())),
            _interval(float(np.nanmean(table[i])), draws[:, i]),
            _pass_at(grouped[model].values()),
            _interval(float(own[i]), ranks[:, i]),
            _answers(grouped[model].values()),
        )
        for i, model in enumerate(models)
    ]
    return sorted(figures, key=lambda one: (-one.score.value, one.model))


def _answers(tasks: Iterable[Sequence[Mapping[str, Any]]]) -> dict[str, int]:
    counts = Counter(str(row.get("answer") or row["status"]) for rows in tasks for row in rows)
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def _bootstrap(table: NDArray[Any]) -> NDArray[Any]:
    """Return each model's mean for each draw of tasks. A draw without a task of a model takes that model's mean."""
    random = np.random.default_rng(SEED)
    picks = random.integers(0, table.shape[1], size=(DRAWS, table.shape[1]))
    means = np.empty((DRAWS, table.shape[0]))
    for i, row in enumerate(table):
        drawn = row[picks]
        counts = (~np.isnan(drawn)).sum(axis=1)
        means[:, i] = np.where(counts, np.nansum(drawn, axis=1) / np.maximum(counts, 1), np.nanmean(row))
    return means


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
    differences = np.array([after[task] - before[task] for task in shared])
    draws = _bootstrap(differences[None, :])[:, 0]
    interval = _interval(float(differences.mean()), draws)
    return PairedDifference(len(shared), interval, _wilcoxon(differences))


def _wilcoxon(differences: NDArray[Any]) -> float:
    if not differences.any():
        return 1.0
    from scipy.stats import wilcoxon

    return round(float(wilcoxon(differences).pvalue), 6)
