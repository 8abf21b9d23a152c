"""Availability zones written out."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="hardcoded-zone",
    kind="hardcoded-az-or-region",
    level="Medium",
    category="regions",
    title="Availability zones written into the template",
    issue="{resources} in {file} name their availability zone: {says}. The template works in that region alone, and a "
    "zone of that name may not exist in every account.",
    fix='Use !Select [0, !GetAZs ""] for the first zone, 1 for the second, and so on.',
    root_cause="The zones of one region were taken from an example.",
    lesson="Take zones from Fn::GetAZs.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-"
    "getavailabilityzones.html",
    cost="Another region needs another template.",
    security="None.",
    performance="None.",
    stands_for=("cfn-lint:W3010", "cloudformation-validate:W3010"),
    fails=(
        example("""
Resources:
  Network: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Network
      CidrBlock: 10.0.1.0/24
      AvailabilityZone: us-east-1a  # finds
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
