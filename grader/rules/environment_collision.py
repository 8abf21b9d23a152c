"""Names that a second environment would use again."""

from __future__ import annotations

from grader.rule import Rule, example

RULE = Rule(
    id="environment-collision",
    kind="hardcoded-name",
    level="Medium",
    category="naming",
    title="Names that are the same in every environment",
    issue="In {file}, {resources} have the fixed names {values}, although the template tells environments apart by a "
    "parameter. A second environment in the same account and region cannot be created beside the first.",
    fix="Put the parameter that tells environments apart into each of the names {values}, or leave the names to "
    "CloudFormation.",
    root_cause="The parameter was added for tags and conditions, and did not reach the names.",
    lesson="Whatever tells environments apart belongs into every name that must be unique.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html",
    cost="A second environment needs an account of its own.",
    security="None.",
    performance="None.",
    stands_for=("plan:environment-collision",),
    fails=(
        example("""
Parameters:
  Stage: {Type: String, Default: dev}
Resources:
  Orders:
    Type: AWS::Logs::LogGroup
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      LogGroupName: /shop/orders  # finds
      RetentionInDays: 7
      Tags: [{Key: stage, Value: !Ref Stage}]
"""),
    ),
    passes=(
        example("""
Parameters:
  Stage: {Type: String, Default: dev}
Resources:
  Orders:
    Type: AWS::Logs::LogGroup
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      LogGroupName: !Sub '/shop/${Stage}/orders'
      RetentionInDays: 7
"""),
    ),
)
