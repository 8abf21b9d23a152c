"""Edits that correct types and values that are worked out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from grader.case import Case
from grader.catalogue.corrections import names_in, node_at, removed, set_value, steps_of, template_of
from grader.model import Action, Edit, Finding, Steps
from grader.plan.schemas import type_names
from grader.rules.language._types import GONE, successor
from grader.template import Map, Reference, Resource, Sequence, Template, items_of, plain, text_of


def known_type(case: Case, finding: Finding) -> Iterator[Edit]:
    """Write the type that is meant; remove a resource whose work CloudFormation does by itself or cannot do, and that nothing uses."""
    template = template_of(case, finding)
    resource = template.resources.get(finding.resource) if template else None
    if template is None or resource is None or finding.facts.get("value") != resource.type:
        return
    known = type_names(case.account.region)
    near = [one for one in known if one.lower() == resource.type.lower()] or get_close_matches(
        resource.type, known, 1, 0.93
    )
    meant = successor(resource.type) or next(iter(near), "")
    if meant:
        yield set_value(("Resources", resource.name, "Type"), meant)
    elif resource.type in GONE and len(template.resources) > 1:
        uses = template.uses.get(resource.name, ())
        if all(use.section == "Resources" and use.path[0] == "DependsOn" for use in uses):
            yield Edit(action=Action.REMOVE, path=("Resources", resource.name))
            yield from _waiting_elsewhere(template, resource, uses)


def _waiting_elsewhere(template: Template, gone: Resource, uses: Iterable[Reference]) -> Iterator[Edit]:
    """Let what waits for a resource that goes wait for the configuration recorder, which it would have started, or for nothing."""
    recorders = list(template.of_type("AWS::Config::ConfigurationRecorder"))
    for use in uses:
        path: Steps = ("Resources", use.owner, *use.path)
        node = node_at(template, path)
        if isinstance(node, Sequence):
            path = (*path, next(number for number, item in enumerate(node.items) if text_of(item) == gone.name))
        waits = {one.text for one in template.resources[use.owner].depends_on}
        is_recorder = use.owner == recorders[0].name or recorders[0].name in waits if recorders else False
        if gone.type.endswith("::ConfigurationRecorderStatus") and len(recorders) == 1 and not is_recorder:
            yield set_value(path, recorders[0].name)
        else:
            yield from filter(None, [removed(template, path)])


def lower_case(case: Case, finding: Finding) -> Iterator[Edit]:
    """Write the default that makes a name wrong in lower case, unless the prompt orders that value or a tag has it, too."""
    template = template_of(case, finding)
    steps = steps_of(template, finding) if template else None
    if template is None or not steps or "does not match pattern '^([a-z0-9]" not in finding.message:
        return
    if any(is_fixed(case, template, name) for name in names_in(template, steps)):
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


def is_fixed(case: Case, template: Template, name: str) -> bool:
    """Return whether the default of a parameter has upper-case letters and has to stay: the prompt writes it, or a tag has it."""
    parameter = template.parameters.get(name)
    default = parameter.default if parameter else None
    if not default or default == default.lower():
        return False
    is_written = re.search(rf"\b{re.escape(default)}\b", case.task.prompt) is not None
    return is_written or any(use.kind == "Ref" and "Tags" in use.path for use in template.uses.get(name, ()))


def _keys(mappings: Map, name: str) -> bool:
    """Whether a mapping has a name among its keys."""
    return f"'{name}'" in str(plain(mappings))
