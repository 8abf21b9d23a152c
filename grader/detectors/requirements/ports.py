"""Judges of security groups: which ports are open, and to whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.detectors.requirements.answer import Answer, Built, known
from grader.detectors.requirements.verdict import UNSEEN, Verdict, absent, judge, met, unjudged, unmet
from grader.task.reading import Demand, load_lexicon

_PORTS = {
    "http": 80,
    "https": 443,
    "ssh": 22,
    "rdp": 3389,
    "mysql": 3306,
    "postgresql": 5432,
    "postgres": 5432,
    "redis": 6379,
    "nfs": 2049,
}
_WORD = re.compile(
    r"\b(http|https|ssh|rdp|mysql|postgresql|postgres|redis|nfs)\b|\b(?:port|ports|tcp|and|,|/)?\s*\(?(?<![\d.$])(\d{2,5})(?![\d.]*\d|[\s-]*(?:%|days?|seconds?|minutes?|months?|gb|mb|percent))",
    re.I,
)
_GROUP = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("SecurityGroups",),
    "AWS::RDS::DBInstance": ("VPCSecurityGroups",),
    "AWS::RDS::DBCluster": ("VpcSecurityGroupIds",),
    "AWS::EC2::LaunchTemplate": (
        "LaunchTemplateData.SecurityGroupIds",
        "LaunchTemplateData.NetworkInterfaces.*.Groups",
    ),
    "AWS::EC2::Instance": ("SecurityGroupIds", "NetworkInterfaces.*.GroupSet"),
    "AWS::AutoScaling::AutoScalingGroup": (),
    "AWS::ECS::Service": ("NetworkConfiguration.AwsvpcConfiguration.SecurityGroups",),
    "AWS::Lambda::Function": ("VpcConfig.SecurityGroupIds",),
    "AWS::ElastiCache::ReplicationGroup": ("SecurityGroupIds",),
}
_DATABASE = (3306, 5432, 1433, 1521, 27017)


@dataclass(frozen=True, slots=True)
class Ingress:
    """One rule that lets traffic in: the group, the ports, the address range and the source group."""

    group: Built
    rule: Built
    low: int | None
    high: int | None
    range: str
    source: str

    @property
    def is_open(self) -> bool:
        """Whether it is open to the internet."""
        return self.range in ("0.0.0.0/0", "::/0")

    def covers(self, port: int) -> bool:
        """Whether the rule has a port in its range."""
        return self.low is not None and self.high is not None and self.low <= port <= self.high


def ingress_of(answer: Answer) -> Iterator[Ingress]:
    """Yield every ingress rule, inline or of a resource of its own."""
    for group in answer.exactly("AWS::EC2::SecurityGroup"):
        for rule in group.values("SecurityGroupIngress"):
            for item in rule if isinstance(rule, list) else [rule]:
                if isinstance(item, dict):
                    yield _ingress(group, group, item)
    for rule in answer.exactly("AWS::EC2::SecurityGroupIngress"):
        target = answer.target(rule, rule.first("GroupId"))
        yield _ingress(target or rule, rule, rule.properties)


def _ingress(group: Built, rule: Built, item: dict[str, object]) -> Ingress:
    low, high = _port(item.get("FromPort")), _port(item.get("ToPort"))
    if str(item.get("IpProtocol")) == "-1":
        low, high = 0, 65535
    range_ = item.get("CidrIp") or item.get("CidrIpv6") or ""
    source = (
        item.get("SourceSecurityGroupId") or item.get("SourceSecurityGroupName") or item.get("SourcePrefixListId") or ""
    )
    return Ingress(group, rule, low, high, str(range_), str(source))


def _port(value: object) -> int | None:
    return int(str(value)) if known(value) and re.fullmatch(r"-?\d+", str(value)) else None


def ports_in(text: str) -> list[int]:
    """Return the ports that a text names, by number or by protocol, in order."""
    found: dict[int, None] = {}
    cleaned = re.sub(r"\d{1,3}(?:\.\d{1,3}){3}(?:/\d+)?", " ", text)
    for match in _WORD.finditer(cleaned):
        word, number = match.groups()
        port = _PORTS[word.lower()] if word else int(number)
        if 20 <= port <= 65535:
            found[port] = None
    return list(found)


def groups_of(answer: Answer, types: tuple[str, ...]) -> list[Built]:
    """Return the security groups that resources of some types are in."""
    found: dict[Built, None] = {}
    for built in answer.of(types):
        for path in _GROUP.get(built.type, ()):
            for value in built.values(path):
                for item in value if isinstance(value, list) else [value]:
                    target = answer.target(built, item)
                    if target and target.type == "AWS::EC2::SecurityGroup":
                        found[target] = None
    return list(found)


def _asked(demand: Demand) -> list[int]:
    return ports_in(str(demand.check.values.get("what", "")) or demand.requirement.quote) or ports_in(demand.check.text)


def _sinks(answer: Answer, demand: Demand) -> list[Built]:
    """Return the groups of the thing that the prompt names before `from`: those that traffic is let in to.

    It is named behind a semicolon if there is one, else before it (`they`); what traffic comes from is not meant.
    """
    text = demand.check.text
    start = text.rfind(";", 0, max(0, text.find(demand.requirement.quote))) + 1
    end = re.search(r"\bfrom\b|\breceiv", text[start:], re.I)
    split = start + (end.start() if end else len(text) - start)
    mentions = load_lexicon().mentions
    sources = {one.noun.types for one in mentions(text[split:])[:1]}
    named = mentions(text[start:split]) or [one for one in mentions(text[:start]) if one.noun.types not in sources]
    return [group for mention in named[:1] for group in groups_of(answer, mention.noun.types)]


def _nothing(answer: Answer) -> Verdict | None:
    """Return the verdict where there is no security group of the answer at all."""
    if answer.exactly("AWS::EC2::SecurityGroup"):
        return None
    return unjudged(UNSEEN) if answer.is_opaque else absent(answer, ("AWS::EC2::SecurityGroup",), "security group")


@judge("open-ports")
def open_ports(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether the ports that the prompt names are open to the internet in some group."""
    ports, missing = _asked(demand), _nothing(answer)
    if missing or not ports:
        return missing or unjudged("the prompt names no port")
    rules = list(ingress_of(answer))
    found = {port: [rule for rule in rules if rule.is_open and rule.covers(port)] for port in ports}
    if all(found.values()):
        return met([rules[0].rule.located(f"port {port} is open") for port, rules in found.items()])
    closed = next(port for port, rules in found.items() if not rules)
    if answer.is_opaque or any(rule.low is None or "${" in rule.range for rule in rules):
        return unjudged("the rule is known only when the stack is deployed")
    if any(rule.covers(closed) for rule in rules):
        return unjudged(f"port {closed} is open to a part of the internet only")
    return unmet(
        f"no security group opens port {closed}",
        [one.located("does not open it") for one in answer.exactly("AWS::EC2::SecurityGroup")],
    )


@judge("restricted-port")
def restricted_port(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether a port (SSH, where the prompt names none) is open to some range, and to the internet nowhere."""
    if not answer.exactly("AWS::EC2::SecurityGroup") and answer.exactly("AWS::EC2::NetworkAclEntry"):
        return unjudged("network ACLs may restrict the port instead of security groups")
    missing = _nothing(answer)
    if missing:
        return missing
    port = demand.check.arguments.get("port")
    port = port if isinstance(port, int) else (_asked(demand) or [22])[0]
    rules = [rule for rule in ingress_of(answer) if rule.covers(port)]
    wrong = [rule for rule in rules if rule.is_open]
    if wrong:
        return unmet(
            f"port {port} of {wrong[0].group.name} is open to {wrong[0].range}",
            [rule.rule.located("is open to the internet") for rule in wrong],
        )
    if rules or demand.check.arguments.get("closed"):
        return met([rule.rule.located(f"port {port} is open to {rule.range or rule.source}") for rule in rules])
    if answer.is_opaque:
        return unjudged(UNSEEN)
    return unmet(
        f"no security group opens port {port}",
        [one.located("does not open it") for one in answer.exactly("AWS::EC2::SecurityGroup")],
    )


@judge("from-group")
def from_group(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether traffic is let in from another security group: to the ports that the prompt names, where it does."""
    missing = _nothing(answer)
    if missing:
        return missing
    ports, groups = _asked(demand), _sinks(answer, demand)
    rules = [rule for rule in ingress_of(answer) if not groups or rule.group in groups]
    from_groups = [
        rule
        for rule in rules
        if rule.source and (not ports or any(rule.covers(port) for port in ports) or rule.low is None)
    ]
    from_ranges = [rule for rule in rules if rule.range and (not ports or any(rule.covers(port) for port in ports))]
    only = demand.check.arguments.get("only") or re.search(r"\bonly\b", demand.requirement.quote, re.I)
    if from_groups and not (only and groups and any(rule.is_open for rule in from_ranges)):
        return met([rule.rule.located(f"lets traffic in from {rule.source}") for rule in from_groups])
    if answer.is_opaque or any(rule.low is None for rule in rules):
        return unjudged("the rule is known only when the stack is deployed")
    if from_groups or (from_ranges and not any(rule.is_open for rule in from_ranges)):
        return unjudged("traffic is let in from a range of addresses")
    there = (
        f"{from_ranges[0].group.name} is open to {from_ranges[0].range}"
        if from_ranges
        else "no security group lets traffic in from another"
    )
    return unmet(there, [rule.rule.located(f"is open to {rule.range}") for rule in from_ranges])


@judge("only-ports")
def only_ports(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether nothing but the ports that the prompt names is open to the internet."""
    missing = _nothing(answer)
    ports = _asked(demand)
    if missing or not ports:
        return missing or unjudged("the prompt names no port")
    groups = _sinks(answer, demand)
    rules = [rule for rule in ingress_of(answer) if not groups or rule.group in groups]
    if answer.is_opaque or any(rule.low is None for rule in rules):
        return unjudged("the rule is known only when the stack is deployed")
    wrong = [
        rule
        for rule in rules
        if rule.is_open
        and not all(port in ports for port in range(rule.low or 0, min((rule.high or 0) + 1, (rule.low or 0) + 50)))
    ]
    if wrong:
        return unmet(
            f"{wrong[0].group.name} opens port {wrong[0].low} to the internet",
            [rule.rule.located(f"opens port {rule.low}") for rule in wrong],
        )
    opened = [rule for rule in rules if any(rule.covers(port) for port in ports)]
    if all(any(rule.covers(port) for rule in rules) for port in ports):
        return met([rule.rule.located(f"opens port {rule.low}") for rule in opened])
    return unmet(
        f"no rule opens port {next(port for port in ports if not any(rule.covers(port) for rule in rules))}",
        [rule.rule.located(f"opens port {rule.low}") for rule in rules],
    )


@judge("open-groups")
def open_groups(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether no security group at all lets everybody in from the internet."""
    return _closed(answer, list(ingress_of(answer)))


@judge("no-open-ingress")
def no_open_ingress(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether the groups of some resources (of databases, where none are named) let nobody in from the internet."""
    groups = [group for types in demand.check.subjects for group in groups_of(answer, types)]
    return _closed(answer, [rule for rule in ingress_of(answer) if rule.group in groups or not demand.check.subjects])


def _closed(answer: Answer, rules: list[Ingress]) -> Verdict:
    """Judge whether none of some rules is open to the internet."""
    wrong = [rule for rule in rules if rule.is_open]
    if wrong:
        return unmet(
            f"{wrong[0].group.name} is open to {wrong[0].range}",
            [rule.rule.located("is open to the internet") for rule in wrong],
        )
    if not rules or any("${" in rule.range for rule in rules) or answer.is_opaque:
        return unjudged("the rules are known only when the stack is deployed")
    return met([rule.rule.located("is not open to the internet") for rule in rules])
