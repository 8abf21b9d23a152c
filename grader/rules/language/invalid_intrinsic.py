"""Intrinsic functions used wrongly."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="invalid-intrinsic",
    kind="invalid-intrinsic",
    level="Critical",
    category="references",
    title="Intrinsic functions used wrongly",
    issue="{file} uses intrinsic functions in a way that CloudFormation does not evaluate; at line {line}: {says}.",
    fix="Write the function with the arguments, and in the place, that its documentation gives.",
    root_cause="The function was combined by analogy with another one.",
    lesson="Use intrinsic functions with the argument forms and in the sections that allow them.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html",
    cost="The template is refused as a whole.",
    security="None: nothing is created.",
    performance="None: nothing is created.",
    stands_for=(
        "cfn-lint:E1*",
        "cloudformation-validate:E1*",
        "cloudformation-validate:F1*",
        "cloudformation-validate:F0010",
        "cloudformation-validate:F1050",
        "cloudformation-validate:E9101",
        "cfn-lint:E6101",
    ),
    yields_to=("undefined-reference", "invalid-getatt"),
    fails=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !Select [0]  # finds
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
