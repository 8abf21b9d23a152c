"""More NAT gateways than the prompt asks for."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._fragments import unmarked
from grader.rules._shared import created
from grader.support.markdown import code

_SEVERAL = r"\b(each|every|per|all|both|two|three|2|3|redundan\w+)\b"
_ASKED = rf"\bnat gateways\b|\bnats\b|\bnat\b.{{0,60}}{_SEVERAL}|{_SEVERAL}.{{0,60}}\bnat\b"
_RESILIENT = r"\b(high(ly)?[- ]availab\w+|fault[- ]toleran\w+|resilien\w+|zone failures?|multi[- ]az)\b"


def check(case: Case) -> Iterator[RuleFinding]:
    """Report three NAT gateways and more of a template, where the prompt asks neither for them nor for high availability."""
    if case.request.orders(_ASKED) or case.request.orders(_RESILIENT):
        return
    gateways = list(created(case, "AWS::EC2::NatGateway"))
    for template in case.templates:
        here = [gateway for where, gateway in gateways if where is template]
        if len(here) < 3:
            continue
        asked = case.request.orders(r"\bnat gateway\b")
        because = (
            f"Line {asked.line} of the prompt asks for a NAT gateway, and {code(template.file)} creates {len(here)}."
            if asked
            else f"The prompt asks for no NAT gateway for each zone, and {code(template.file)} creates {len(here)}."
        )
        for gateway in here:
            message = f"is one of {len(here)} NAT gateways"
            yield at_property(template, gateway, "", message, value=str(len(here)), because=because)


_TEMPLATE = """
Resources:
  Network: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Network, CidrBlock: 10.0.1.0/24}}
  OneIp: {Type: AWS::EC2::EIP}
  TwoIp: {Type: AWS::EC2::EIP}
  ThreeIp: {Type: AWS::EC2::EIP}
  One: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref Subnet, AllocationId: !GetAtt OneIp.AllocationId}}  # finds
  Two: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref Subnet, AllocationId: !GetAtt TwoIp.AllocationId}}  # finds
  Three: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref Subnet, AllocationId: !GetAtt ThreeIp.AllocationId}}  # finds
"""

RULE = Rule(
    id="many-nat-gateways",
    kind="cost-nat-gateway",
    level="Medium",
    category="cost",
    title="NAT gateway in every zone where the prompt does not ask for it",
    issue="{file} creates {count} NAT gateways, {resources}. AWS charges for each by the hour, and the prompt asks for neither several "
    "NAT gateways nor high availability.",
    fix="Keep one NAT gateway and route the private subnets to it, or create the others under a condition for production.",
    root_cause="{because}",
    lesson="Create one NAT gateway unless the network has to survive the failure of a zone.",
    reference="https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-pricing.html",
    cost="AWS charges for every NAT gateway by the hour and by the gigabyte, whether it is used or not.",
    is_choice=True,
    aws_behaviour="Deploys; every NAT gateway is charged by the hour.",
    check=check,
    is_charged=True,
    fails=(
        example(
            _TEMPLATE,
            prompt="A VPC with a private subnet that has a NAT gateway for updates.",
        ),
    ),
    passes=(
        example(
            unmarked(_TEMPLATE),
            prompt="A VPC over three zones, with NAT gateways in the public subnets.",
        ),
    ),
)
