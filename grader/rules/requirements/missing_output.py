"""Outputs that are missing."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="missing-output",
    kind="missing-output",
    level="Medium",
    category="requirements",
    title="Outputs that are missing",
    issue='The prompt asks for outputs ("{asked}"), and some of the ideal answer have no counterpart: {values}.',
    fix="Add the outputs, each with a description, and an export where other stacks need it.",
    root_cause="Outputs were written for what came to mind.",
    lesson="Put out what the next stack, or the next person, needs.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html",
    cost="None.",
    security="None.",
    performance="None.",
    stands_for=("ideal:missing-output",),
    fails=(
        example(
            """
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
""",
            prompt="A topic, with outputs.",
            ideal="""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
Outputs:
  Address: {Value: !Ref Topic}
""",
        ),
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
