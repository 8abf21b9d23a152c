"""Optional features that no document explains."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.bundle import Kind
from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.template import Parameter, Template

_SWITCH = frozenset({"true", "false", "yes", "no", "enabled", "disabled", "on", "off"})
_EXPLAINS = re.compile(
    r"optional|empty|omit|skip|leave|left|unset|without|unless|disabl|enabl|switch|only (if|when)|\bif\b|\bwhen\b|default|none|blank"
    r"|not (set|given|needed|created|required)|true|false"
)
_EMPTY = frozenset({"", "none", "null", "n/a", "-"})


def check(case: Case) -> Iterator[RuleFinding]:
    """Report parameters that switch resources on or off and that the guide of the response does not mention."""
    if not any(_is_guide(file.name, file.detail) for file in case.bundle.of_kind(Kind.DOCUMENT)):
        return
    for template in case.templates:
        for parameter in template.parameters.values():
            if not _is_switch(parameter) or _is_explained(case, parameter.name):
                continue
            gated = _gated(template, parameter.name)
            if gated:
                message = f"switches {', '.join(gated)} on or off, and no document says so"
                facts = {"parameter": parameter.name, "gated": ", ".join(gated), "value": parameter.default or ""}
                yield RuleFinding(
                    location=Location(
                        file=template.file,
                        line=parameter.line,
                        resource=parameter.name,
                        path=f"Parameters.{parameter.name}",
                    ),
                    message=message,
                    facts=facts,
                )


def _is_explained(case: Case, name: str) -> bool:
    """Whether a document says of a parameter, on its line or the next, what choosing or omitting it means."""
    lines = case.prose.split("\n")
    for number, line in enumerate(lines):
        if re.search(rf"(?<!\w){re.escape(name.lower())}(?!\w)", line) and _EXPLAINS.search(
            " ".join(lines[number : number + 2])
        ):
            return True
    return False


def _is_guide(name: str, detail: str) -> bool:
    """Whether a document is a file of its own that tells how to use the bundle, not the prose around an answer."""
    return (
        detail != "answer" and re.search(r"readme|deploy|guide|install|usage|setup|runbook", name.lower()) is not None
    )


def _is_switch(parameter: Parameter) -> bool:
    default = (parameter.default or "").strip().lower()
    if parameter.default is not None and default in _EMPTY:
        return True
    values = {value.lower() for value in parameter.allowed} or ({default} if default else set())
    return bool(values) and values <= _SWITCH


def _gated(template: Template, parameter: str) -> list[str]:
    """Return the resources whose existence a parameter decides."""
    conditions = set(template.conditions_using(parameter))
    return [resource.name for resource in template.resources.values() if resource.condition in conditions]


RULE = Rule(
    id="undocumented-feature",
    kind="docs-incomplete",
    level="High",
    category="documentation",
    title="Optional features that no document explains: {parameters}",
    issue="{parameter} in {file} decides whether {gated} is created (its default is {value}). The documents of the response do "
    "not name it: a reader cannot tell that it is optional, what it takes, or what is missing without it.",
    fix="Document {parameter}: that it may be left as it is, what to set it to, and what {gated} then does.",
    root_cause="The condition in the template is right; the guide was written for the mandatory path alone.",
    lesson="List every optional parameter in the guide, with its default and what leaving it out means.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html",
    cost="What is switched on unknowingly is paid for; what stays off unknowingly is paid for in search.",
    security="A control that hides behind an unexplained switch stays off.",
    performance="None by itself.",
    check=check,
    fails=(
        example("""
Parameters:
  PeerId:  # finds
    Type: String
    Default: ''
Conditions:
  HasPeer: !Not [!Equals [!Ref PeerId, '']]
Resources:
  Network:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
  Peering:
    Type: AWS::EC2::VPCPeeringConnection
    Condition: HasPeer
    Properties: {VpcId: !Ref Network, PeerVpcId: !Ref PeerId}
=== README.md
# Deploy
    aws cloudformation deploy --template-file template.yml --stack-name network
"""),
        example("""
Parameters:
  PeerId:  # finds
    Type: String
    Default: ''
Conditions:
  HasPeer: !Not [!Equals [!Ref PeerId, '']]
Resources:
  Network:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
  Peering:
    Type: AWS::EC2::VPCPeeringConnection
    Condition: HasPeer
    Properties: {VpcId: !Ref Network, PeerVpcId: !Ref PeerId}
=== README.md
| parameter | meaning |
|---|---|
| `PeerId` | the network of the partner |
"""),
    ),
    passes=(
        example("""
Parameters:
  PeerId:
    Type: String
    Default: ''
Conditions:
  HasPeer: !Not [!Equals [!Ref PeerId, '']]
Resources:
  Network:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
  Peering:
    Type: AWS::EC2::VPCPeeringConnection
    Condition: HasPeer
    Properties: {VpcId: !Ref Network, PeerVpcId: !Ref PeerId}
=== README.md
`PeerId` is optional: without it no peering connection is made.
"""),
    ),
)
