"""DependsOn that says nothing new."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="redundant-depends-on",
    kind="redundant-depends-on",
    level="Medium",
    category="references",
    title="DependsOn that says nothing new",
    issue="DependsOn repeats what a reference says already, in {file}: on {resources}. {says}.",
    fix="Remove the entries of DependsOn that a Ref or GetAtt of the same resource implies.",
    root_cause="The order was written down twice, to be safe.",
    lesson="Use DependsOn only where no reference gives the order.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html",
    cost="None.",
    security="None.",
    performance="Needless order makes deployments slower.",
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
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
"""),
    ),
)
