"""Required properties that are missing."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="missing-required-property",
    kind="missing-required-property",
    level="Critical",
    category="schema",
    title="Required properties that are missing",
    issue="Properties that a type requires and that are not there, or that exclude each other, in {file}: on {resources}. "
    "For {resource} ({type}): {says}. CloudFormation refuses the template when the change set is created.",
    fix="Give {resource} what {type} requires.",
    root_cause="The resource was written from memory of what it usually holds.",
    lesson="Give every resource the properties its type requires, and no two that exclude each other.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html",
    cost="The template is refused as a whole.",
    security="None: nothing is created.",
    performance="None: nothing is created.",
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
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
"""),
    ),
)
