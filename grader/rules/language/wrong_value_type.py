"""Values of the wrong type."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="wrong-value-type",
    kind="wrong-value-type",
    level="Critical",
    category="schema",
    title="Values of the wrong type",
    issue="Values of a type that the property does not take, in {file}: on {resources}. At {path} of {resource}: {says}.",
    fix="Write {path} of {resource} in the form that the property takes: a list for a list, an object for an object.",
    root_cause="The shape of the property was guessed.",
    lesson="Match the shape of every value to the schema: list, object, string, number.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html",
    cost="The template is refused as a whole.",
    security="None: nothing is created.",
    performance="None: nothing is created.",
    stands_for=(
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
