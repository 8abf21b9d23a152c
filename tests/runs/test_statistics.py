"""What a run's numbers say: pass@k, ranks, paired tests."""

from __future__ import annotations

import math
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.runs.statistics import EXACT, by_model, paired, pass_at_k, signed_rank_p


def wilcoxon(values: Any, method: str) -> float:
    """Return the reference's p-value; to import it takes a second."""
    from scipy import stats

    reference: Any = stats.wilcoxon
    return float(reference(values, method=method).pvalue)


@given(st.integers(1, 8), st.data())
def test_pass_at_k_is_the_share_of_draws_that_pass(n: int, data: st.DataObject) -> None:
    c, k = data.draw(st.integers(0, n)), data.draw(st.integers(1, n))
    draws = list(combinations([True] * c + [False] * (n - c), k))
    assert math.isclose(pass_at_k(n, c, k), sum(map(any, draws)) / len(draws), abs_tol=1e-9)


def row(model: str, task: str, score: float, critical: int = 0) -> dict[str, Any]:
    return {"model": model, "task": task, "status": "graded", "score": score, "counts": {"Critical": critical}}


def test_ranks_tell_what_is_certain() -> None:
    rows = [row("a", f"t{n}", 90 + n % 3) for n in range(30)] + [row("b", f"t{n}", 20 + n % 5) for n in range(30)]
    best, worst = by_model(rows)
    assert (best.model, best.rank.low, best.rank.high) == ("a", 1, 1)
    assert worst.rank.value == 2
    assert best.score.low <= best.score.value <= best.score.high


def test_models_are_ranked_on_the_tasks_that_all_of_them_answered() -> None:
    picky = [row("picky", "t0", 95)]
    whole = [row("whole", "t0", 96), row("whole", "t1", 40), row("whole", "t2", 40)]
    lost = row("whole", "t9", 0) | {"status": "unmatched"}
    first, second = by_model([*picky, *whole, lost], ["t0", "t1", "t2", "t3"])
    assert (first.model, first.score.value, first.own_score, first.missing) == ("whole", 96, 58.667, ("t3",))
    assert (second.model, second.shared, second.missing) == ("picky", 1, ("t1", "t2", "t3"))


def test_without_a_shared_task_an_unanswered_task_counts_nothing() -> None:
    first, second = by_model([row("a", "t0", 100), row("b", "t1", 90), row("b", "t2", 90)])
    assert (first.model, first.score.value, first.shared) == ("b", 60, 0)
    assert (second.model, second.score.value, second.own_score) == ("a", 33.333, 100)


def test_a_paired_test_sees_what_is_consistent() -> None:
    before = {f"t{n}": float(n) for n in range(20)}
    after = {task: score + 1 for task, score in before.items()}
    found = paired(before, after)
    assert found is not None
    assert found.difference.low == found.difference.high == 1
    assert found.p_value < 0.01
    same = paired(before, before)
    assert same is not None
    assert same.p_value == 1
    assert paired(before, {}) is None


@pytest.mark.slow  # scipy
@given(st.sets(st.integers(1, 1000), min_size=1, max_size=50), st.randoms(use_true_random=False))
def test_the_signed_rank_test_is_that_of_scipy(sizes: set[int], random: Any) -> None:
    values = np.array([size * random.choice((-1, 1)) for size in sorted(sizes)])
    assert signed_rank_p(np.append(values, 0)) == pytest.approx(wilcoxon(values, "exact"), abs=1e-6)


@given(st.lists(st.integers(-3, 3).filter(bool), min_size=1, max_size=10))
def test_the_signed_rank_test_is_exact_with_equal_sizes(values: list[int]) -> None:
    """Every assignment of signs is equally likely; all of them are counted."""
    ranks = {size: sum(abs(v) < size for v in values) * 2 + sum(abs(v) == size for v in values) for size in (1, 2, 3)}
    doubled = [ranks[abs(value)] + 1 for value in values]
    observed = sum(rank for rank, value in zip(doubled, values, strict=True) if value > 0)
    sums = [sum(rank for i, rank in enumerate(doubled) if mask >> i & 1) for mask in range(2 ** len(values))]
    tail = min(sum(one <= observed for one in sums), sum(one >= observed for one in sums)) / len(sums)
    assert signed_rank_p(np.array(values)) == pytest.approx(min(1, 2 * tail), abs=1e-6)


@pytest.mark.slow  # scipy
def test_many_differences_are_tested_by_the_normal_approximation() -> None:
    values = np.random.default_rng(7).normal(0.1, 1, EXACT + 50).round(1)
    values = values[values != 0]
    assert values.size > EXACT
    assert signed_rank_p(values) == pytest.approx(wilcoxon(values, "asymptotic"), abs=1e-6)
