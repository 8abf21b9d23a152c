"""Conditions and mappings without a use."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="unused-condition",
    kind="unused-condition",
    level="Medium",
    category="parameters",
    title="Conditions and mappings that nothing uses",
    issue="{file} defines {names}, and nothing uses it. The difference that it promises is not made.",
    fix="Use {names} where it was meant to decide something, or remove it.",
    root_cause="The condition was declared with an intention that did not reach the resources.",
    lesson="Declare a condition or a mapping only with its use.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html",
    cost="What should differ between environments does not, size and redundancy included.",
    security="A control that a condition was meant to switch on is missing.",
    performance="None.",
    stands_for=(
        "cfn-lint:W8001",
        "cloudformation-validate:W8001",
        "cfn-lint:W7001",
        "cloudformation-validate:W7001",
    ),
    forgiven=True,
    fails=(
        example("""
Parameters:
  Stage: {Type: String, Default: dev}
Conditions:
  IsProduction: !Equals [!Ref Stage, prod]  # finds
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !Ref Stage}
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
