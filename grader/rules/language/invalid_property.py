"""Properties that a type does not have."""

from __future__ import annotations

from grader.catalogue import Rule, example
from grader.rules.language._causes import because_property

RULE = Rule(
    id="invalid-property",
    kind="invalid-property",
    level="Critical",
    category="schema",
    title="Unknown {#property|properties} of {types}",
    issue=(
        "{resources} in {file} {has|have} {#a property|properties} that {its type does|their types do} not have: {says}. CloudFormation "
        "rejects the template."
    ),
    fix="{remedy}",
    root_cause="{because}",
    lesson="Take property names from the schema of the resource type.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html",
    aws_behaviour="CloudFormation rejects the unknown key, at the latest when it creates the resource.",
    confirm=because_property,
    stands_for=(
        "cfn-lint:E3002",
        "cloudformation-validate:F3002",
        "cloudformation-validate:E3002",
        "cloudformation-validate:E3011",
        "cloudformation-validate:E3040",
        "cfn-lint:E3040",
    ),
    fails=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      Encrypted: true  # finds
"""),
    ),
    passes=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      KmsMasterKeyId: alias/aws/sns
"""),
    ),
)
