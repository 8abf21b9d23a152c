"""Openings that the prompt forbids."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example

_FORBIDS = re.compile(
    r"\b(no|not|never|without|avoid|prohibit\w*|forbid\w*|deny|must not|restrict\w*)\b[^.\n]{0,100}0\.0\.0\.0/0"
)


def check(case: Case) -> Iterator[RuleFinding]:
    """Report rules for the whole internet where the prompt forbids them: outgoing, incoming, or both."""
    lines = [line for line in case.prompt.split("\n") if _FORBIDS.search(line)]
    text = " ".join(lines)
    ways = [
        way
        for way, word in (("Egress", "egress|outbound"), ("Ingress", "ingress|inbound|ssh"))
        if re.search(word, text)
    ]
    for way in ways:
        for template, resource in case.resources("AWS::EC2::SecurityGroup", f"AWS::EC2::SecurityGroup{way}"):
            scope = case.scopes[template.file]
            path = f"SecurityGroup{way}" if resource.type.endswith("SecurityGroup") else "CidrIp"
            value = scope.value(resource.get(path))
            rules = value if isinstance(value, list) else [{"CidrIp": value}]
            if any(isinstance(rule, dict) and _opens(rule, way) for rule in rules):
                message = f"allows 0.0.0.0/0, which the prompt forbids for {way.lower()}"
                yield at_property(template, resource, path, message, value=way.lower(), asked=lines[0].strip()[:160])


def _opens(rule: Mapping[str, object], way: str) -> bool:
    """Whether a rule is open to all; web ports may be, on their way in."""
    web = way == "Ingress" and str(rule.get("ToPort")) in ("80", "443")
    return rule.get("CidrIp") == "0.0.0.0/0" and not web


RULE = Rule(
    id="forbidden-ingress",
    former_ids=("forbidden-opening",),
    kind="open-security-group",
    level="Medium",
    category="security",
    title="Openings that the prompt forbids",
    issue='{resources} in {file} allow 0.0.0.0/0, and the prompt says: "{asked}".',
    fix="Name the security group, the prefix list or the range that is meant.",
    root_cause="The rule that always works was written.",
    lesson="Search the templates for what a prompt forbids.",
    reference="https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
    cost="None.",
    security="What was to be closed is open.",
    performance="None.",
    check=check,
    fails=(
        example(
            """
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Workers
      SecurityGroupEgress:  # finds
        - {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}
""",
            prompt="There must be no egress rules to 0.0.0.0/0.",
        ),
    ),
    passes=(
        example("""
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Workers
      SecurityGroupEgress:
        - {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8}
"""),
    ),
)
