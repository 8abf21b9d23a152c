"""Checks of rules of security groups, and of what two resources share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from grader.case import Case
from grader.facts.checks.base import Broken, Check
from grader.facts.places import Place, earlier, identity, places, root_of, target_of

_INGRESS = ("CidrIp", "CidrIpv6", "SourceSecurityGroupId", "SourceSecurityGroupName", "SourcePrefixListId")
_EGRESS = ("CidrIp", "CidrIpv6", "DestinationSecurityGroupId", "DestinationPrefixListId")
_LISTS = {"SecurityGroupIngress": _INGRESS, "SecurityGroupEgress": _EGRESS}


def security_group_rule_twice(case: Case, root: Place) -> Iterator[Broken]:
    """Report the second of two rules of a security group that differ in their descriptions at most."""
    for name, peers in _LISTS.items():
        seen: set[tuple[str, ...]] = set()
        for item in places(case, root, f"{name}.*"):
            rule = _rule(case, item, peers)
            if rule in seen and not item.is_absent:
                yield Broken(item, f"{name} has {_shown(rule)} twice")
                return
            seen.add(rule)


def separate_rule_in_group(case: Case, root: Place) -> Iterator[Broken]:
    """Report a separate rule that its security group has in a list."""
    name = root.resource.type.rpartition("::")[2]
    peers = _LISTS[name]
    group = target_of(case, places(case, root, "GroupId")[0])
    if group is None or group.type != "AWS::EC2::SecurityGroup":
        return
    rule = _rule(case, root, peers)
    there = root_of(root.template, group)
    items = [item for item in places(case, there, f"{name}.*") if not item.is_absent]
    if any(_rule(case, item, peers) == rule for item in items):
        yield Broken(root, f"{group.name} has {_shown(rule)} in {name}")


def _rule(case: Case, item: Place, peers: tuple[str, ...]) -> tuple[str, ...]:
    """Return what tells a rule from others; ports do not matter where it is for every protocol."""
    [protocol] = places(case, item, "IpProtocol")
    ports = (
        ("", "")
        if protocol.text == "-1"
        else tuple(_text(places(case, item, name)[0]) for name in ("FromPort", "ToPort"))
    )
    return (protocol.text.lower(), *ports, *(_text(places(case, item, name)[0]) for name in peers))


def _text(place: Place) -> str:
    return "" if place.is_absent else place.text


def _shown(rule: tuple[str, ...]) -> str:
    protocol, first, last, *peers = rule
    ports = f" {first}" if first and first == last else f" {first}-{last}" if first else ""
    peer = next((peer for peer in peers if peer), "nothing")
    return f"{'all traffic' if protocol == '-1' else protocol + ports} of {peer}"


def targets_of_two_balancers(case: Case, root: Place) -> Iterator[Broken]:
    """Report a listener that forwards to the target group of another load balancer's listener."""
    own = identity(case, places(case, root, "LoadBalancerArn")[0])
    mine = {found: place for place in _groups(case, root) if (found := identity(case, place))}
    if own is None:
        return
    for there in earlier(case, root):
        balancer = identity(case, places(case, there, "LoadBalancerArn")[0])
        if balancer is None or balancer == own:
            continue
        for place in _groups(case, there):
            found = identity(case, place)
            if found in mine:
                yield Broken(
                    mine[found], f"{there.resource.name} of another load balancer forwards to {found[1]} as well"
                )
                return


def _groups(case: Case, root: Place) -> Iterator[Place]:
    for path in ("DefaultActions.*.TargetGroupArn", "DefaultActions.*.ForwardConfig.TargetGroups.*.TargetGroupArn"):
        yield from (place for place in places(case, root, path) if not place.is_absent)


def alias_of_two_distributions(case: Case, root: Place) -> Iterator[Broken]:
    """Report an alternate domain name that an earlier distribution of the template has."""
    names = {place.text: place for place in places(case, root, "DistributionConfig.Aliases.*") if not place.is_absent}
    for there in earlier(case, root):
        for place in places(case, there, "DistributionConfig.Aliases.*"):
            if place.text in names and not place.is_absent:
                yield Broken(
                    names[place.text], f"{there.resource.name} has the alternate domain name {place.text} as well"
                )
                return


CHECKS: Mapping[str, Check] = {
    "security-group-rule-twice": security_group_rule_twice,
    "separate-rule-already-in-group": separate_rule_in_group,
    "targets-of-two-balancers": targets_of_two_balancers,
    "alias-of-two-distributions": alias_of_two_distributions,
}
