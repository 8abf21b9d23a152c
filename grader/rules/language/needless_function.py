"""Functions that substitute nothing."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="needless-function",
    kind="invalid-intrinsic",
    level="Medium",
    category="references",
    title="Function without effect",
    issue=(
        "{file} calls functions that change nothing at {count} {place|places}; the first is at line {line}: {says}."
    ),
    fix=(
        "Write the plain text, or insert the variable that was intended: an Fn::Sub without a variable is often a "
        "forgotten reference."
    ),
    root_cause="The text at line {line} contains nothing to substitute.",
    lesson="Use Fn::Sub only for texts with variables.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html",
    aws_behaviour="CloudFormation accepts the function and returns the text unchanged.",
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
      DisplayName: !Sub '${AWS::StackName}-orders'
"""),
    ),
)
