"""Security groups that admit the whole internet to administration and database ports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._shared import PUBLIC_CIDRS, created
from grader.rules.network._corrections import from_network, is_ssh_asked, public_ports
from grader.support.markdown import code
from grader.support.text import is_natural
from grader.task.prompt import Sentence
from grader.template import AnyNode, Call, Resource, Template, at, items_of

# Ports that are for administrators or for the application's own servers, and how a prompt calls them.
# Source: https://docs.aws.amazon.com/config/latest/developerguide/restricted-common-ports.html
_PORTS = {
    22: "SSH",
    3389: "RDP",
    1433: "SQL Server",
    1521: "Oracle",
    3306: "MySQL",
    5432: "PostgreSQL",
    6379: "Redis",
    11211: "Memcached",
    27017: "MongoDB",
    9200: "OpenSearch",
    5439: "Redshift",
    2049: "NFS",
}
_ANYWHERE = (
    r"0\.0\.0\.0/0|\banywhere\b|\bany (ip|source|address)|\bopen to\b|\bfrom the internet\b|\bpublicly\b|\bworldwide\b"
)

_ACCESS = re.compile(r"\b(allow\w*|permit\w*|access|inbound|ingress|open|accept\w*|ports?|enable)\b", re.I)
_RESTRICTED = re.compile(
    r"\b(from|to) (a |an |the |my |our )?(specific|trusted|certain|known|corporate|office|given|defined|allow\w*|admin\w*)\b"
    r"|\brestrict(ed|s)?\b.{0,40}\bto\b|\blimit(ed)? to\b|\bonly from\b|\ballowed?_?-? ?(ssh)?_?-? ?cidr|\bcidr\b"
    r"|\bwhitelist\w*|\btrusted\b|\b\d+\.\d+\.\d+\.\d+/(?!0\b)\d+",
    re.I,
)


def check(case: Case) -> Iterator[RuleFinding]:
    """Report ingress rules from every address to such ports, or to all ports, where the prompt does not order them."""
    for template, resource in created(case, "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress"):
        is_group = resource.type.endswith("SecurityGroup")
        node: AnyNode | None = resource.get("SecurityGroupIngress") if is_group else resource.properties
        for index, item in enumerate(items_of(node)):
            rule = case.scopes[template.file].value(item)
            port = _opened(rule) if isinstance(rule, dict) else ""
            if port and not case.request.orders(_ANYWHERE, near=_near(port)):
                path = f"SecurityGroupIngress.{index}.CidrIp" if is_group else "CidrIp"
                kept = public_ports(case) if port == "all ports" else []
                yield _finding(
                    template,
                    resource,
                    path,
                    item,
                    port,
                    _asked(case, port),
                    kept,
                    is_ssh_asked(case),
                )


def _asked(case: Case, port: str) -> Sentence | None:
    """Return a sentence that restricts the access to a port, else one that asks for it."""
    ssh = r"|\bbastion\b|\bjump (host|server)\b" if port.startswith("22 ") else ""
    about = [one for one in case.request.sentences if re.search(_near(port) + ssh, one.text, re.I)]
    restricting = [one for one in about if _RESTRICTED.search(one.text)]
    asking = [one for one in about if _ACCESS.search(one.text) or (ssh and re.search(ssh[1:], one.text, re.I))]
    return next(iter([*restricting, *asking]), None)


def _near(port: str) -> str:
    number, _, name = port.partition(" ")
    return (
        rf"\b({number}|{re.escape(name.strip('()') or number)})\b" if is_natural(number) else r"\ball (ports|traffic)\b"
    )


def _opened(rule: Mapping[str, object]) -> str:
    """Return the first such port that a rule opens to every address, as `22 (SSH)`; empty where it opens none."""
    if rule.get("CidrIp") not in PUBLIC_CIDRS and rule.get("CidrIpv6") not in PUBLIC_CIDRS:
        return ""
    first, last = str(rule.get("FromPort", "")), str(rule.get("ToPort", ""))
    protocol = str(rule.get("IpProtocol", "")).lower()
    if protocol in ("-1", "all") or (first == "0" and last == "65535"):
        return "all ports"
    if protocol not in ("tcp", "6") or not (is_natural(first) and is_natural(last)):
        return ""
    return next((f"{port} ({name})" for port, name in _PORTS.items() if int(first) <= port <= int(last)), "")


def _remedy(resource: Resource, kept: list[int], has_ssh: bool) -> str:
    if not kept:
        return (
            f"Restrict the source in {code(resource.name)} to the address range of the administrators, or to the security group of the "
            "servers that connect; for administration, AWS Systems Manager Session Manager needs no open port."
        )
    ports = " and ".join(map(str, sorted(kept)))
    word = "ports" if len(kept) > 1 else "port"
    ssh = ", and open SSH to the addresses of the administrators" if has_ssh else ""
    return f"Admit every address only to {word} {ports}, which the prompt asks for. Close the other ports of {code(resource.name)}{ssh}."


def _wanted(kept: list[int]) -> str:
    """Say which public access the prompt asks for."""
    if not kept:
        return "The prompt does not ask for a public source."
    ports = " and ".join(map(str, sorted(kept)))
    return f"The prompt asks for a public source for port{'s' if len(kept) > 1 else ''} {ports} only."


def _finding(
    template: Template,
    resource: Resource,
    path: str,
    item: AnyNode,
    port: str,
    asked: Sentence | None,
    kept: list[int],
    has_ssh: bool,
) -> RuleFinding:
    """Report a rule: Medium where the prompt asks for the port without a source, or a parameter can close it."""
    by_parameter = isinstance(at(item, "CidrIp") or at(item, "CidrIpv6"), Call)
    because = f"The source of the rule of {code(resource.name)} is " + (
        "the value of a parameter, which is a public range." if by_parameter else "written as a public range."
    )
    is_restricted = asked is not None and _RESTRICTED.search(asked.text) is not None
    if asked:
        says = "restricts the access" if is_restricted else "asks for the access and does not say from where"
        because += f" Line {asked.line} of the prompt {says}."
    level = "Medium" if by_parameter or (asked and not is_restricted) else ""
    message = f"admits every address to {port}"
    facts = {"value": port, "because": because, "remedy": _remedy(resource, kept, has_ssh)}
    facts["consequence"] = _wanted(kept)
    if is_restricted:
        facts["restricted"] = "yes"
    return at_property(template, resource, path, message, level=level, **facts)


RULE = Rule(
    id="open-security-group",
    kind="open-security-group",
    level="High",
    category="security",
    title="Open to every address: {values}",
    issue="{resources} in {file} {admits|admit} every address of the internet to {values}. {consequence}",
    fix="{remedy}",
    root_cause="{because}",
    lesson="Never admit 0.0.0.0/0 to administration or database ports.",
    reference="https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
    security="Anybody who can route packets to the resource can connect to the port.",
    yields_to=("forbidden-ingress",),
    is_choice=True,
    aws_behaviour="Deploys; the rule admits every address to the port. Medium where the prompt asks for the port without a source.",
    check=check,
    corrections=from_network,
    fails=(
        example(
            """
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Servers
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}
        - IpProtocol: tcp
          FromPort: 22
          ToPort: 22
          CidrIp: 0.0.0.0/0  # finds
""",
            prompt="A web server.",
        ),
        example(
            """
Resources:
  Rule:
    Type: AWS::EC2::SecurityGroupIngress
    Properties:
      GroupId: sg-0a1b2c3d
      IpProtocol: tcp
      FromPort: 20
      ToPort: 25
      CidrIp: 0.0.0.0/0  # finds
""",
            prompt="A bastion host that accepts SSH from a trusted range only.",
        ),
    ),
    passes=(
        example(
            """
Parameters: {Office: {Type: String, Default: 198.51.100.0/24}}
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Servers
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !Ref Office}
        - {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}
        - {IpProtocol: tcp, FromPort: 3389, ToPort: 3389, CidrIp: 0.0.0.0/0}
""",
            prompt="Servers that accept RDP from anywhere, and SSH from our office.",
        ),
    ),
)
