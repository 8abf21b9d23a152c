"""Security groups open to the world."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="open-security-group",
    kind="open-security-group",
    level="High",
    category="security",
    title="Security groups open to the world",
    issue="{resources} in {file} let in, or out, more than the ideal answer does: {says}.",
    fix="Allow the ports and the sources that are needed, by security group or by prefix list.",
    root_cause="Open rules make everything work at once.",
    lesson="Write rules for who talks to whom.",
    reference="https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
    cost="None.",
    security="Anybody can try the port.",
    performance="None.",
    stands_for=("ideal:open-security-group",),
    fails=(
        example(
            """
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Workers
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}  # finds
""",
            prompt="A security group.",
            ideal="""
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Workers
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/16}
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
