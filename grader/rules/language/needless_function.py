"""Functions that do nothing."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="needless-function",
    kind="invalid-intrinsic",
    level="Medium",
    category="references",
    title="Functions that do nothing",
    issue="{file} calls {count} functions that have nothing to do; the first at line {line}: {says}.",
    fix="Write the plain string, or put the variable in that was meant to be there: an Fn::Sub without one is often a"
    " forgotten reference.",
    root_cause="Every string was wrapped by habit.",
    lesson="Use Fn::Sub where something is substituted.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html",
    cost="None.",
    security="None.",
    performance="None.",
    stands_for=(
        "cfn-lint:W1019",
        "cloudformation-validate:W1019",
        "cfn-lint:W1020",
        "cloudformation-validate:W1020",
        "cloudformation-validate:W1102",
        "cloudformation-validate:W1103",
    ),
    forgiven=True,
    fails=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !Sub 'orders'  # finds
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
