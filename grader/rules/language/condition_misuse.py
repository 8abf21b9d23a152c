"""Conditions that CloudFormation cannot evaluate."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="condition-misuse",
    kind="condition-misuse",
    level="Critical",
    category="references",
    title="Condition that CloudFormation cannot evaluate",
    issue="{file} has a condition that CloudFormation cannot evaluate, at line {line}: {says}.",
    fix=(
        "Give the function at line {line} the number and kind of operands that it takes: Fn::Equals takes two "
        "values, Fn::Not one condition, Fn::And and Fn::Or two to ten."
    ),
    root_cause="The operands at line {line} are not those that the condition function takes.",
    lesson=(
        "Write conditions with Fn::Equals, Fn::And, Fn::Or and Fn::Not over parameters, mappings and other conditions."
    ),
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html",
    aws_behaviour="CloudFormation rejects the template when it validates it.",
    stands_for=(
        "plan:condition-cycle",
        "cfn-lint:E8*",
        "cloudformation-validate:E8*",
        "cloudformation-validate:F0013",
        "cloudformation-validate:F0014",
        "cloudformation-validate:F86*",
        "cfn-lint:E1028",
        "cloudformation-validate:E1028",
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
Parameters:
  Stage: {Type: String, Default: dev}
Conditions:
  IsProduction: !Equals [!Ref Stage, production]
  IsTest: !And [!Not [!Condition IsProduction], !Equals [!Ref Stage, test]]
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Condition: IsTest
"""),
    ),
)
