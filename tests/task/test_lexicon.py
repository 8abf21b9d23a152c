"""Every entry of the lexicon is recognised in its own examples, and not in its counterexamples."""

from __future__ import annotations

import pytest

from grader.detectors.requirements.judged import judges
from grader.task.reading import load_lexicon, read_demands
from grader.task.reading.lexicon import AskFile

ASKS = [ask for subject in load_lexicon().subjects for ask in subject.asks]


def _entries(text: str) -> set[str]:
    return {demand.entry for demand in read_demands(f"- {text}").demands}


@pytest.mark.parametrize("ask", ASKS, ids=lambda ask: ask.id)
def test_an_entry_is_read_in_its_examples(ask: AskFile) -> None:
    assert [text for text in ask.examples if ask.id not in _entries(text)] == []
    assert [text for text in ask.counterexamples if ask.id in _entries(text)] == []


def test_ids_are_unique() -> None:
    names = [ask.id for ask in ASKS]
    assert sorted(names) == sorted(set(names))


def test_every_entry_has_a_judge() -> None:
    assert {ask.judge for ask in ASKS} <= set(judges())
