"""Names that are taken."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="name-collision",
    kind="hardcoded-name",
    level="Critical",
    category="naming",
    title="Two resources of one name",
    issue="{resource} in {file} {says}. A name is unique among the resources of its type.",
    fix="Give {resource} a name of its own, or none, so that CloudFormation makes one.",
    root_cause="The name was copied together with the resource.",
    lesson="Leave names to CloudFormation, or build them from what is unique.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html",
    cost="The deployment is rolled back.",
    security="None.",
    performance="None.",
    stands_for=("plan:name-collision", "plan:name-taken"),
    fails=(
        example("""
Resources:
  First:
    Type: AWS::Logs::LogGroup
    DeletionPolicy: Delete
    Properties: {LogGroupName: /shop/orders, RetentionInDays: 7}
  Second:
    Type: AWS::Logs::LogGroup
    DeletionPolicy: Delete
    Properties:
      LogGroupName: !Join ['', [/shop/, orders]]  # finds
      RetentionInDays: 7
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
