"""Intrinsic functions with arguments or in places that they do not have."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="invalid-intrinsic",
    kind="invalid-intrinsic",
    level="Critical",
    category="references",
    title="Intrinsic function with wrong arguments",
    issue=("{file} uses an intrinsic function in a way that CloudFormation does not evaluate, at line {line}: {says}."),
    fix="Write the function at line {line} with the arguments, and in the sections, that its documentation gives.",
    root_cause="The arguments at line {line} are not those that the function takes there.",
    lesson="Use intrinsic functions with their documented arguments, in the sections that allow them.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html",
    aws_behaviour="CloudFormation rejects the template when it validates or processes the function.",
    stands_for=(
        "cfn-lint:E1*",
        "cloudformation-validate:E1*",
        "cloudformation-validate:F1*",
        "cloudformation-validate:F0010",
        "cloudformation-validate:F1050",
        "cloudformation-validate:E9101",
        "cfn-lint:E6101",
    ),
    yields_to=("undefined-reference", "invalid-getatt"),
    fails=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !Select [0]  # finds
"""),
    ),
    passes=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !Select [0, [orders, returns]]
"""),
    ),
)
