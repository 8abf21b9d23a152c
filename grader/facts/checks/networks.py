"""Checks of networks, load balancers and names."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping

from grader.case import Case
from grader.facts.checks.base import Broken, Check
from grader.facts.places import Place, earlier, identity, places, root_of, target_of
from grader.template import as_text


def overlapping_subnets(case: Case, root: Place) -> Iterator[Broken]:
    """Report a subnet whose block overlaps that of an earlier subnet of the same VPC."""
    own = _block(case, root)
    if own is None:
        return
    network, vpc = own
    for there in earlier(case, root):
        theirs = _block(case, there)
        if theirs and theirs[1] == vpc and network.overlaps(theirs[0]):
            [place] = places(case, root, "CidrBlock")
            yield Broken(place, f"{network} overlaps {theirs[0]} of {there.resource.name}")
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


def mount_targets_in_one_zone(case: Case, root: Place) -> Iterator[Broken]:
    """Report a mount target in the zone of an earlier one of the same file system."""
    [mine], [place] = places(case, root, "FileSystemId"), places(case, root, "SubnetId")
    for there in earlier(case, root):
        [system], [subnet] = places(case, there, "FileSystemId"), places(case, there, "SubnetId")
        if identity(case, mine) and identity(case, mine) == identity(case, system):
            zones = [places(case, one, "SubnetId -> AvailabilityZone")[0] for one in (root, there)]
            is_same_zone = (
                all(not one.is_absent and not one.is_open for one in zones) and zones[0].text == zones[1].text
            )
            if is_same_zone or (identity(case, place) and identity(case, place) == identity(case, subnet)):
                yield Broken(
                    place, f"{root.resource.name} and {there.resource.name} are mount targets in the same zone"
                )
                return


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


def record_outside_zone(case: Case, root: Place) -> Iterator[Broken]:
    """Report a record whose name does not end in the name of its hosted zone."""
    [name], [zone] = places(case, root, "Name"), places(case, root, "HostedZoneName")
    if zone.is_absent:
        [zone] = places(case, root, "HostedZoneId -> Name")
    if name.is_absent or name.is_open or zone.is_absent or zone.is_open:
        return
    record, domain = (place.text.lower().rstrip(".") for place in (name, zone))
    if record != domain and not record.endswith(f".{domain}"):
        yield Broken(name, f"{name.text} is not in the zone {zone.text}")


def private_address(case: Case, root: Place) -> Iterator[Broken]:
    """Report a private address outside the block of its subnet, or among those that every subnet reserves."""
    [address], [subnet] = (places(case, root, name) for name in ("PrivateIpAddress", "SubnetId"))
    target = target_of(case, subnet)
    if target is None or address.is_absent or address.is_open:
        return
    [block] = places(case, root_of(root.template, target), "CidrBlock")
    try:
        network, wanted = ipaddress.IPv4Network(block.text), ipaddress.IPv4Address(address.text)
    except ValueError:
        return
    if wanted not in network:
        yield Broken(address, f"{address.text} is not in {block.text}, the block of {target.name}")
    elif int(wanted) - int(network.network_address) < 4 or wanted == network.broadcast_address:
        yield Broken(address, f"{address.text} is reserved in {block.text}, the block of {target.name}")


CHECKS: Mapping[str, Check] = {
    "private-address": private_address,
    "apex-cname": apex_cname,
    "mount-targets-in-one-zone": mount_targets_in_one_zone,
    "overlapping-subnets": overlapping_subnets,
    "record-outside-zone": record_outside_zone,
    "subnet-outside-network": subnet_outside_network,
}
