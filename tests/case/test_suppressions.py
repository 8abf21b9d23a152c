"""What templates tell linters to ignore is reported, and followed only where that is asked for."""

from __future__ import annotations

from pathlib import Path

from grader import grade, load_rubric, load_task, read_response
from grader.model import Result

TEMPLATE = """Metadata:
  cfn-lint:
    config:
      ignore_checks: [W2001]
Parameters:
  Unused: {Type: String, Default: a}
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    Metadata:
      cfn-lint: {config: {ignore_checks: [E3002, F3002]}}
      guard: {SuppressedRules: [S3_BUCKET_LOGGING_ENABLED]}
      checkov: {skip: [{id: CKV_AWS_18, comment: no logs}]}
    Properties:
      # checkov:skip=CKV_AWS_21
      Wrong: 1
"""


def _grade(folder: Path, *, honour: bool) -> Result:
    (folder / "PROMPT.md").write_text("Write a bucket.\n")
    (folder / "answer.yml").write_text(TEMPLATE)
    return grade(load_task(folder), read_response(folder / "answer.yml"), load_rubric(), honour=honour)


def test_they_are_reported_and_not_honoured(tmp_path: Path) -> None:
    result = _grade(tmp_path, honour=False)
    rules = {failure.rule for failure in result.failures}
    assert {"invalid-property", "parameter-without-effect"} <= rules
    assert [text.split(": ", 1)[0] for text in result.suppressions] == [f"answer.yml:{n}" for n in (2, 11, 12, 13, 15)]
    assert "5 suppressions for linters (answer.yml:2, answer.yml:11, answer.yml:12 and more)" in result.summary
    assert "were not honoured" in result.summary


def test_an_author_can_have_them_honoured(tmp_path: Path) -> None:
    result = _grade(tmp_path, honour=True)
    assert "invalid-property" not in {failure.rule for failure in result.failures}
    assert "were honoured" in result.summary
