"""Optional features that no document explains."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.bundle import Kind
from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.rules._fragments import unmarked
from grader.support.markdown import code, listed
from grader.template import Call, Parameter, Scalar, Template, at

_SWITCH = frozenset({"true", "false", "yes", "no", "enabled", "disabled", "on", "off"})
_EXPLAINS = re.compile(
    r"optional|empty|omit|skip|leave|left|unset|without|unless|disabl|enabl|switch|only (if|when)|\bif\b|\bwhen\b|default|none|blank"
    r"|not (set|given|needed|created|required)|true|false"
)
_EMPTY = frozenset({"", "none", "null", "n/a", "-"})


def check(case: Case) -> Iterator[RuleFinding]:
    """Report parameters that switch resources on or off and that the guide of the response does not mention."""
    guides = [file for file in case.bundle.of_kind(Kind.DOCUMENT) if _is_guide(file.name, file.detail)]
    if not guides:
        return
    for template in case.templates:
        for parameter in template.parameters.values():
            names = _readers_names(case, template, parameter)
            if not names or not _is_switch(parameter) or any(_is_explained(case.prose, name) for name in names):
                continue
            gated = _gated(template, parameter.name)
            if not gated:
                continue
            described = parameter.text("Description") or ""
            facts = {
                "parameter": parameter.name,
                "gated": ", ".join(gated),
                "value": parameter.default or "",
                "guide": guides[0].name,
                "because": _because(case, template, parameter, described),
            }
            yield RuleFinding(
                location=Location(
                    file=template.file,
                    line=parameter.line,
                    resource=parameter.name,
                    path=f"Parameters.{parameter.name}",
                ),
                message=f"switches {', '.join(gated)} on or off, and no document explains it",
                facts=facts,
                level="Medium" if _EXPLAINS.search(described.lower()) else "",
            )


def _readers_names(case: Case, template: Template, parameter: Parameter) -> list[str]:
    """Return the names under which a deployer can set a parameter; none where the parent stack decides its value."""
    parent = case.parents.get(template.file)
    passed = at(parent[1].get("Parameters"), parameter.name) if parent else None
    if passed is None:
        return [parameter.name]
    above = passed.argument.text if isinstance(passed, Call) and isinstance(passed.argument, Scalar) else ""
    return [parameter.name, above] if parent and above in parent[0].parameters else []


def _is_explained(prose: str, name: str) -> bool:
    """Whether a document says of a parameter, on its line or the next, what choosing or omitting it means."""
    lines = prose.split("\n")
    for number, line in enumerate(lines):
        if re.search(rf"(?<!\w){re.escape(name.lower())}(?!\w)", line) and _EXPLAINS.search(
            " ".join(lines[number : number + 2])
        ):
            return True
    return False


def _because(case: Case, template: Template, parameter: Parameter, described: str) -> str:
    """Say what the documents explain instead, and what the parameter's description says."""
    if described:
        return f"The description in the template says {code(described)}; the documents do not repeat it."
    explained = [one.name for one in template.parameters.values() if one is not parameter and case.mentions(one.name)]
    if explained:
        return (
            f"The documents name {listed(explained)} of the same template, and not what {code(parameter.name)} is for."
        )
    return f"{code(parameter.name)} has no Description, and the documents name no parameter of {code(template.file)}."


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


_TEMPLATE = """
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
"""

RULE = Rule(
    id="undocumented-feature",
    kind="docs-incomplete",
    level="High",
    category="documentation",
    title="Undocumented optional features: {parameters}",
    issue="{parameters} in {file} {switches|switch} {gateds} on or off. The documents of the response, such as {guide}, do "
    "not explain that: a reader cannot know that it is optional, which value it takes, and what is missing without it.",
    fix="Document {parameters}: the default, the values, and what {gateds} is for.",
    root_cause="{because}",
    lesson="List each optional parameter in the guide, with its default and what leaving it out means.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html",
    aws_behaviour="CloudFormation creates the resource only where the condition on the parameter is true; nothing tells the deployer "
    "(Medium where the parameter's description does).",
    security="A control behind an unexplained switch stays off.",
    check=check,
    fails=(
        example(
            _TEMPLATE + "# Deploy\n    aws cloudformation deploy --template-file template.yml --stack-name network\n"
        ),
        example(_TEMPLATE + "| parameter | meaning |\n|---|---|\n| `PeerId` | the network of the partner |\n"),
    ),
    passes=(
        example(unmarked(_TEMPLATE) + "`PeerId` is optional: without it no peering connection is made.\n"),
        example("""
Resources:
  Networking:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: https://s3.amazonaws.com/templates/network.yml
      Parameters: {HasGateway: 'true'}
=== network.yml
Parameters:
  HasGateway: {Type: String, AllowedValues: ['true', 'false']}
Conditions:
  Routed: !Equals [!Ref HasGateway, 'true']
Resources:
  Network:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
  Gateway:
    Type: AWS::EC2::InternetGateway
    Condition: Routed
=== README.md
# Deploy
    aws cloudformation deploy --template-file template.yml --stack-name network
"""),
    ),
)
