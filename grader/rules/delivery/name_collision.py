"""Names that another resource has."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="name-collision",
    kind="hardcoded-name",
    level="Critical",
    category="naming",
    title="Name used twice: {values}",
    issue="{resource} in {file} {says}. A name is unique among the resources of {type} in the account and region: the service "
    "rejects the second one, and CloudFormation rolls the stack back.",
    fix="Give {resource} a name of its own, or leave the name out so that CloudFormation generates it.",
    root_cause="Both names become {value} with the values that the template gives.",
    lesson="Leave names to CloudFormation, or build them from what differs between the resources.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html",
    aws_behaviour="The service rejects the second resource of the name, and CloudFormation rolls the stack back.",
    stands_for=("plan:name-collision", "plan:name-taken"),
    fails=(
        example("""
Resources:
  First:
    Type: AWS::Logs::LogGroup
    Properties: {LogGroupName: /shop/orders, RetentionInDays: 7}
  Second:
    Type: AWS::Logs::LogGroup
    Properties:
      LogGroupName: !Join ['', [/shop/, orders]]  # finds
      RetentionInDays: 7
"""),
    ),
    passes=(
        example("""
Parameters: {Environment: {Type: String, Default: dev}}
Conditions:
  IsLive: !Equals [!Ref Environment, live]
  IsNotLive: !Not [!Condition IsLive]
Resources:
  First:
    Type: AWS::Logs::LogGroup
    Condition: IsLive
    Properties: {LogGroupName: !Sub '/shop/${Environment}', RetentionInDays: 365}
  Second:
    Type: AWS::Logs::LogGroup
    Condition: IsNotLive
    Properties: {LogGroupName: !Sub '/shop/${Environment}', RetentionInDays: 7}
"""),
    ),
)
