"""The rubric: the score falls with every failure and never flattens out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader import load_rubric

RUBRIC = load_rubric()
_COUNTS = st.fixed_dictionaries({level: st.integers(0, 60) for level in RUBRIC.levels})


@given(_COUNTS, st.sampled_from(RUBRIC.levels))
def test_every_failure_lowers_the_score(counts: dict[str, int], level: str) -> None:
    more = counts | {level: counts[level] + 1}
    assert 0 < RUBRIC.score(more) < RUBRIC.score(counts) <= 100


def test_twenty_failures_score_well_below_ten() -> None:
    for level in RUBRIC.levels:
        ten, twenty = ({name: n if name == level else 0 for name in RUBRIC.levels} for n in (10, 20))
        assert RUBRIC.score(twenty) < 0.9 * RUBRIC.score(ten)


def test_a_graver_level_weighs_more() -> None:
    scores = [RUBRIC.score({name: int(name == level) for name in RUBRIC.levels}) for level in RUBRIC.levels]
    assert scores == sorted(scores)


def test_verdicts() -> None:
    verdicts = [RUBRIC.verdict({level: 1}, 90) for level in RUBRIC.levels]
    assert verdicts == ["blocked", "deficient", "acceptable"]
    assert RUBRIC.verdict({}, 100) == "clean"
