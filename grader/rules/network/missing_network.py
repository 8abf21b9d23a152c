"""Parts of the network that the prompt asks for and that are missing."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="missing-network",
    kind="networking-missing",
    level="High",
    category="requirements",
    title="Parts of the network that the prompt asks for and that are missing",
    issue='The prompt asks for it ("{asked}"), the ideal answer has it, and the response has no counterpart: {types}.',
    fix="Add the {types}, and connect the subnets to them.",
    root_cause="The network was drawn without its connections.",
    lesson="Check a network against each sentence of the prompt on it.",
    reference="https://docs.aws.amazon.com/vpc/latest/userguide/how-it-works.html",
    cost="None.",
    security="Traffic takes another way than the prompt wants.",
    performance="None.",
    stands_for=("ideal:missing-network", "ideal:missing-route"),
    fails=(
        example(
            """
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
""",
            prompt="A topic, and a VPC for the workers.",
            ideal="""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
  Network: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
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
