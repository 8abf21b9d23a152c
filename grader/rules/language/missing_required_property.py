"""Required properties that are missing."""

from __future__ import annotations

from grader.catalogue import Rule, example
from grader.rules.language._causes import because_missing

RULE = Rule(
    id="missing-required-property",
    kind="missing-required-property",
    level="Critical",
    category="schema",
    title="Missing required {#property|properties} of {types}",
    issue=(
        "In {file}, {resources} {does|do} not meet the schema of {types}: {says}. "
        "CloudFormation rejects the template, or the resource when it is created."
    ),
    fix="{remedy}",
    root_cause="{because}",
    lesson="Give every resource the properties that its type requires, and no two that exclude each other.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html",
    aws_behaviour="CloudFormation rejects the resource before or when it calls the service.",
    confirm=because_missing,
    stands_for=(
        "cfn-lint:E3003",
        "cloudformation-validate:F3003",
        "cloudformation-validate:E3003",
        "cfn-lint:E3014",
        "cfn-lint:E3017",
        "cfn-lint:E3018",
        "cfn-lint:E3020",
        "cfn-lint:E3021",
        "cfn-lint:E3058",
        "cloudformation-validate:F3014",
        "cloudformation-validate:F3017",
        "cloudformation-validate:F3018",
        "cloudformation-validate:F3020",
        "cloudformation-validate:F3021",
        "cloudformation-validate:F3058",
    ),
    fails=(
        example("""
Resources:
  Cleaner:
    Type: AWS::Lambda::Function
    Properties:  # finds
      Runtime: python3.13
      Handler: index.handler
      Code: {ZipFile: 'def handler(event, context): return None'}
"""),
    ),
    passes=(
        example("""
Resources:
  Alerts:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: !Ref Topic, Protocol: email, Endpoint: ops@example.com}
  Topic: {Type: AWS::SNS::Topic}
"""),
    ),
)
