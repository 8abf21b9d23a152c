"""Numbers other than those the prompt names."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="value-differs-from-prompt",
    former_ids=("asked-value",),
    kind="wrong-value-vs-prompt",
    level="High",
    category="requirements",
    title="Numbers other than those the prompt names",
    issue="A number of the prompt is not what {resources} in {file} have: {says}.",
    fix="Set {paths} to {neededs}.",
    root_cause="A usual value was written instead of the one that was asked for.",
    lesson="Check every number of a prompt against the templates.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html",
    cost="None.",
    security="None.",
    performance="None.",
    stands_for=("ideal:asked-value",),
    fails=(
        example(
            """
Resources:
  Log:
    Type: AWS::Logs::LogGroup
    Properties:
      LogGroupClass: STANDARD
      LogGroupName: /shop/orders
      RetentionInDays: 14  # finds
""",
            prompt="Keep logs for 90 days.",
            ideal="""
Resources:
  Log:
    Type: AWS::Logs::LogGroup
    Properties:
      LogGroupClass: STANDARD
      LogGroupName: /shop/orders
      RetentionInDays: 90
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
