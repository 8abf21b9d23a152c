"""Security group rules for the whole internet that the prompt forbids."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._shared import PUBLIC_CIDRS, created
from grader.support.markdown import code
from grader.support.text import is_natural
from grader.task.prompt import Sentence
from grader.template import Resource, Template

_FORBIDS = re.compile(
    r"\b(no|not|never|without|avoid|prohibit|forbid|den(?:y|ies|ied)|disallow|instead of|rather than)\b[^;]{0,60}0\.0\.0\.0/0"
    r"|0\.0\.0\.0/0[^;.]{0,40}\b(not allowed|not permitted|forbidden|prohibited|must not|never)\b",
    re.I,
)
_WAYS = (("Egress", r"\b(egress|outbound)\b"), ("Ingress", r"\b(ingress|inbound|ssh|rdp|access|traffic) ?"))
_PORTS = ((r"\bssh\b|\bport 22\b", "22"), (r"\brdp\b|\bport 3389\b", "3389"))
_WEB = ("80", "443")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report rules for the whole internet where a sentence of the prompt forbids them: outgoing or incoming."""
    for sentence in case.request.sentences:
        if not _FORBIDS.search(sentence.text) or sentence.is_optional:
            continue
        way = next((way for way, words in _WAYS if re.search(words, sentence.text, re.I)), "Ingress")
        ports = [port for words, port in _PORTS if re.search(words, sentence.text, re.I)]
        for template, resource in created(case, "AWS::EC2::SecurityGroup", f"AWS::EC2::SecurityGroup{way}"):
            yield from _open(case, template, resource, way, ports, sentence)


def _open(
    case: Case, template: Template, resource: Resource, way: str, ports: list[str], sentence: Sentence
) -> Iterator[RuleFinding]:
    scope = case.scopes[template.file]
    is_group = resource.type.endswith("SecurityGroup")
    path = f"SecurityGroup{way}" if is_group else ""
    value = scope.value(resource.get(path)) if is_group else scope.value(resource.properties)
    for index, rule in enumerate(value if isinstance(value, list) else [value]):
        if isinstance(rule, dict) and _opens(rule, way, ports):
            place = (f"{path}.{index}" if isinstance(value, list) else path) if is_group else "CidrIp"
            message = f"allows 0.0.0.0/0, which the prompt forbids for {way.lower()}"
            because = (
                f"Line {sentence.line} of the prompt forbids it, and {code(resource.name)} names no narrower source."
            )
            yield at_property(
                template,
                resource,
                place,
                message,
                value=f"{way.lower()} rule",
                asked=sentence.text.rstrip(".:;"),
                because=because,
            )
            return


def _opens(rule: Mapping[str, object], way: str, ports: list[str]) -> bool:
    """Whether a rule admits the whole internet to one of the ports; web ports may be open where no port is named."""
    if rule.get("CidrIp") not in PUBLIC_CIDRS and rule.get("CidrIpv6") not in PUBLIC_CIDRS:
        return False
    first, last = str(rule.get("FromPort", "")), str(rule.get("ToPort", ""))
    every = str(rule.get("IpProtocol")) == "-1"
    if ports:
        inside = is_natural(first) and is_natural(last) and any(int(first) <= int(port) <= int(last) for port in ports)
        return every or inside
    return way == "Egress" or not (first == last and last in _WEB)


RULE = Rule(
    id="forbidden-ingress",
    former_ids=("forbidden-opening",),
    kind="open-security-group",
    level="High",
    category="security",
    title="Security group rule that the prompt forbids",
    issue="The prompt says: {asked}. {resources} in {file} {has|have} a rule for 0.0.0.0/0, so that every address of the internet is "
    "allowed.",
    fix="Replace 0.0.0.0/0 in {resources} by the security group, the prefix list or the address range that is meant.",
    root_cause="{because}",
    lesson="Check every security group rule against what the prompt forbids.",
    reference="https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
    security="Traffic that the prompt wants blocked is allowed.",
    aws_behaviour="Deploys; the rule admits every address, which the prompt forbids.",
    check=check,
    fails=(
        example(
            """
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Workers
      SecurityGroupEgress:
        - {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}  # finds
""",
            prompt="There must be no egress rules to 0.0.0.0/0.",
        ),
    ),
    passes=(
        example(
            """
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Workers
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}
      SecurityGroupEgress:
        - {IpProtocol: '-1', CidrIp: 0.0.0.0/0}
""",
            prompt="Egress is strict where practical. No 0.0.0.0/0 inbound except for web traffic. Deny SSH from 0.0.0.0/0.",
        ),
    ),
)
