"""What the ideal answer does to the level of a failure, in a whole grading."""

from __future__ import annotations

from pathlib import Path

from grader import grade, load_rubric, load_task, read_response
from grader.task import read_ideal

FUNCTION = """Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
  Orders:
    Type: AWS::Lambda::Function
    Properties:
      Role: !GetAtt Role.Arn
      Runtime: RUNTIME
      Handler: index.handler
      Code: {ZipFile: 'def handler(event, context): return event'}
"""


def levels(tmp_path: Path, response: str, ideal: str | None) -> dict[str, str]:
    (tmp_path / "PROMPT.md").write_text("A function for orders.")
    (tmp_path / "answer.md").write_text(f"```yaml\n{response}```\n")
    if ideal is not None:
        (tmp_path / "IDEAL_RESPONSE.md").write_text(f"```yaml\n{ideal}```\n")
    task = load_task(tmp_path)
    answer = tmp_path / "answer.md"
    result = grade(task, read_response(answer), load_rubric(), ideal=read_ideal(task, answer), fast=True)
    return {failure.rule: failure.level for failure in result.failures}


def test_a_runtime_is_held_against_that_of_the_ideal(tmp_path: Path) -> None:
    old, new = FUNCTION.replace("RUNTIME", "python3.12"), FUNCTION.replace("RUNTIME", "python3.13")
    assert levels(tmp_path, old, new)["deprecated-runtime"] == "High"
    assert "deprecated-runtime" not in levels(tmp_path, new, old)


def test_what_the_ideal_does_as_well_is_at_most_medium(tmp_path: Path) -> None:
    text = FUNCTION.replace("RUNTIME", "python3.13").replace("Handler:", "Handel:")
    assert levels(tmp_path, text, None)["invalid-property"] == "Critical"
    again = text.replace("return event", "return [event]")
    assert levels(tmp_path, again, text)["invalid-property"] == "Medium"
    assert levels(tmp_path, text, text.replace("Handel:", "Handler:"))["invalid-property"] == "Critical"


def test_what_only_the_date_made_wrong_is_no_failure_where_the_ideal_does_it(tmp_path: Path) -> None:
    text = FUNCTION.replace("RUNTIME", "python3.8")
    assert "deprecated-runtime" in levels(tmp_path, text, None)
    again = text.replace("return event", "return [event]")
    assert "deprecated-runtime" not in levels(tmp_path, again, text)
