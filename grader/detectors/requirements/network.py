"""Judges of networks: subnets and their zones, address ranges, where things are placed, and routes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from grader.detectors.requirements.answer import Answer, Built, known
from grader.detectors.requirements.verdict import HIDDEN, UNSEEN, Verdict, absent, judge, met, unjudged, unmet
from grader.task.reading import Demand
from grader.template import Unknown

_REFERENCE = re.compile(r"\$\{(\w+)(?:\.\w+)*\}")
_ANYWHERE = ("0.0.0.0/0", "::/0")
# Where each type names the subnets that it is placed in.
_SUBNETS: dict[str, tuple[str, ...]] = {
    "AWS::AutoScaling::AutoScalingGroup": ("VPCZoneIdentifier",),
    "AWS::EC2::Instance": ("SubnetId", "NetworkInterfaces.*.SubnetId"),
    "AWS::EC2::NatGateway": ("SubnetId",),
    "AWS::ECS::Service": ("NetworkConfiguration.AwsvpcConfiguration.Subnets",),
    "AWS::EFS::MountTarget": ("SubnetId",),
    "AWS::EKS::Cluster": ("ResourcesVpcConfig.SubnetIds",),
    "AWS::EKS::Nodegroup": ("Subnets",),
    "AWS::ElastiCache::SubnetGroup": ("SubnetIds",),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("Subnets", "SubnetMappings.*.SubnetId"),
    "AWS::Lambda::Function": ("VpcConfig.SubnetIds",),
    "AWS::RDS::DBSubnetGroup": ("SubnetIds",),
    "AWS::Serverless::Function": ("VpcConfig.SubnetIds",),
}
# The resource that places another.
_PLACED_BY = {
    "AWS::RDS::DBInstance": "AWS::RDS::DBSubnetGroup",
    "AWS::RDS::DBCluster": "AWS::RDS::DBSubnetGroup",
    "AWS::ElastiCache::ReplicationGroup": "AWS::ElastiCache::SubnetGroup",
    "AWS::ElastiCache::CacheCluster": "AWS::ElastiCache::SubnetGroup",
    "AWS::EFS::FileSystem": "AWS::EFS::MountTarget",
    "AWS::EC2::LaunchTemplate": "AWS::AutoScaling::AutoScalingGroup",
    "AWS::ECS::TaskDefinition": "AWS::ECS::Service",
}


def routes_of(answer: Answer, subnet: Built) -> Iterator[Built]:
    """Yield the routes of the tables that a subnet is associated with."""
    for association in answer.exactly("AWS::EC2::SubnetRouteTableAssociation"):
        if (
            association.template is subnet.template
            and answer.target(association, association.first("SubnetId")) is subnet
        ):
            table = association.first("RouteTableId")
            for route in answer.exactly("AWS::EC2::Route"):
                if route.template is subnet.template and str(route.first("RouteTableId")) == str(table):
                    yield route


def is_public(answer: Answer, subnet: Built) -> bool | None:
    """Whether a subnet's default route leads to an internet gateway; by its name where it has no association of its own."""
    routes = list(routes_of(answer, subnet))
    if any(route.values("GatewayId") and route.first("DestinationCidrBlock") in _ANYWHERE for route in routes):
        return True
    if str(subnet.first("MapPublicIpOnLaunch")).lower() == "true":
        return True
    if routes:
        return False
    return _by_name(subnet.name)


def _by_name(name: str) -> bool | None:
    if re.search(r"public|dmz", name, re.I):
        return True
    return False if re.search(r"priv|isolat|database|data|db|app|internal", name, re.I) else None


def _wanted(answer: Answer, kind: str) -> tuple[list[Built], bool]:
    """Return the subnets of a kind, and whether the kind of some subnet is unknown."""
    subnets = answer.exactly("AWS::EC2::Subnet")
    kinds = [(subnet, is_public(answer, subnet)) for subnet in subnets]
    if kind == "public":
        return [subnet for subnet, public in kinds if public], any(public is None for _, public in kinds)
    if kind == "private":
        return [subnet for subnet, public in kinds if public is False], any(public is None for _, public in kinds)
    if kind == "database":
        return [subnet for subnet in subnets if re.search(r"data|db|isolat", subnet.name, re.I)], True
    return subnets, False


@judge("subnets")
def subnets(answer: Answer, demand: Demand) -> Verdict:
    """Judge the number of subnets of each kind: `public`, `private` or `database`, each with how many there should be."""
    values = {**demand.check.arguments, **demand.check.values}
    numbers = [
        (kind, number)
        for kind in ("public", "private", "database", "subnets")
        if isinstance(number := values.get(kind), int)
    ]
    if not numbers:
        return unjudged("the prompt does not say how many subnets it asks for")
    places: list[Built] = []
    for kind, number in numbers:
        found, is_open = _wanted(answer, kind)
        if len(found) < number:
            if not answer.exactly("AWS::EC2::Subnet"):
                return absent(answer, ("AWS::EC2::Subnet",), "subnet")
            if answer.is_opaque or is_open or any(one.type == "AWS::EC2::Subnet" for one in answer.hidden):
                return unjudged("the kind of some subnets is not known")
            name = "" if kind == "subnets" else f"{kind} "
            return unmet(
                f"the answer has {len(found) or 'no'} {name}subnet{'' if len(found) == 1 else 's'}",
                [s.located(f"is a {name}subnet, one of {len(found)}") for s in found],
            )
        places += found
    return met(
        [place.located(f"is a {'public' if is_public(answer, place) else 'private'} subnet") for place in places]
    )


def zones_of(subnets: Sequence[Built]) -> tuple[set[str], bool]:
    """Return the Availability Zones of subnets, and whether one is left open."""
    zones: set[str] = set()
    is_open = False
    for subnet in subnets:
        value = subnet.first("AvailabilityZone")
        if value is None:
            is_open = True
        else:
            zones.add(str(value))
    return zones, is_open


@judge("zones")
def zones(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether the subnets are in at least as many Availability Zones as asked."""
    number = demand.check.values.get("zones", demand.check.arguments.get("zones", 2))
    found = answer.exactly("AWS::EC2::Subnet")
    if not found:
        given = [
            p
            for t in answer.case.templates
            for p in t.parameters.values()
            if "Subnet" in p.type or "subnet" in p.name.lower()
        ]
        if answer.is_opaque or given or not answer.exactly("AWS::EC2::VPC"):
            return unjudged("the subnets are not in the answer")
        return absent(answer, ("AWS::EC2::Subnet",), "subnet")
    names, is_open = zones_of(found)
    if isinstance(number, int) and len(names) >= number:
        return met([subnet.located(f"is in {subnet.first('AvailabilityZone')}") for subnet in found])
    if is_open or answer.is_opaque:
        return unjudged("the zones of some subnets are not written")
    return unmet(
        f"the subnets are in {len(names)} Availability Zone{'' if len(names) == 1 else 's'}",
        [s.located(f"is in {s.first('AvailabilityZone')}", "AvailabilityZone") for s in found],
    )


@judge("ranges")
def ranges(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether there is a subnet with each of the address ranges that the prompt gives."""
    wanted = demand.check.values.get("cidrs")
    wanted = [cidr for cidr in wanted if isinstance(cidr, str)] if isinstance(wanted, tuple) else []
    found = answer.exactly("AWS::EC2::Subnet", "AWS::EC2::VPC")
    blocks = {str(one.first("CidrBlock")): one for one in found}
    missing = [cidr for cidr in wanted if cidr not in blocks]
    if not missing:
        return met([blocks[cidr].located(f"has the range {cidr}", "CidrBlock") for cidr in wanted])
    if answer.is_opaque or any(not known(one.first("CidrBlock")) for one in found):
        return unjudged("some address ranges are known only when the stack is deployed")
    mapped = " ".join(template.text for template in answer.case.templates)
    if all(cidr in mapped for cidr in missing):
        return unjudged("the range is in the template, and not that of a subnet with the default values")
    return unmet(
        f"no subnet has the range {missing[0]}",
        [one.located(f"has the range {one.first('CidrBlock')}") for one in found],
    )


@judge("placed")
def placed(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether resources are placed in subnets of the kind that the lexicon's entry gives."""
    public = demand.check.arguments.get("kind") == "public"
    verdicts: list[tuple[Built, bool | None]] = []
    for types in demand.check.subjects:
        built = answer.of(types)
        if "bastion" in demand.check.names:
            built = [one for one in built if re.search("bastion|jump", one.name, re.I)]
        holders = [one for one in built if one.type in _SUBNETS]
        for one in built:
            holder = _PLACED_BY.get(one.type)
            holders += answer.exactly(holder) if holder else []
        if not built:
            holders = answer.inline(types)
            if not holders:
                return absent(answer, types, demand.check.names)
        verdicts += [(one, _is_placed(answer, one, public)) for one in dict.fromkeys(holders)]
    wrong = [one for one, state in verdicts if state is False]
    right = [one for one, state in verdicts if state]
    where = "public" if public else "private"
    if right and not wrong:
        return met([one.located(f"is in {where} subnets") for one in right])
    if wrong and not right:
        other = "private" if public else "public"
        return unmet(f"{wrong[0].name} is in {other} subnets", [one.located(f"is in {other} subnets") for one in wrong])
    return unjudged(f"it is not known whether the subnets are {where}")


def _is_placed(answer: Answer, one: Built, public: bool) -> bool | None:
    kinds: list[bool | None] = []
    for path in _SUBNETS[one.type]:
        for value in one.values(path):
            for item in value if isinstance(value, list) else [value]:
                kinds += [_kind(answer, one, name) for name in _REFERENCE.findall(str(item))]
    if not kinds or None in kinds:
        return None
    states = {kind == public for kind in kinds}
    return states.pop() if len(states) == 1 else None


def _kind(answer: Answer, one: Built, name: str) -> bool | None:
    target = answer.target(one, Unknown("${" + name + "}"))
    if target and target.type == "AWS::EC2::Subnet":
        return is_public(answer, target)
    return None if target else _by_name(name)


@judge("default-route")
def default_route(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether a default route leads to a NAT gateway (`to: nat`) or to an internet gateway (`to: internet`)."""
    nat = demand.check.arguments.get("to") == "nat"
    path = "NatGatewayId" if nat else "GatewayId"
    routes = [
        r for r in answer.exactly("AWS::EC2::Route") if r.first("DestinationCidrBlock") in _ANYWHERE and r.values(path)
    ]
    if routes:
        return met([route.located("leads to the gateway", path) for route in routes])
    if answer.is_opaque or any(one.type == "AWS::EC2::Route" for one in answer.hidden):
        return unjudged(UNSEEN if answer.is_opaque else HIDDEN)
    return unmet(f"no default route leads to {'a NAT' if nat else 'an internet'} gateway")


@judge("nat-per-zone")
def nat_per_zone(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether there is a NAT gateway for each zone of the public subnets, or as many as asked."""
    number = demand.check.values.get("n")
    found = answer.exactly("AWS::EC2::NatGateway")
    public, _ = _wanted(answer, "public")
    wanted = number if isinstance(number, int) else max(2, len(zones_of(public)[0]))
    if len(found) >= wanted:
        return met([one.located("is created") for one in found])
    if answer.is_opaque or any(one.type == "AWS::EC2::NatGateway" for one in answer.hidden):
        return unjudged(UNSEEN if answer.is_opaque else HIDDEN)
    return unmet(
        f"the answer creates {len(found)} NAT gateway{'' if len(found) == 1 else 's'} for {wanted}",
        [one.located(f"is in the subnet {one.first('SubnetId')}", "SubnetId") for one in found],
    )


@judge("multi-az")
def multi_az(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether databases have a standby or more than one instance in their cluster."""
    types = [type for subject in demand.check.subjects for type in subject]
    instances = answer.exactly("AWS::RDS::DBInstance")
    members = [one for one in instances if one.values("DBClusterIdentifier")]
    single = [
        one
        for one in instances
        if not one.values("DBClusterIdentifier") and not one.values("SourceDBInstanceIdentifier")
    ]
    clusters = answer.exactly("AWS::RDS::DBCluster")
    if not single and not clusters:
        return absent(answer, ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster"), "RDS database")
    if re.search(r"\bsubnets?\b", demand.check.text, re.I):
        return unjudged("the sentence may be about the zones of the subnets")
    if "AWS::RDS::DBInstance" in types and single:
        states = [str(one.first("MultiAZ")).lower() for one in single]
        if all(state == "true" for state in states):
            return met([one.located("has MultiAZ true", "MultiAZ") for one in single])
        if any("$" in state for state in states):
            return unjudged("MultiAZ is known only when the stack is deployed")
        one = single[states.index(next(state for state in states if state != "true"))]
        return unmet(
            f"{one.name} has {'no MultiAZ' if one.first('MultiAZ') is None else 'MultiAZ false'}",
            [one.located(f"has {'no MultiAZ' if one.first('MultiAZ') is None else 'MultiAZ false'}", "MultiAZ")],
        )
    if len(members) >= 2 or any(one.values("DBClusterInstanceClass") for one in clusters):
        return met([one.located("is a member of the cluster") for one in members or clusters])
    if answer.is_opaque or not clusters:
        return unjudged(UNSEEN)
    return unmet(
        f"the cluster has {len(members)} instance{'' if len(members) == 1 else 's'}",
        [one.located(f"has only the instance {members[0].name}" if members else "has no instance") for one in clusters],
    )


@judge("group-subnets")
def group_subnets(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether subnet groups have as many subnets as the prompt has Availability Zones: a subnet is in one zone.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html
    """
    types = tuple(type for subject in demand.check.subjects for type in subject)
    groups, number = answer.of(types), demand.check.values.get("n")
    if not groups:
        return absent(answer, types, "subnet group")
    lists = {one: one.first("SubnetIds") for one in groups}
    if not isinstance(number, int) or any(not isinstance(value, list) for value in lists.values()):
        return unjudged("the subnets are known only when the stack is deployed")
    few = [(one, len(value)) for one, value in lists.items() if isinstance(value, list) and len(value) < number]
    if not few:
        return met([one.located("has the subnets", "SubnetIds") for one in groups])
    one, count = few[0]
    return unmet(
        f"{one.name} has {count} subnets, so it is in {count} zones at most",
        [item.located(f"has {size} subnets", "SubnetIds") for item, size in few],
    )
