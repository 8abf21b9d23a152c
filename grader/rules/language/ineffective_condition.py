"""Conditions that decide nothing, or too much."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="ineffective-condition",
    former_ids=("doubtful-condition",),
    kind="condition-misuse",
    level="Medium",
    category="references",
    title="Conditions that decide nothing, or too much",
    issue="A condition in {file} cannot do what it is there for; at line {line}: {says}.",
    fix="Compare a parameter with its values, and give what is only sometimes created the same condition wherever it "
    "is used.",
    root_cause="The conditions were not walked through for each value.",
    lesson="Go through a template once for each outcome of its conditions.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html",
    cost="A deployment with the other value fails or brings more than wanted.",
    security="None.",
    performance="None.",
    stands_for=(
        "cfn-lint:W1001",
        "cloudformation-validate:W1001",
        "cfn-lint:W1028",
        "cloudformation-validate:W1028",
        "cfn-lint:W8003",
        "cloudformation-validate:W8003",
        "cloudformation-validate:W2502",
        "cloudformation-validate:W2503",
        "cloudformation-validate:W9053",
        "cloudformation-validate:W8602",
        "cloudformation-validate:W8608",
    ),
    yields_to=("condition-misuse", "undefined-reference"),
    fails=(
        example("""
Conditions:
  Always: !Equals [production, production]  # finds
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Condition: Always
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
