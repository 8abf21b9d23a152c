"""Attributes that a resource does not return."""

from __future__ import annotations

from grader.rule import Rule, example

RULE = Rule(
    id="invalid-getatt",
    kind="invalid-getatt",
    level="Critical",
    category="references",
    title="Attributes that the resource does not return",
    issue="{file} reads attributes that do not exist: {says}.",
    fix="Use an attribute from the type's list of return values, or Ref where Ref returns it.",
    root_cause="The attribute was named after the property or the API field that it resembles.",
    lesson="Take GetAtt attributes from the return values of the type.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-"
    "getatt.html",
    cost="The template is refused as a whole.",
    security="None: nothing is created.",
    performance="None: nothing is created.",
    stands_for=(
        "plan:attribute-unknown",
        "cloudformation-validate:E9004",
        "cfn-lint:E1010",
        "cloudformation-validate:E1010",
    ),
    fails=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !GetAtt Topic.QueueName  # finds
"""),
    ),
    passes=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
"""),
    ),
)
