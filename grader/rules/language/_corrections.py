"""Edits that correct types and values that are worked out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from grader.case import Case
from grader.catalogue.corrections import added, removed, set_value, steps_of, template_of
from grader.model import Action, Edit, Finding, Steps
from grader.plan.schemas import type_names
from grader.template import Map, Sequence, Template, items_of, plain


def known_type(case: Case, finding: Finding) -> Iterator[Edit]:
    """Write the type that is meant; remove a resource of a type that does not exist and that nothing uses."""
    template = template_of(case, finding)
    resource = template.resources.get(finding.resource) if template else None
    if template is None or resource is None or finding.facts.get("value") != resource.type:
        return
    known = type_names(case.account.region)
    near = [one for one in known if one.lower() == resource.type.lower()] or get_close_matches(
        resource.type, known, 1, 0.93
    )
    if near:
        yield set_value(("Resources", resource.name, "Type"), near[0])
    elif not template.uses.get(resource.name) and len(template.resources) > 1:
        yield Edit(action=Action.REMOVE, path=("Resources", resource.name))


_RULES = {
    "SecurityGroupIngress": ("AWS::EC2::SecurityGroupIngress", "SourceSecurityGroupId", "From"),
    "SecurityGroupEgress": ("AWS::EC2::SecurityGroupEgress", "DestinationSecurityGroupId", "To"),
}


def without_circle(case: Case, finding: Finding) -> Iterator[Edit]:
    """Make a rule of a security group that names another group of the circle a resource of its own.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroupingress.html
    """
    template = template_of(case, finding)
    names = re.findall(r"\w+", finding.facts.get("value", ""))
    groups = [template.resources.get(name) for name in names] if template else []
    if template is None or len(names) != 3 or not all(one and one.type == "AWS::EC2::SecurityGroup" for one in groups):
        return
    options = [found for name in dict.fromkeys(names) if (found := _moved(template, name, set(names) - {name}))]
    if options:
        yield from min(options, key=len)  # the same for every group of the circle


def _moved(template: Template, name: str, others: set[str]) -> list[Edit]:
    """Return the edits that move the rules of a group that name certain others; nothing where one of them cannot be moved.

    A group keeps one rule for what it sends: without any, EC2 allows all.
    """
    edits: list[Edit] = []
    for key, (kind, source, word) in _RULES.items():
        node = template.resources[name].get(key)
        rules = items_of(node)
        path: Steps = ("Resources", name, "Properties", key)
        moved = [index for index in range(len(rules)) if others & set(_targets(template, name, key, index))]
        if not moved:
            continue
        whole = len(moved) == len(rules)
        if not isinstance(node, Sequence) or (whole and key == "SecurityGroupEgress"):
            return []
        for index in moved:
            values = plain(rules[index])
            used = next(iter(sorted(others & set(_targets(template, name, key, index)))))
            if not isinstance(values, dict) or source not in values:
                return []
            group_id: dict[str, object] = {"GroupId": {"Fn::GetAtt": [name, "GroupId"]}}
            new = added(template, f"{name}{word}{used}", kind, {**group_id, **values})
            edits.append(new)
            if not whole:
                edits.append(Edit(action=Action.REMOVE, path=(*path, index)))
        if whole:
            edits += filter(None, [removed(template, path)])
    paths = [edit.path for edit in edits]
    return edits if len(set(paths)) == len(paths) else []


def _targets(template: Template, name: str, key: str, index: int) -> Iterator[str]:
    for use in template.references:
        if use.owner == name and use.path[:3] == ("Properties", key, index):
            yield use.target


def lower_case(case: Case, finding: Finding) -> Iterator[Edit]:
    """Write the default that makes a name wrong in lower case."""
    template = template_of(case, finding)
    steps = steps_of(template, finding) if template else None
    if template is None or not steps or "does not match pattern '^([a-z0-9]" not in finding.message:
        return
    for use in template.references:
        path = (use.section, use.owner, *use.path)
        parameter = template.parameters.get(use.target)
        if (
            path[: len(steps)] != steps
            or parameter is None
            or parameter.default in (None, (parameter.default or "").lower())
        ):
            continue
        node = parameter.node.get("AllowedValues")
        default = parameter.default or ""
        if node is None:
            yield set_value(("Parameters", parameter.name, "Default"), default.lower())
        elif not template.conditions_using(parameter.name) and not _keys(template.section("Mappings"), default):
            values = [str(plain(item)).lower() for item in items_of(node)]
            yield set_value(("Parameters", parameter.name, "Default"), default.lower())
            yield set_value(("Parameters", parameter.name, "AllowedValues"), values)


def _keys(mappings: Map, name: str) -> bool:
    """Whether a mapping has a name among its keys."""
    return f"'{name}'" in str(plain(mappings))
