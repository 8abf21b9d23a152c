"""Values of the wrong type."""

from __future__ import annotations

from grader.catalogue import Rule, example
from grader.rules.language._causes import because_value

RULE = Rule(
    id="wrong-value-type",
    kind="wrong-value-type",
    level="Critical",
    category="schema",
    title="Property {#value|values} of the wrong type in {resources}",
    issue=("{resources} in {file} {has a value|have values} of a type that the property does not take: {says}."),
    fix="{remedy}",
    root_cause="{because}",
    lesson="Match the form of every value to the schema: list, object, text, number.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html",
    aws_behaviour="CloudFormation rejects the value when it validates the resource.",
    confirm=because_value,
    stands_for=(
        "plan:null-value",
        "cfn-lint:E3012",
        "cloudformation-validate:F3012",
        "cloudformation-validate:E3012",
        "cloudformation-validate:E9003",
        "cfn-lint:E1040",
        "cloudformation-validate:E1040",
        "cfn-lint:E1041",
        "cloudformation-validate:E1041",
    ),
    fails=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      Tags: orders  # finds
"""),
        example("""
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      DelaySeconds: 5
      VisibilityTimeout:  # finds
"""),
    ),
    passes=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      Tags: [{Key: team, Value: orders}]
"""),
    ),
)
