"""Templates as they would be deployed, whole or in part."""

from __future__ import annotations

import json

from grader.template import Scope, parse_template
from grader.template.specialize import specialized

TEXT = """Parameters: {Size: {Type: String, Default: small, AllowedValues: [small, large]}}
Conditions: {IsLarge: !Equals [!Ref Size, large]}
Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties: {DelaySeconds: !If [IsLarge, 10, 5]}
  Feed:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: !Ref News, Endpoint: !GetAtt Jobs.Arn, Protocol: sqs}
  News: {Type: AWS::SNS::Topic}
  Other: {Type: AWS::SNS::Topic}
Outputs: {Name: {Value: !Ref News}}
"""


def test_a_part_has_its_resources_and_the_types_of_those_that_they_refer_to() -> None:
    scope = Scope(parse_template("t.yml", TEXT))
    whole = json.loads(specialized(scope))
    part = json.loads(specialized(scope, {"Feed"}))
    assert list(whole["Resources"]) == ["Jobs", "Feed", "News", "Other"]
    assert whole["Resources"]["Jobs"]["Properties"] == {"DelaySeconds": 5}
    assert part["Resources"]["Feed"] == whole["Resources"]["Feed"]
    assert {name: one for name, one in part["Resources"].items() if name != "Feed"} == {
        "Jobs": {"Type": "AWS::SQS::Queue"},
        "News": {"Type": "AWS::SNS::Topic"},
    }
    assert (part["Parameters"], "Outputs" in part) == (whole["Parameters"], False)


def test_keys_of_a_part_have_the_lines_of_the_template() -> None:
    lines = specialized(Scope(parse_template("t.yml", TEXT)), {"Feed"}).split("\n")
    assert '"Feed":' in lines[6]
    assert '"TopicArn":' in lines[8]
