"""Variables of an Fn::Sub that its text does not contain."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="unused-sub-variable",
    former_ids=("needless-function",),
    kind="invalid-intrinsic",
    level="Medium",
    category="references",
    title="Unused {variable|variables} in Fn::Sub",
    issue="An Fn::Sub in {file} declares a variable that its text does not contain, at line {line}: {says}. The value that was to be "
    "substituted is missing from the text.",
    fix="Insert the variable into the text where its value belongs, or remove it from the second argument.",
    root_cause="The text at line {line} and the variables beside it do not have the same names.",
    lesson="Use every variable of an Fn::Sub in its text.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html",
    aws_behaviour="CloudFormation substitutes the variables of the text, and ignores the others.",
    stands_for=(
        "cfn-lint:W1019",
        "cloudformation-validate:W1019",
    ),
    fails=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !Sub ['${AWS::StackName}-orders', {Shop: books}]  # finds
"""),
    ),
    passes=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !Sub ['${Shop}-orders', {Shop: books}]
"""),
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !Sub orders
"""),
    ),
)
