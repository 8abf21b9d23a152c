"""Checks that clauses cannot say: each takes a resource and yields the places that break the fact, with a detail."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Mapping

from grader.case import Case
from grader.facts.places import Place, identity, places, root_of, target_of
from grader.template import as_text, is_known

Broken = tuple[Place, str]
Check = Callable[[Case, Place], Iterator[Broken]]


def _major(version: str) -> str:
    return version.split(".")[0]


def database_parameter_family(case: Case, root: Place) -> Iterator[Broken]:
    """Report a database whose parameter group has a family of another engine or major version."""
    name = "DBClusterParameterGroupName" if root.resource.type.endswith("DBCluster") else "DBParameterGroupName"
    [place] = places(case, root, name)
    group = target_of(case, place)
    [engine] = places(case, root, "Engine")
    [version] = places(case, root, "EngineVersion")
    if group is None or engine.is_absent or engine.is_open or version.is_absent or version.is_open:
        return
    [family] = places(case, root_of(root.template, group), "Family")
    if family.is_absent or family.is_open:
        return
    wanted = _families(engine.text.lower(), version.text)
    if wanted and family.text.lower() not in wanted:
        detail = f"{group.name} has the family {family.text}, and {engine.text} {version.text} requires {wanted[0]}"
        yield place, detail


def _families(engine: str, version: str) -> tuple[str, ...]:
    """Return the families of an engine's version, empty where they are not known.

    Source: DBParameterGroupFamily in https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBParameterGroup.html
    """
    major = _major(version)
    two = ".".join(version.split(".")[:2])
    if engine == "postgres":
        return (f"postgres{major}",) if major.isdigit() and int(major) >= 10 else ()
    if engine == "aurora-postgresql":
        return (f"aurora-postgresql{major}",) if major.isdigit() and int(major) >= 10 else ()
    if engine in ("mysql", "mariadb") and two.count(".") == 1:
        return (f"{engine}{two}",)
    if engine == "aurora-mysql" and two in ("5.7", "8.0"):
        return (f"aurora-mysql{two}",)
    return ()


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
            yield place, f"{network} overlaps {theirs[0]} of {other.name}"
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
    if own is None or target is None or root.template.of_type("AWS::EC2::VPCCidrBlock"):
        return
    [block] = places(case, root_of(root.template, target), "CidrBlock")
    try:
        network = ipaddress.IPv4Network(as_text(block.value), strict=False)
    except ValueError:
        return
    if not own[0].subnet_of(network):
        [place] = places(case, root, "CidrBlock")
        yield place, f"{own[0]} is not in {network}, the block of {target.name}"


def unused_key_attributes(case: Case, root: Place) -> Iterator[Broken]:
    """Report attributes of a table that no key schema uses, and keys that no attribute defines."""
    defined = {place.text: place for place in places(case, root, "AttributeDefinitions.*.AttributeName")}
    keys = [
        place
        for path in ("KeySchema", "GlobalSecondaryIndexes.*.KeySchema", "LocalSecondaryIndexes.*.KeySchema")
        for place in places(case, root, f"{path}.*.AttributeName")
        if not place.is_absent
    ]
    if any(place.is_open or place.is_absent for place in (*defined.values(), *keys)) or not keys:
        return
    used = {place.text for place in keys}
    for name in sorted(set(defined) - used):
        yield defined[name], f"{name} is defined and no key schema uses it"
    for place in keys:
        if place.text not in defined:
            yield place, f"{place.text} is a key and AttributeDefinitions does not define it"
            return


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
            yield own, f"{other.name} has the priority {own.text} too"
            return


def lifecycle_order(case: Case, root: Place) -> Iterator[Broken]:
    """Report transitions of a bucket's lifecycle rule that come after its expiration, or out of order."""
    for rule in places(case, root, "LifecycleConfiguration.Rules.*"):
        ends = _number(case, rule, "ExpirationInDays")
        days = [
            (int(place.text), place)
            for place in places(case, rule, "@.Transitions.*.TransitionInDays", rule)
            if place.text.isdigit()
        ]
        late = next((place for day, place in days if ends is not None and day >= ends), None)
        if late is not None:
            yield late, f"objects move after {late.text} days and expire after {ends:g}"


def _number(case: Case, item: Place, name: str) -> float | None:
    [place] = places(case, item, f"@.{name}", item)
    return float(place.text) if place.text.isdigit() and is_known(place.value) else None


CHECKS: Mapping[str, Check] = {
    "database-parameter-family": database_parameter_family,
    "duplicate-priorities": duplicate_priorities,
    "lifecycle-order": lifecycle_order,
    "overlapping-subnets": overlapping_subnets,
    "subnet-outside-network": subnet_outside_network,
    "unused-key-attributes": unused_key_attributes,
}
