"""Made-up identifiers where real ones are needed."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="placeholder-value",
    kind="placeholder-value",
    level="Critical",
    category="prerequisites",
    title="Made-up identifiers: {values}",
    issue="{resource} in {file} {says}. It has the form of an identifier and stands for nothing; the deployment fails "
    "where it is used.",
    fix="Create the thing in the template, or make it optional with an empty default and a condition, and document "
    "where its value comes from.",
    root_cause="The template needs something that it does not create, and an invented identifier fills the gap.",
    lesson="Never invent identifiers of things that must exist: create them, make them optional, or ask for them.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html",
    cost="The stack is refused, or fails late.",
    security="An invented account or certificate may belong to somebody else.",
    performance="None: nothing stays created.",
    stands_for=("plan:placeholder",),
    fails=(
        example("""
Parameters:
  Network:
    Type: AWS::EC2::VPC::Id
    Default: vpc-12345678  # finds
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: Web, VpcId: !Ref Network}
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
