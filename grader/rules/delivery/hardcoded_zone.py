"""Availability zones written out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules.delivery._corrections import zone_of_region
from grader.support.markdown import code
from grader.template import Scalar, dotted

_ZONE = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d[a-z]")
_KEYS = ("AvailabilityZone", "AvailabilityZones", "PreferredAvailabilityZone", "PreferredAvailabilityZones")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report zones that are written as texts into what is created, where the prompt does not name them."""
    for template in case.templates:
        scope = case.scopes[template.file]
        selecting = [use for use in template.resources.values() if "Fn::GetAZs" in str(use.get("AvailabilityZone"))]
        for resource in template.resources.values():
            if scope.exists(resource) is False:
                continue
            for path, node in template.nodes(resource):
                zone = node.text if isinstance(node, Scalar) and any(step in _KEYS for step in path) else ""
                found = _ZONE.fullmatch(zone)
                if found is None or zone not in str(scope.value(resource.properties)) or _is_ordered(case, zone):
                    continue
                because = (
                    f"{code(selecting[0].name)} selects its zone with Fn::GetAZs; this one names it."
                    if selecting
                    else "The template contains no Fn::GetAZs."
                )
                facts = {"value": zone, "because": because}
                if case.request.first(rf"\b{zone[:-1]}\b") is None:
                    facts["region"] = zone[:-1]
                yield at_property(template, resource, dotted(path), f"names the zone {zone}", **facts)


def _is_ordered(case: Case, zone: str) -> bool:
    return case.request.orders(rf"{re.escape(zone)}|{zone[:-1]}[a-f](, ?[a-f])*") is not None


RULE = Rule(
    id="hardcoded-zone",
    kind="hardcoded-az-or-region",
    level="Medium",
    category="regions",
    title="Hardcoded availability {zone|zones}: {values}",
    issue="In {file}, {resources} {has|have} a fixed availability zone: {values}. Which zones an account may use differs "
    "between accounts. The stack can be created only in {regions}.",
    fix="Select the zone from the list of the region: `!Select [0, !GetAZs '']` for the first, `!Select [1, !GetAZs '']` for the second.",
    root_cause="{because}",
    lesson="Take zones from Fn::GetAZs.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-"
    "getavailabilityzones.html",
    is_choice=True,
    aws_behaviour="EC2 rejects a zone that the region or the account does not have; elsewhere the stack is created.",
    yields_to=("multi-region-in-one-stack",),
    check=check,
    corrections=zone_of_region,
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
  Network: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Network, CidrBlock: 10.0.1.0/24, AvailabilityZone: !Select [0, !GetAZs '']}
"""),
        example(
            """
Resources:
  Network: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Network, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}
""",
            prompt="A subnet in us-east-1a.",
        ),
    ),
)
