"""Resource types that do not exist."""

from __future__ import annotations

from grader.catalogue import Rule, example
from grader.rules.language._corrections import known_type
from grader.rules.language._types import explained

RULE = Rule(
    id="invalid-resource-type",
    kind="invalid-resource-type",
    level="Critical",
    category="schema",
    title="Unknown resource type: {types}",
    issue="{resources} in {file} {is|are} of {types}, which CloudFormation does not have as a resource type in this region. "
    "CloudFormation rejects the template: “Unrecognized resource types”.",
    fix="{remedy}",
    root_cause="{because}",
    lesson="Take resource types from the template reference.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html",
    aws_behaviour="CloudFormation rejects the template: unrecognized resource types.",
    stands_for=(
        "plan:type-unknown",
        "cfn-lint:E3006",
        "cloudformation-validate:F3006",
        "cfn-lint:E3710",
        "cloudformation-validate:E3710",
    ),
    confirm=explained,
    corrections=known_type,
    fails=(
        example("""
Resources:
  Topic:  # finds
    Type: AWS::SNS::Channel
"""),
        example("""
Resources:
  Image:  # finds
    Type: AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>
    Default: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64
  Topic:
    Type: AWS::SNS::Topic
"""),
    ),
    passes=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
  Own:
    Type: Custom::Migration
    Properties: {ServiceToken: !Ref Topic}
"""),
    ),
)
