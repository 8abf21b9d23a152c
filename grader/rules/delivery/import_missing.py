"""Imports of what nobody exports."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="import-missing",
    kind="external-dependency",
    level="Critical",
    category="prerequisites",
    title="Imports of what no stack exports",
    issue="{resource} in {file} {says}. Neither a template of the response nor the account exports it, so the stack "
    "cannot be created by itself.",
    fix="Create what {value} stands for in this response, or take it as a parameter with instructions.",
    root_cause="The response takes a stack for given that the task does not mention.",
    lesson="Import only what the response itself exports, or what the task says is there.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-"
    "importvalue.html",
    cost="The stack is refused.",
    security="None: nothing is created.",
    performance="None: nothing is created.",
    stands_for=("plan:export-missing",),
    fails=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !ImportValue shared-name  # finds
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
