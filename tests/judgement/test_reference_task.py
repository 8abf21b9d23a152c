"""The shipped task: nine failures in the response, none in the ideal, and the same nine written otherwise."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from grader import grade, load_rubric, load_task, read_response
from grader.model import Result
from grader.task import read_ideal
from grader.writers import ANALYSIS, RESULT, write_result
from tests.conftest import ROOT, TASK

SAME_FAILURES = Path(__file__).parent / "data" / "same_failures"
NINE = {
    "replication-destination-missing": "Critical",
    "multi-region-in-one-stack": "Critical",
    "missing-image-or-artifact": "Critical",
    "nested-template-missing": "Critical",
    "ssm-or-secret-prerequisite": "High",
    "docs-incomplete": "High",
    "parameter-pattern": "Medium",
    "docs-prerequisite": "Medium",
    "unused-parameter": "Medium",
}


def _grade(response: Path, fast: bool = False) -> Result:
    task = load_task(TASK)
    return grade(task, read_response(response), load_rubric(), ideal=read_ideal(task, response), fast=fast)


@pytest.fixture(scope="module")
def shipped() -> Result:
    return _grade(TASK / "model_out")


def test_the_shipped_response_has_the_nine_failures(shipped: Result) -> None:
    assert {failure.kind: failure.level for failure in shipped.failures} == NINE
    assert len(shipped.failures) == 9
    assert dict(shipped.counts) == {"Critical": 4, "High": 2, "Medium": 3}
    assert shipped.verdict == "blocked"


def test_every_failure_points_at_a_file_and_a_line(shipped: Result) -> None:
    for failure in shipped.failures:
        assert failure.evidence
        for evidence in failure.evidence:
            text = (TASK / "model_out" / evidence.file).read_text().split("\n")
            assert text[evidence.line - 1].strip()


def test_the_shipped_ideal_is_clean() -> None:
    result = _grade(TASK / "ideal")
    assert result.failures == ()
    assert (result.score, result.verdict) == (100.0, "clean")


def test_the_committed_report_is_current(shipped: Result, tmp_path: Path) -> None:
    write_result(shipped, tmp_path)
    committed = ROOT / "reports" / "101912473"
    assert (tmp_path / ANALYSIS).read_text() == (committed / ANALYSIS).read_text()
    fresh, kept = (json.loads((folder / RESULT).read_text()) for folder in (tmp_path, committed))
    for data in (fresh, kept):
        data.pop("judged_on")
    assert fresh == kept


def test_the_same_nine_in_other_words() -> None:
    task = replace(load_task(TASK), folder=None, requirements=(), prompt="")  # this response answers another prompt
    result = grade(task, read_response(SAME_FAILURES), load_rubric())
    levels = NINE | {"missing-image-or-artifact": "High"}  # of a job definition: the stack deploys, and its jobs fail
    assert {failure.kind: failure.level for failure in result.failures} == levels
    assert len(result.failures) == 9
