"""Sections, entries and sizes that CloudFormation does not accept."""

from __future__ import annotations

from grader.catalogue import Rule, example
from grader.rules.language._structure import computed_mappings, structure

RULE = Rule(
    id="template-structure",
    kind="template-syntax",
    level="Critical",
    category="syntax",
    title="Invalid template structure",
    issue="CloudFormation rejects {file} when it validates the template: {says}.",
    fix="{remedy}",
    root_cause="{because}",
    lesson="Keep to the sections of a template, their keys and their limits.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html",
    aws_behaviour="CloudFormation rejects the template when it validates it.",
    check=computed_mappings,
    confirm=structure,
    stands_for=(
        "plan:section-unknown",
        "plan:no-resources",
        "plan:limit",
        "plan:type-missing",
        "cfn-lint:E2001",
        "cfn-lint:E3001",
        "cloudformation-validate:E3001",
        "cloudformation-validate:E2001",
        "cfn-lint:E8001",
        "cloudformation-validate:E8001",
        "cloudformation-validate:F0*",
        "cfn-lint:E100?",
        "cloudformation-validate:E100?",
        "cfn-lint:E6*",
        "cloudformation-validate:E6*",
        "cloudformation-validate:F6*",
        "cfn-lint:E7*",
        "cloudformation-validate:E7*",
        "cloudformation-validate:F7*",
        "cfn-lint:E5*",
        "cloudformation-validate:E5*",
        "cloudformation-validate:F2*",
        "cloudformation-validate:F1004",
    ),
    fails=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
Variables:  # finds
  Stage: dev
"""),
        example("""
Mappings:
  Names:
    us-east-1:
      Topic: !Sub orders-${AWS::AccountId}  # finds
    eu-west-1:
      Topic: orders
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {TopicName: !FindInMap [Names, !Ref 'AWS::Region', Topic]}
"""),
    ),
    passes=(
        example("""
Metadata:
  Stage: dev
Resources:
  Topic:
    Type: AWS::SNS::Topic
"""),
        example("""
Mappings:
  Zones:
    us-east-1: {Names: [us-east-1a, us-east-1b], Count: 2, IsHome: true}
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !Select [0, !FindInMap [Zones, us-east-1, Names]]}
"""),
    ),
)
