"""Names of records as names of folders."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.runs.names import MAX_LENGTH, folder_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("claude-4.5", "claude-4.5"),
        ("..", "%2E."),
        ("a/b", "a%2Fb"),
        ("results.jsonl", "%72esults.jsonl"),
        ("Run.json", "%52un.json"),
        ("a\nb", "a%0Ab"),
        ("é", "%C3%A9"),
        ("\ud800", "%ED%A0%80"),
    ],
)
def test_a_name_is_safe(text: str, name: str) -> None:
    assert folder_name(text) == name


@given(st.lists(st.text(st.characters(), min_size=1, max_size=200), min_size=2, max_size=2, unique=True))
def test_different_texts_have_different_names(texts: list[str]) -> None:
    names = [folder_name(text) for text in texts]
    assert names[0] != names[1]
    for name in names:
        assert 0 < len(name) <= MAX_LENGTH
        assert "/" not in name
        assert name.isascii()
        assert not name.startswith(".")
