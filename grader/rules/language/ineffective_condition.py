"""Conditions that are constant, or that do not cover where they are needed."""

from __future__ import annotations

from grader.catalogue import Rule, example
from grader.rules.language._conditions import because_ineffective

RULE = Rule(
    id="ineffective-condition",
    former_ids=("doubtful-condition",),
    kind="condition-misuse",
    level="Medium",
    category="references",
    title="Condition without the intended effect",
    issue="In {file}, {says}.",
    fix="{remedy}",
    root_cause="{because}",
    lesson="Go through a template once for each outcome of its conditions.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html",
    aws_behaviour=(
        "CloudFormation accepts the template; with the other outcome the stack fails or contains more than intended."
    ),
    stands_for=(
        "cfn-lint:W1001",
        "cloudformation-validate:W1001",
        "cfn-lint:W1028",
        "cloudformation-validate:W1028",
        "cfn-lint:W8003",
        "cloudformation-validate:W8003",
        "cloudformation-validate:W2502",
        "cloudformation-validate:W2503",
    ),
    confirm=because_ineffective,
    yields_to=("condition-misuse", "undefined-reference"),
    fails=(
        example("""
Conditions:
  Always: !Equals [production, production]  # finds
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Condition: Always
"""),
    ),
    passes=(
        example("""
Parameters:
  Stage: {Type: String, Default: dev}
Conditions: {IsLive: !Equals [!Ref Stage, live]}
Resources:
  Topic: {Type: AWS::SNS::Topic, Condition: IsLive}
  Queue: {Type: AWS::SQS::Queue}
"""),
    ),
)
