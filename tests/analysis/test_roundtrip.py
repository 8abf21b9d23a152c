"""The failure-analysis document: what we write is read back as it was, and what people write is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.analysis import Analysis, Entry, parse_analysis, render_analysis
from tests.conftest import CORPUS

REFERENCE = CORPUS.parent.parent / "reference" / "failure-analysis-101912473.md"

_CHARS = st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"))
_LINE = st.text(_CHARS, max_size=60).map(lambda text: " ".join(text.split()))
_FILLED = _LINE.filter(bool)
_STRUCTURE = st.sampled_from(
    ["## Summary", "**Root Cause**: x", "---", "Found at:", "- **Cost**: y", "\\x", "### 9. T", "1. a"]
)
_PARAGRAPHS = st.lists(st.one_of(_LINE, _STRUCTURE), min_size=1, max_size=5).map(lambda lines: "\n".join(lines).strip())
_TEXT = _PARAGRAPHS.filter(lambda text: "```" not in text and "~~~" not in text)
_FENCED = st.lists(st.one_of(_LINE, _STRUCTURE), max_size=4).map(
    lambda lines: "As here:\n\n````yaml\n" + "\n".join(line for line in lines if "`" not in line) + "\n````"
)
_LEVELS = ["Critical", "High", "Medium"]


@st.composite
def analyses(draw: st.DrawFn) -> Analysis:
    levels = sorted(draw(st.lists(st.sampled_from(_LEVELS), max_size=6)), key=_LEVELS.index)
    entries = tuple(
        Entry(
            number=number,
            title=draw(_FILLED),
            level=level,
            issue=draw(st.one_of(_TEXT, _FENCED).filter(bool)),
            fix=draw(st.one_of(_TEXT, _FENCED)),
            root_cause=draw(_LINE),
            reference=draw(st.sampled_from(["", "https://docs.aws.amazon.com/x"])),
            cost=draw(_LINE),
            security=draw(_LINE),
            performance=draw(_LINE),
            places=tuple(draw(st.lists(_FILLED, max_size=3))),
        )
        for number, level in enumerate(levels, 1)
    )
    return Analysis(
        task=draw(st.from_regex(r"[\w.-]{1,20}", fullmatch=True)),
        subject=draw(_FILLED.filter(lambda text: "(" not in text)),
        summary=draw(st.from_regex(r"[A-Z][a-z ]{3,30}[.]", fullmatch=True)),
        counts={level: levels.count(level) for level in _LEVELS if level in levels},
        entries=entries,
        gaps=tuple(draw(st.lists(_FILLED, max_size=3))),
        training_value=draw(_LINE),
        recommendations=tuple(draw(st.lists(_FILLED, max_size=3))),
        strengths=tuple(draw(st.lists(_FILLED, max_size=3))),
        verdict=draw(st.sampled_from(["blocked, 37 of 100", ""])),
    )


@pytest.mark.slow
@given(analyses())
@settings(max_examples=300, deadline=None)
def test_reading_what_was_written_gives_it_back(analysis: Analysis) -> None:
    assert parse_analysis(render_analysis(analysis)) == analysis


def test_the_format() -> None:
    text = render_analysis(
        Analysis(
            task="7",
            subject="Orders",
            summary="One template.",
            counts={"Critical": 1, "Medium": 2},
            entries=(
                Entry(
                    1,
                    "First",
                    "Critical",
                    "It fails.",
                    "Mend it.",
                    "Haste.",
                    "https://x",
                    "a",
                    "b",
                    "c",
                    ("`t.yml:1`",),
                ),
                Entry(2, "Second", "Medium", "It irks."),
                Entry(3, "Third", "Medium", "It irks more."),
            ),
        )
    )
    assert text == (Path(__file__).parent / "golden.md").read_text()


@pytest.mark.corpus
def test_the_reference_document() -> None:
    analysis = parse_analysis(REFERENCE.read_text())
    levels = [entry.level for entry in analysis.entries]
    assert levels == ["Critical"] * 4 + ["High"] * 2 + ["Medium"] * 3
    assert analysis.counts == {"Critical": 4, "High": 2, "Medium": 3}
    assert all(entry.issue and entry.fix and entry.root_cause and entry.cost for entry in analysis.entries)
    assert len(analysis.gaps) == 3


@pytest.mark.corpus
def test_the_documents_of_the_corpus() -> None:
    import json

    labels = [json.loads(line) for line in (CORPUS.parent / "labels-dev.jsonl").read_text().splitlines()]
    expected: dict[str, list[str]] = {}
    for label in labels:
        expected.setdefault(label["task"], []).append(label["level"])
    read = {
        task: [entry.level for entry in parse_analysis((CORPUS / task / "MODEL_FAILURES.md").read_text()).entries]
        for task in expected
    }
    right = sum(read[task] == levels for task, levels in expected.items())
    assert right / len(expected) >= 0.9
