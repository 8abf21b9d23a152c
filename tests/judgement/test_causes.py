"""A root cause that no rule wrote is read from the templates: a neighbour, what is set, what is defined."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.case import Case
from grader.judgement.causes import cause
from grader.model import Finding, Location

TEXT = """Mappings:
  Sizes: {dev: {kind: t3.micro}}
Resources:
  Right:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: right, VpcId: vpc-0123456789abcdef0}
  Wrong:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: wrong
      SecurityGroupEgress:
        - {IpProtocol: '-1'}
"""


@pytest.mark.parametrize(
    ("path", "message", "said"),
    [
        (
            "Properties",
            "'VpcId' is a required property",
            "`Right` (line 4) is of the same type and has `VpcId`; `Wrong` has not.",
        ),
        (
            "Properties.SecurityGroupEgress.0",
            "Exactly one of ['CidrIp', 'CidrIpv6'] must be specified",
            "`Wrong` sets none of `CidrIp` and `CidrIpv6`.",
        ),
        (
            "Properties.GroupName.Fn::FindInMap",
            "the mapping Zones is not defined",
            "The mappings of `template.yml` are `Sizes`.",
        ),
        (
            "Properties.GroupName.Fn::Sub",
            "aws:username is not defined",
            "`aws:username` is a variable of IAM policies; Fn::Sub takes `${aws:username}` for a name of the template.",
        ),
        (
            "Properties",
            "Value is not valid under any of the 3 anyOf schemas",
            "`Wrong` (line 7) sets `GroupDescription` and `SecurityGroupEgress`.",
        ),
        (
            "Properties.GroupDescription",
            "is not accepted",
            "Line 10 of `template.yml` sets `GroupDescription` of `Wrong` to `wrong`.",
        ),
    ],
)
def test_what_leads_there(make_case: Callable[..., Case], path: str, message: str, said: str) -> None:
    place = Location(file="template.yml", line=7, resource="Wrong", type="AWS::EC2::SecurityGroup", path=path)
    finding = Finding(rule="any", detector="any", location=place, message=message)
    assert cause([finding], make_case({"template.yml": TEXT})) == said


def test_a_failure_always_has_a_cause(make_case: Callable[..., Case]) -> None:
    text = """Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {}
      Policies:
        - PolicyName: own
          PolicyDocument: {Statement: [{Effect: Allow, Action: ['sqs:SendMessage', 'ssm:GetParameter'], Resource: '*'}]}
"""
    place = Location(file="PROMPT.md", line=3)
    case = make_case({"answer.yml": text})
    for rule, file, message, said in (
        ("unmet-code", place, "No template uses Amazon Comprehend.", "name actions of `sqs` and `ssm`."),
        ("unmet-value", place, "differs", "The resources of the templates are of `AWS::IAM`."),
        ("unmet-value", Location(file="answer.yml", line=1), "has no Rules", "are `Resources`."),
        (
            "other",
            Location(file="answer.yml", line=3, resource="Role"),
            "differs",
            "`Role` (line 2) sets `AssumeRolePolicyDocument` and `Policies`.",
        ),
    ):
        detector = "grader" if rule == "other" else "prompt"
        assert said in cause([Finding(rule=rule, detector=detector, location=file, message=message)], case)
