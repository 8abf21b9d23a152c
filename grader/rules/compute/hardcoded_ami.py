"""Images by number."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="hardcoded-ami",
    kind="hardcoded-ami",
    level="Medium",
    category="regions",
    title="Machine images given by their number",
    issue="{resources} in {file} start from an image given by its number, or by a parameter that takes any text: "
    "{says}. An image exists in one region, and is withdrawn after a while.",
    fix="Take the image from a parameter of type AWS::SSM::Parameter::Value<AWS::EC2::Image::Id> with a public "
    "parameter's path as default.",
    root_cause="The number was remembered from an example.",
    lesson="Resolve images at deployment through public SSM parameters.",
    reference="https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-ami.html",
    cost="The instance fails to start elsewhere, or later.",
    security="Old images lack patches.",
    performance="None.",
    stands_for=(
        "cfn-lint:W2506",
        "cloudformation-validate:W2506",
        "cloudformation-validate:W9010",
    ),
    yields_to=("placeholder-value", "placeholder-default"),
    fails=(
        example("""
Resources:
  Server:
    Type: AWS::EC2::Instance
    Properties:
      InstanceType: t3.micro
      ImageId: ami-0b1c2d3e4f5061728  # finds
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
