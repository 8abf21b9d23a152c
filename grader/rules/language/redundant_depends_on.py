"""DependsOn beside a reference to the same resource."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="redundant-depends-on",
    kind="redundant-depends-on",
    level="Medium",
    category="references",
    title="Redundant DependsOn",
    issue="{resources} in {file} {names|name} in DependsOn what {it refers|they refer} to already: {says}.",
    fix="Remove the entries of DependsOn that a Ref, Fn::GetAtt or Fn::Sub of the same resource implies.",
    root_cause="A property of {resource} refers to the same resource as the DependsOn at line {line}.",
    lesson="Use DependsOn only where no reference gives the order.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html",
    aws_behaviour="CloudFormation accepts the entry; the order is the same without it.",
    stands_for=("cfn-lint:W3005", "cloudformation-validate:W3005"),
    forgiven=True,
    fails=(
        example("""
Resources:
  Orders:
    Type: AWS::SNS::Topic
  Copy:
    Type: AWS::SNS::Topic
    DependsOn: Orders  # finds
    Properties: {DisplayName: !GetAtt Orders.TopicName}
"""),
    ),
    passes=(
        example("""
Resources:
  Orders:
    Type: AWS::SNS::Topic
  Copy:
    Type: AWS::SNS::Topic
    DependsOn: Orders
    Properties: {DisplayName: copy}
"""),
    ),
)
