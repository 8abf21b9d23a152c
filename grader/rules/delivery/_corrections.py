"""Edits that correct names, zones and what an account has once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue.corrections import (
    added,
    literal_place,
    node_at,
    removed,
    replaced_uses,
    set_value,
    steps_of,
    switch_of,
    template_of,
    without_names,
)
from grader.model import Edit, Finding
from grader.rules._shared import environment_parameters
from grader.template import Call, Map, Scalar, Template

_SWITCH = "CreateAccountResources"
_MAX_USERS = 12  # of a resource that is made optional; with more, the switch is the author's to design


def optional(case: Case, finding: Finding) -> Iterator[Edit]:
    """Create what exists once in an account, and what refers to it, only where a parameter, true by default, says so."""
    template = template_of(case, finding)
    users = _users(template, finding.resource) if template else None
    if template is None or users is None:
        return
    own, known = switch_of(template, template.resources[finding.resource].type)
    switch = own or _SWITCH
    condition = known or f"Should{switch}"
    if switch not in template.parameters:
        yield set_value(
            ("Parameters", switch),
            {
                "Type": "String",
                "AllowedValues": ["true", "false"],
                "Default": "true",
                "Description": "false where the account has these already in this region",
            },
        )
    if condition not in template.conditions:
        yield set_value(("Conditions", condition), {"Fn::Equals": [{"Ref": switch}, "true"]})
    for section, name in users:
        yield set_value((section, name, "Condition"), condition)


def _users(template: Template, resource: str) -> list[tuple[str, str]] | None:
    """Return a resource and the resources and outputs that refer to it, directly or through others.

    None where these are many, or where one has a condition already.
    """
    found = [("Resources", resource)]
    for _, name in found:
        for use in template.uses.get(name, ()):
            user = (use.section, use.owner)
            if use.section in ("Resources", "Outputs") and user not in found:
                found.append(user)
        if len(found) > _MAX_USERS:
            return None
    nodes = [node_at(template, user) for user in found]
    return found if all(isinstance(node, Map) and node.get("Condition") is None for node in nodes) else None


def zone_of_region(case: Case, finding: Finding) -> Iterator[Edit]:
    """Select a zone from the list of the region: the first for `a`, the second for `b`, the third for `c`."""
    template = template_of(case, finding)
    steps = steps_of(template, finding) if template else None
    index = "abc".find(finding.facts.get("value", " ")[-1:])
    if steps and index >= 0:
        yield set_value(steps, {"Fn::Select": [index, {"Fn::GetAZs": ""}]})


def name_with_stack(case: Case, finding: Finding) -> Iterator[Edit]:
    """Put the name of the stack before a fixed name that nothing else spells; leave a name that may be 32 characters out."""
    template = template_of(case, finding)
    steps = steps_of(template, finding) if template else None
    node = node_at(template, steps) if template and steps else None
    if template is None or not steps or not isinstance(node, Scalar) or not node.text or "${" in node.text:
        return
    if any(node.text in text and path != steps for path, _, text in case.texts(template)):
        return
    if finding.type.startswith("AWS::ElasticLoadBalancing"):
        yield from filter(None, [removed(template, steps)])
        return
    slash = re.match(r"/(?:[\w-]+/)*", node.text)
    head = slash.group() if slash else ""
    yield set_value(steps, {"Fn::Sub": f"{head}${{AWS::StackName}}-{node.text[len(head) :]}"})


def name_with_account(case: Case, finding: Finding) -> Iterator[Edit]:
    """Put the account and the region behind the name of a bucket."""
    template = template_of(case, finding)
    steps = steps_of(template, finding) if template else None
    node = node_at(template, steps) if template and steps else None
    ending = "-${AWS::AccountId}-${AWS::Region}"
    if steps is None or template is None:
        return
    if isinstance(node, Scalar) and "${" not in node.text and len(node.text) <= 34:
        yield set_value(steps, {"Fn::Sub": node.text + ending})
    elif isinstance(node, Call) and node.name == "Fn::Sub" and isinstance(node.argument, Scalar):
        if len(case.scopes[template.file].text(node)) <= 34:
            yield set_value(steps, {"Fn::Sub": node.argument.text + ending})
    elif isinstance(node, Call) and node.name == "Ref" and literal_place(template, steps):
        name = node.argument.text if isinstance(node.argument, Scalar) else ""
        if name and len(case.scopes[template.file].text(node)) <= 34:
            yield set_value(steps, {"Fn::Sub": "${" + name + "}" + ending})


def name_with_environment(case: Case, finding: Finding) -> Iterator[Edit]:
    """Put the parameter of the environment behind a name; declare it where the template has none."""
    template = template_of(case, finding)
    steps = steps_of(template, finding) if template else None
    node = node_at(template, steps) if template and steps else None
    if template is None or steps is None:
        return
    declared = environment_parameters(template)
    parameter = declared[0] if declared else "EnvironmentSuffix"
    argument = node.argument if isinstance(node, Call) and node.name == "Fn::Sub" else node
    if not isinstance(argument, Scalar) or f"${{{parameter}}}" in argument.text:
        return
    if not declared:
        yield set_value(("Parameters", parameter), {"Type": "String", "Default": "dev"})
    yield set_value(steps, {"Fn::Sub": f"{argument.text}-${{{parameter}}}"})


# What replaces a parameter that takes an existing resource: the type, its properties, and whether Ref gives what the parameter takes.
_CREATED: dict[str, dict[str, object]] = {
    "AWS::EC2::KeyPair": {"KeyName": {"Fn::Sub": "${AWS::StackName}-key"}},
}


def created(case: Case, finding: Finding) -> Iterator[Edit]:
    """Create what a parameter takes from outside, and refer to it wherever the parameter is used."""
    template = template_of(case, finding)
    kind = finding.type or ("AWS::EC2::KeyPair" if "KeyPair" in finding.message else "")
    name = finding.facts.get("parameter", "")
    if template is None or name not in template.parameters or kind not in _CREATED:
        return
    last, own = kind.rpartition("::")[2], re.sub(r"(Name|Id)$", "", name)
    new = added(template, own if own.endswith(last) else last, kind, dict(_CREATED[kind]))
    uses = replaced_uses(template, name, str(new.path[1]))
    if uses:
        yield new
        yield from uses
        yield from without_names(template, [name], *(edit.path for edit in uses))
