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
        ("Properties", "Value is not valid under any of the 3 anyOf schemas", ""),
    ],
)
def test_what_leads_there(make_case: Callable[..., Case], path: str, message: str, said: str) -> None:
    place = Location(file="template.yml", line=7, resource="Wrong", type="AWS::EC2::SecurityGroup", path=path)
    finding = Finding(rule="any", detector="any", location=place, message=message)
    assert cause([finding], make_case({"template.yml": TEXT})) == said
