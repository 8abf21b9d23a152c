"""Conditions and mappings without a use."""

from __future__ import annotations

from grader.catalogue import Rule, example
from grader.rules.parameters._corrections import without_condition

RULE = Rule(
    id="unused-condition",
    kind="unused-condition",
    level="Medium",
    category="parameters",
    title="Nothing uses {names}",
    issue="{file} defines {names}, and nothing uses {it|them}: {it has|they have} no effect on the stack.",
    fix="Use {names} where {its name suggests|their names suggest}, or remove {it|them}.",
    root_cause="No resource, output, condition or function of {file} refers to {names}.",
    lesson="Declare a condition or a mapping together with its use.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html",
    aws_behaviour="CloudFormation accepts the entry and ignores it.",
    stands_for=(
        "cfn-lint:W8001",
        "cloudformation-validate:W8001",
        "cfn-lint:W7001",
        "cloudformation-validate:W7001",
    ),
    forgiven=True,
    corrections=without_condition,
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
Parameters:
  Stage: {Type: String, Default: dev}
Conditions:
  IsProduction: !Equals [!Ref Stage, prod]
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Condition: IsProduction
  Queue: {Type: AWS::SQS::Queue}
"""),
    ),
)
