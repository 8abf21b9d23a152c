"""Properties that a type does not have."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="invalid-property",
    kind="invalid-property",
    level="Critical",
    category="schema",
    title="Properties that the resource type does not have",
    issue="Properties that their types do not have, in {file}: on {resources}. At {path} of {resource}: {says}. "
    "CloudFormation refuses them when the change set is created.",
    fix="Remove or rename what is at {path}: the template reference of {type} lists the properties it has.",
    root_cause="The property was taken from the service's API, from another type or from another tool.",
    lesson="Check property names against the schema of the resource type.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html",
    cost="The template is refused as a whole.",
    security="A setting that was meant to protect is not applied under a wrong name.",
    performance="None: nothing is created.",
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
      DisplayName: orders
"""),
    ),
)
