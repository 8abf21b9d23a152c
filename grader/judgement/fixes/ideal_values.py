"""Edits from the ideal answer: the value that it has where a rule finds nothing in it, with the response's own names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from grader.catalogue.corrections import node_at, set_value, steps_of
from grader.diff import Difference
from grader.judgement.ideal import IdealAnswer, Standing
from grader.model import Edit, Finding, Steps
from grader.template import SUB_VARIABLE, Template, plain

MAX_SIZE = 2_000  # characters of a value that is taken over


def by_ideal(ideal: IdealAnswer, template: Template, finding: Finding) -> Iterator[Edit]:
    """Yield the edit that gives a property the ideal answer's value, where the same rule finds nothing at its counterpart.

    None where the ideal does without the property, and where its value names something that the response does not have.
    """
    steps = steps_of(template, finding)
    if not steps or steps[0] != "Resources" or len(steps) < 4 or ideal.standing(finding) is not Standing.OTHERWISE:
        return
    difference = ideal.difference
    twin = difference.pairs.get((finding.file, finding.resource))
    item = difference.right.items.get(twin) if twin else None
    if item is None:
        return
    steps = _above_functions(steps)
    node = node_at(item.template, ("Resources", item.resource.name, *steps[2:]))
    value = _renamed(plain(node), _names(difference, item.template, template)) if node is not None else None
    if value is not None and len(str(value)) <= MAX_SIZE and value != plain(node_at(template, steps)):
        yield set_value(steps, value)


def _above_functions(steps: Steps) -> Steps:
    """Return a path up to the first function: a value is taken over as a whole."""
    cut = next((index for index, step in enumerate(steps) if str(step).startswith("Fn::") or step == "Ref"), None)
    return steps[:cut] if cut else steps


def _names(difference: Difference, theirs: Template, ours: Template) -> Mapping[str, str]:
    """Return what the response calls the resources, parameters and pseudo parameters of the ideal answer."""
    names = {one: one for one in theirs.parameters if one in ours.parameters}
    for (file, name), (other, twin) in difference.pairs.items():
        if file == ours.file and other == theirs.file:
            names[twin] = name
    return names


def _renamed(value: object, names: Mapping[str, str]) -> Any:
    """Return a value with names replaced; None where one has no counterpart, or where it depends on a condition or a mapping."""
    if isinstance(value, list):
        items = [_renamed(item, names) for item in value]
        return None if None in items else items
    if not isinstance(value, dict):
        return value
    if value.keys() & {"Fn::If", "Fn::FindInMap", "Fn::ImportValue", "Condition"} and len(value) == 1:
        return None
    if value.keys() == {"Ref"}:
        return {"Ref": _name(str(value["Ref"]), names)} if _name(str(value["Ref"]), names) else None
    if value.keys() == {"Fn::GetAtt"} and isinstance(value["Fn::GetAtt"], list):
        name = _name(str(value["Fn::GetAtt"][0]), names)
        return {"Fn::GetAtt": [name, *value["Fn::GetAtt"][1:]]} if name else None
    if value.keys() == {"Fn::Sub"} and isinstance(value["Fn::Sub"], str):
        return _in_text(value["Fn::Sub"], names)
    parts = {key: _renamed(part, names) for key, part in value.items()}
    return None if None in parts.values() else parts


def _name(name: str, names: Mapping[str, str]) -> str:
    return name if name.startswith("AWS::") else names.get(name, "")


def _in_text(text: str, names: Mapping[str, str]) -> dict[str, str] | None:
    found = {match.group(1).strip() for match in SUB_VARIABLE.finditer(text)}
    if any(not _name(one.split(".")[0], names) for one in found):
        return None

    def replaced(match: re.Match[str]) -> str:
        name, dot, attribute = match.group(1).strip().partition(".")
        return "${" + _name(name, names) + dot + attribute + "}"

    return {"Fn::Sub": SUB_VARIABLE.sub(replaced, text)}
