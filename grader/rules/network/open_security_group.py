"""Security groups that admit the whole internet to administration and database ports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._shared import PUBLIC_CIDRS, created
from grader.rules.network._corrections import from_network
from grader.support.markdown import code
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
                asked = case.request.orders(_near(port) + r"|\bbastion\b|\bjump (host|server)\b")
                yield _finding(template, resource, path, item, port, asked)


def _near(port: str) -> str:
    number, _, name = port.partition(" ")
    return (
        rf"\b({number}|{re.escape(name.strip('()') or number)})\b" if number.isdigit() else r"\ball (ports|traffic)\b"
    )


def _opened(rule: Mapping[str, object]) -> str:
    """Return the first such port that a rule opens to every address, as `22 (SSH)`; empty where it opens none."""
    if rule.get("CidrIp") not in PUBLIC_CIDRS and rule.get("CidrIpv6") not in PUBLIC_CIDRS:
        return ""
    first, last = str(rule.get("FromPort", "")), str(rule.get("ToPort", ""))
    protocol = str(rule.get("IpProtocol", "")).lower()
    if protocol in ("-1", "all") or (first == "0" and last == "65535"):
        return "all ports"
    if protocol not in ("tcp", "6") or not (first.isdigit() and last.isdigit()):
        return ""
    return next((f"{port} ({name})" for port, name in _PORTS.items() if int(first) <= port <= int(last)), "")


def _finding(
    template: Template, resource: Resource, path: str, item: AnyNode, port: str, asked: Sentence | None
) -> RuleFinding:
    """Report a rule: Medium where the prompt asks for the port without a source, or a parameter can close it."""
    by_parameter = isinstance(at(item, "CidrIp") or at(item, "CidrIpv6"), Call)
    because = f"The source of the rule of {code(resource.name)} is " + (
        "the value of a parameter, which is a public range." if by_parameter else "written as a public range."
    )
    if asked:
        because += f" Line {asked.line} of the prompt asks for the access and does not say from where."
    level = "Medium" if by_parameter or asked else ""
    message = f"admits every address to {port}"
    return at_property(template, resource, path, message, level=level, value=port, because=because)


RULE = Rule(
    id="open-security-group",
    kind="open-security-group",
    level="High",
    category="security",
    title="Administration or database port open to every address",
    issue="{resources} in {file} {admits|admit} every address of the internet to {values}. The prompt does not ask for a public source.",
    fix="Restrict the source in {resources} to the address range of the administrators, or to the security group of the servers that "
    "connect; for administration, AWS Systems Manager Session Manager needs no open port.",
    root_cause="{because}",
    lesson="Never admit 0.0.0.0/0 to administration or database ports.",
    reference="https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
    security="Anybody who can route packets to the resource can try to log in.",
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
