"""Edits that correct images, key pairs and reserved concurrency."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue.corrections import (
    added,
    names_in,
    node_at,
    removed,
    replaced_uses,
    set_value,
    steps_of,
    template_of,
    without_names,
)
from grader.model import Action, Edit, Finding
from grader.rules.compute._images import is_asked_as_mapping, public_image
from grader.template import Scalar


def newest_image(case: Case, finding: Finding) -> Iterator[Edit]:
    """Take the newest image from the public parameter of the system that the answer or the prompt names."""
    template = template_of(case, finding)
    steps = steps_of(template, finding) if template else None
    resource = template.resources.get(finding.resource) if template else None
    if template is None or resource is None or not steps or steps[-1] != "ImageId":
        return
    path = public_image(case, template, resource, steps)
    if not path or is_asked_as_mapping(case, template, steps):
        return
    yield set_value(steps, f"{{{{resolve:ssm:{path}}}}}")
    yield from without_names(template, names_in(template, steps), steps)


def unreserved(case: Case, finding: Finding) -> Iterator[Edit]:
    """Leave reserved concurrency out."""
    template = template_of(case, finding)
    steps = steps_of(template, finding) if template else None
    if template and steps and steps[-1] == "ReservedConcurrentExecutions":
        edit = removed(template, steps)
        if edit:
            yield edit
            yield from without_names(template, names_in(template, steps), steps)


def key_pair(case: Case, finding: Finding) -> Iterator[Edit]:
    """Create the key pair that a parameter or a property names."""
    template = template_of(case, finding)
    if template is None:
        return
    name = finding.facts.get("parameter", finding.resource)
    if name in template.parameters:
        if template.parameters[name].default == "" and template.conditions_using(name):
            yield set_value(("Parameters", name, "Type"), "String")
            return
        new = added(template, "KeyPair", "AWS::EC2::KeyPair", {"KeyName": {"Fn::Sub": "${AWS::StackName}-key"}})
        uses = replaced_uses(template, name, str(new.path[1]))
        if uses:
            yield new
            yield from uses
            yield from without_names(template, [name], *(edit.path for edit in uses))
        return
    steps = steps_of(template, finding)
    node = node_at(template, steps) if steps else None
    if steps and isinstance(node, Scalar):
        new = added(template, "KeyPair", "AWS::EC2::KeyPair", {"KeyName": node.text})
        yield new
        yield Edit(action=Action.SET, path=steps, value={"Ref": str(new.path[1])})
