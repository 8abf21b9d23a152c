"""The root cause of a failure names what in the answer leads there, and its level what happens there."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import grade, load_rubric, load_task, read_response
from grader.model import Failure

TEMPLATE = """Parameters:
  Environment: {Type: String, Default: Production}
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub 'uploads-${AWS::AccountId}-${Environment}'
      VersioningConfiguration: {Status: 'On'}
  Archive:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: {Status: Enabled}
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !Ref Enviroment}
  One:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !GetAtt Two.TopicName}
  Two:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !GetAtt One.TopicName}
"""


def failures(folder: Path, text: str, prompt: str = "Write a template.", name: str = "answer.yml") -> list[Failure]:
    (folder / "PROMPT.md").write_text(prompt)
    (folder / name).write_text(text)
    return list(grade(load_task(folder), read_response(folder / name), load_rubric(), fast=True).failures)


@pytest.mark.parametrize(
    ("rule", "cause"),
    [
        ("invalid-resolved-value", "`Environment` (`Production`)"),
        ("invalid-property-value", "`Archive` in `answer.yml` has `Enabled` there"),
        ("undefined-reference", "defines `Environment`, a name that differs from `Enviroment`"),
        ("circular-dependency", "`One` refers to `Two` in line 18 and `Two` refers to `One` in line 21"),
    ],
)
def test_a_cause_is_taken_from_the_answer(tmp_path: Path, rule: str, cause: str) -> None:
    found = next(one for one in failures(tmp_path, TEMPLATE) if one.rule == rule)
    assert cause in found.root_cause


PARAMETERS = """Parameters:
  VpcId: {Type: 'AWS::EC2::VPC::Id'%s}
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: web, VpcId: !Ref VpcId}
"""


@pytest.mark.parametrize(
    ("default", "prompt", "expected"),
    [
        ("", "A security group.", ("external-dependency", "High")),
        (", Default: vpc-0a1b2c3d4e5f60718", "A security group.", ("placeholder-value", "Critical")),
        (", Default: vpc-0a1b2c3d4e5f60718", "A security group. VpcId is a parameter.", ("placeholder-value", "High")),
    ],
)
def test_the_level_is_what_happens(tmp_path: Path, default: str, prompt: str, expected: tuple[str, str]) -> None:
    found = [(one.rule, one.level) for one in failures(tmp_path, PARAMETERS % default, prompt)]
    assert expected in found


def test_a_block_that_lacks_only_its_fence_is_whole(tmp_path: Path) -> None:
    whole = (
        "Here it is:\n\n```yaml\nResources:\n  Topic: {Type: AWS::SNS::Topic}\nOutputs:\n  Name: {Value: !Ref Topic}\n"
    )
    assert "answer-cut-off" not in [one.rule for one in failures(tmp_path, whole, name="answer.md")]
    assert "answer-cut-off" in [one.rule for one in failures(tmp_path, whole + "  Arn:\n", name="answer.md")]
