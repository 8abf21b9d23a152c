"""Values of a template: what is known is worked out, what is not stays named."""

from __future__ import annotations

import pytest

from grader.task.account import profile
from grader.template import Scope, is_known, parse_template

TEMPLATE = """
Parameters:
  Stage: {Type: String, Default: dev}
  Owner: {Type: String}
  Zones: {Type: CommaDelimitedList, Default: 'a, b'}
Mappings:
  Sizes:
    dev: {Nodes: 1}
    prod: {Nodes: 3}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsOwned: !Not [!Equals [!Ref Owner, '']]
  Never: !And [!Condition IsProd, !Condition IsOwned]
  Loop: !Not [!Condition Loop]
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties: {BucketName: !Sub 'logs-${Stage}'}
  Other:
    Type: AWS::S3::Bucket
"""

CASES = [
    ("!Ref Stage", "dev"),
    ("!Sub '${Stage}-${AWS::AccountId}'", "dev-123456789012"),
    ("!Sub '${!Literal}'", "${Literal}"),
    ("!Sub ['${A}/${Stage}', {A: !Ref Bucket}]", "logs-dev/dev"),
    ("!Join ['-', [a, !Ref Stage]]", "a-dev"),
    ("!Select [1, !Ref Zones]", "b"),
    ("!Select ['0', !Split [',', 'x,y']]", "x"),
    ("!FindInMap [Sizes, !Ref Stage, Nodes]", 1),
    ("!If [IsProd, 1, 2]", 2),
    ("!If [IsOwned, 5, 5]", 5),
    ("!Select [1, !Cidr [10.0.0.0/16, 4, 8]]", "10.0.1.0/24"),
    ("!Select [0, !GetAZs '']", "us-east-1a"),
    ("!Base64 hi", "aGk="),
    ("!Ref Bucket", "logs-dev"),
    ("{a: !Ref AWS::NoValue, b: 1}", {"b": 1}),
]
UNKNOWN = [
    ("!Ref Owner", "${Owner}"),
    ("!GetAtt Other.Arn", "${Other.Arn}"),
    ("!Ref Other", "${Other}"),
    ("!Sub 'x-${Owner}'", "x-${Owner}"),
]


def scope(extra: str = "", given: dict[str, object] | None = None) -> Scope:
    return Scope(
        parse_template("t", f"{TEMPLATE}Outputs:\n  Out: {{Value: {extra or 'x'}}}\n"),
        given or {},
        profile("fresh").pseudo,
    )


@pytest.mark.parametrize(("text", "value"), CASES)
def test_what_is_known(text: str, value: object) -> None:
    the_scope = scope(text)
    out = the_scope.template.outputs["Out"].get("Value")  # type: ignore[union-attr]
    assert the_scope.value(out) == value


@pytest.mark.parametrize(("text", "value"), UNKNOWN)
def test_what_is_not_known_keeps_its_name(text: str, value: str) -> None:
    the_scope = scope(text)
    out = the_scope.template.outputs["Out"].get("Value")  # type: ignore[union-attr]
    assert the_scope.text(out) == value
    assert not is_known(the_scope.value(out))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {"IsProd": False, "IsOwned": None, "Never": False, "Loop": None}),
        ({"Stage": "prod", "Owner": "me"}, {"IsProd": True, "IsOwned": True, "Never": True, "Loop": None}),
    ],
)
def test_conditions_are_true_false_or_open(given: dict[str, object], expected: dict[str, bool | None]) -> None:
    the_scope = scope(given=given)
    assert {name: the_scope.condition(name) for name in expected} == expected
