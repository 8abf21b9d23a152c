"""An order that nothing says."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="missing-order",
    kind="missing-depends-on",
    level="High",
    category="references",
    title="An order that nothing says",
    issue="{resources} in {file} may be created too early: {says}.",
    fix="Add DependsOn to {resources} as the ideal answer does.",
    root_cause="CloudFormation orders what refers to each other, and nothing else.",
    lesson="Use DependsOn where a service needs what no property names.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html",
    cost="The deployment fails now and then.",
    security="None.",
    performance="None.",
    stands_for=("ideal:missing-depends-on",),
    fails=(
        example(
            """
Resources:
  First: {Type: AWS::SNS::Topic, Properties: {DisplayName: first}}
  Second:  # finds
    Type: AWS::SNS::Topic
    Properties: {DisplayName: second}
""",
            prompt="Two topics.",
            ideal="""
Resources:
  First: {Type: AWS::SNS::Topic, Properties: {DisplayName: first}}
  Second:
    Type: AWS::SNS::Topic
    DependsOn: First
    Properties: {DisplayName: second}
""",
        ),
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
