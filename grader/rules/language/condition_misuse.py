"""Conditions used wrongly."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="condition-misuse",
    kind="condition-misuse",
    level="Critical",
    category="references",
    title="Conditions that CloudFormation does not evaluate",
    issue="{file} uses conditions in a way that CloudFormation does not evaluate; at line {line}: {says}.",
    fix="Define the condition in the Conditions section and give each function the number and kind of operands that "
    "it takes.",
    root_cause="Condition functions were written like expressions of a programming language.",
    lesson="Write conditions with Fn::Equals, And, Or and Not over parameters and other conditions only.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html",
    cost="The template is refused as a whole.",
    security="None: nothing is created.",
    performance="None: nothing is created.",
    stands_for=(
        "plan:condition-cycle",
        "cfn-lint:E8*",
        "cloudformation-validate:E8*",
        "cloudformation-validate:F0013",
        "cloudformation-validate:F0014",
        "cloudformation-validate:F86*",
        "cfn-lint:E1028",
    ),
    yields_to=("undefined-reference",),
    fails=(
        example("""
Parameters:
  Stage: {Type: String, Default: dev}
Conditions:
  IsProduction: !Equals [!Ref Stage]  # finds
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Condition: IsProduction
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
