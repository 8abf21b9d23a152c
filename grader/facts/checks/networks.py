"""Checks of networks, load balancers and names."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping

from grader.case import Case
from grader.facts.checks.base import Broken, Check
from grader.facts.places import Place, identity, places, root_of, target_of
from grader.support.text import is_natural
from grader.template import as_text


def overlapping_subnets(case: Case, root: Place) -> Iterator[Broken]:
    """Report a subnet whose block overlaps that of an earlier subnet of the same VPC."""
    own = _block(case, root)
    if own is None:
        return
    network, vpc = own
    scope = case.scopes[root.template.file]
    for other in root.template.of_type("AWS::EC2::Subnet"):
        if other.name == root.resource.name:
            return
        theirs = _block(case, root_of(root.template, other))
        if scope.exists(other) is True and theirs and theirs[1] == vpc and network.overlaps(theirs[0]):
            [place] = places(case, root, "CidrBlock")
            yield Broken(place, f"{network} overlaps {theirs[0]} of {other.name}")
            return


def _block(case: Case, root: Place) -> tuple[ipaddress.IPv4Network, object] | None:
    [block] = places(case, root, "CidrBlock")
    [vpc] = places(case, root, "VpcId")
    try:
        network = ipaddress.IPv4Network(as_text(block.value), strict=False)
    except ValueError:
        return None
    owner = identity(case, vpc) or (vpc.text if not vpc.is_absent else None)
    return (network, owner) if owner else None


def subnet_outside_network(case: Case, root: Place) -> Iterator[Broken]:
    """Report a subnet whose block does not lie in the block of its VPC."""
    own = _block(case, root)
    [vpc] = places(case, root, "VpcId")
    target = target_of(case, vpc)
    if own is None or target is None or any(root.template.of_type("AWS::EC2::VPCCidrBlock")):
        return
    [block] = places(case, root_of(root.template, target), "CidrBlock")
    try:
        network = ipaddress.IPv4Network(as_text(block.value), strict=False)
    except ValueError:
        return
    if not own[0].subnet_of(network):
        [place] = places(case, root, "CidrBlock")
        yield Broken(place, f"{own[0]} is not in {network}, the block of {target.name}")


def duplicate_priorities(case: Case, root: Place) -> Iterator[Broken]:
    """Report a listener rule whose priority another rule of the same listener has."""
    [own] = places(case, root, "Priority")
    [listener] = places(case, root, "ListenerArn")
    mine = identity(case, listener)
    if own.is_absent or own.is_open or mine is None:
        return
    scope = case.scopes[root.template.file]
    for other in root.template.of_type(root.resource.type):
        if other.name == root.resource.name:
            return
        there = root_of(root.template, other)
        [priority], [theirs] = places(case, there, "Priority"), places(case, there, "ListenerArn")
        if scope.exists(other) is True and priority.text == own.text and identity(case, theirs) == mine:
            yield Broken(own, f"{root.resource.name} and {other.name} have the priority {own.text}")
            return


def mount_targets_in_one_zone(case: Case, root: Place) -> Iterator[Broken]:
    """Report a mount target in the zone of an earlier one of the same file system."""
    [mine], [place] = places(case, root, "FileSystemId"), places(case, root, "SubnetId")
    for other in root.template.of_type(root.resource.type):
        if other.name == root.resource.name:
            return
        there = root_of(root.template, other)
        [system], [subnet] = places(case, there, "FileSystemId"), places(case, there, "SubnetId")
        if (
            case.scopes[root.template.file].exists(other)
            and identity(case, mine)
            and identity(case, mine) == identity(case, system)
        ):
            zones = [places(case, one, "SubnetId -> AvailabilityZone")[0] for one in (root, there)]
            is_same_zone = (
                all(not one.is_absent and not one.is_open for one in zones) and zones[0].text == zones[1].text
            )
            if is_same_zone or (identity(case, place) and identity(case, place) == identity(case, subnet)):
                yield Broken(place, f"{root.resource.name} and {other.name} are mount targets in the same zone")
                return


def duplicate_acl_numbers(case: Case, root: Place) -> Iterator[Broken]:
    """Report an entry of a network ACL whose number an earlier entry of the same direction has."""
    own = _acl_entry(case, root)
    if own is None:
        return
    scope = case.scopes[root.template.file]
    for other in root.template.of_type(root.resource.type):
        if other.name == root.resource.name:
            return
        if scope.exists(other) is True and _acl_entry(case, root_of(root.template, other)) == own:
            [number] = places(case, root, "RuleNumber")
            yield Broken(
                number, f"{root.resource.name} and {other.name} have the number {number.text} for the same direction"
            )
            return


def _acl_entry(case: Case, root: Place) -> tuple[object, str, bool] | None:
    """Return what must be unique of an entry: its ACL, its number and its direction; None where that is open."""
    [acl], [number] = places(case, root, "NetworkAclId"), places(case, root, "RuleNumber")
    [egress] = places(case, root, "Egress")
    owner = identity(case, acl)
    if owner is None or not is_natural(number.text) or egress.is_open:
        return None
    return owner, number.text, egress.text.lower() == "true"


def apex_cname(case: Case, root: Place) -> Iterator[Broken]:
    """Report a CNAME record whose name is that of its hosted zone."""
    [kind], [name] = places(case, root, "Type"), places(case, root, "Name")
    [zone] = places(case, root, "HostedZoneName")
    if zone.is_absent:
        [zone] = places(case, root, "HostedZoneId -> Name")
    if kind.text != "CNAME" or name.is_absent or name.is_open or zone.is_absent or zone.is_open:
        return
    if name.text.lower().rstrip(".") == zone.text.lower().rstrip("."):
        yield Broken(name, f"{name.text} is the name of the hosted zone")


CHECKS: Mapping[str, Check] = {
    "apex-cname": apex_cname,
    "duplicate-acl-numbers": duplicate_acl_numbers,
    "duplicate-priorities": duplicate_priorities,
    "mount-targets-in-one-zone": mount_targets_in_one_zone,
    "overlapping-subnets": overlapping_subnets,
    "subnet-outside-network": subnet_outside_network,
}
