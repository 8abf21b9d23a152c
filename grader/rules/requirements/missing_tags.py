"""Tags that are missing."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="missing-tags",
    kind="missing-tags",
    level="Medium",
    category="requirements",
    title="Tags that are missing",
    issue="{resources} in {file} carry no tags, and their counterparts in the ideal answer do.",
    fix="Add the tags of the task to {resources}.",
    root_cause="Tags were given to the larger resources alone.",
    lesson="Tag everything that can be tagged.",
    reference="https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html",
    cost="Costs cannot be told apart.",
    security="None.",
    performance="None.",
    stands_for=("ideal:tags",),
    fails=(
        example(
            """
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:  # finds
      DisplayName: orders
""",
            prompt="A topic.",
            ideal="""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
      Tags: [{Key: Project, Value: shop}]
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
