"""A NAT gateway for every zone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example

_ASKED = r"\bnat gateways?\b[^.\n]{0,40}\b(each|every|per|all|three|3)\b|\b(each|every|per|three|3)\b[^.\n]{0,30}\bnat gateways?"


def check(case: Case) -> Iterator[RuleFinding]:
    """Report three NAT gateways and more that exist in every environment, where the prompt does not ask for them."""
    if re.search(_ASKED, case.prompt):
        return
    for template in case.templates:
        gateways = [one for one in template.of_type("AWS::EC2::NatGateway") if one.condition is None]
        if len(gateways) >= 3:
            count = str(len(gateways))
            yield from (
                at_property(template, one, "", f"is one of {count} in every environment", value=count)
                for one in gateways
            )


RULE = Rule(
    id="many-nat-gateways",
    kind="cost-nat-gateway",
    level="High",
    category="cost",
    title="A NAT gateway for every zone, in every environment",
    issue="{file} creates {value} NAT gateways without a condition: {resources}.",
    fix="Create one, and the others under a condition for production.",
    root_cause="High availability was given to environments that do not need it.",
    lesson="Make what costs by the hour depend on the environment.",
    reference="https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-pricing.html",
    cost="About 33 dollars a month for each gateway, and for traffic.",
    security="None.",
    performance="None.",
    check=check,
    fails=(
        example("""
Resources:
  Network: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Network, CidrBlock: 10.0.1.0/24}}
  OneIp: {Type: AWS::EC2::EIP}
  TwoIp: {Type: AWS::EC2::EIP}
  ThreeIp: {Type: AWS::EC2::EIP}
  One: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref Subnet, AllocationId: !GetAtt OneIp.AllocationId}}  # finds
  Two: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref Subnet, AllocationId: !GetAtt TwoIp.AllocationId}}  # finds
  Three: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref Subnet, AllocationId: !GetAtt ThreeIp.AllocationId}}  # finds
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
