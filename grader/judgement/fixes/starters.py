"""Edits for a resource that the prompt asks for and that neither the response nor the ideal answer has: the least that it takes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from grader.case import Case
from grader.catalogue.corrections import in_file, set_value, switch_of
from grader.judgement.fixes.sound import is_sound, serves
from grader.model import Edit
from grader.support.validation import load_yaml
from grader.task.reading import Demand
from grader.template import Template

_TOPIC = "AWS::SNS::Topic"
_ALARM = "AWS::CloudWatch::Alarm"
_OF_ALARMS = re.compile(r"al(arm|ert)|notif|ops|monitor", re.I)  # of several topics
_SLOT = re.compile(r"\$(\w+)")
_GONE = object()
_JUDGES = ("exists", "count", "alarm", "scaling")  # of demands that one more resource can meet


class Starter(BaseModel):
    """An entry of starters.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    types: tuple[str, ...] = Field(alias="for")
    needs: dict[str, str] = Field(alias="with", default={})
    without: tuple[str, ...] = ()
    for_each: dict[str, str] = {}
    metric: str = ""
    add: dict[str, dict[str, Any]]
    parameters: dict[str, dict[str, Any]] = {}
    conditions: dict[str, Any] = {}


@cache
def starters() -> tuple[Starter, ...]:
    """Return the entries of starters.yaml, in their order."""
    return tuple(Starter.model_validate(one) for one in load_yaml(Path(__file__).with_name("starters.yaml")))


def from_starters(case: Case, demands: Sequence[Demand]) -> list[Edit]:
    """Return the edits that add the resources that demands ask for; none where an entry is missing for one of them.

    What else is asked of them, such as a property, is left to the grading of the correction.
    """
    templates = [one for one in case.templates if one.resources]
    template = max(templates, key=lambda one: len(one.resources), default=None)
    edits: list[Edit] = []
    done: set[tuple[str, ...]] = set()
    for demand in demands if template else ():
        types = next(iter(demand.check.subjects), ()) or demand.requirement.types
        key = (*types, str(demand.check.arguments.get("metric", "")))
        if demand.check.judge not in _JUDGES or template is None or key in done:
            continue
        ways = (_made(one, template, types, demand) for one in starters())
        found = next((made for made in ways if made and _is_fit(case, made, demand, demands)), [])
        if not found:
            return []
        done.add(key)
        edits += [edit for edit in found if all(edit.path != other.path for other in edits)]
    return edits


def _is_fit(case: Case, edits: Sequence[Edit], demand: Demand, demands: Sequence[Demand]) -> bool:
    values = (edit.value for edit in edits if isinstance(edit.value, dict))
    return is_sound(case, edits, demands) and all(serves(demand, one) for one in values if one.get("Type") == _ALARM)


def _made(starter: Starter, template: Template, types: Sequence[str], demand: Demand) -> list[Edit]:
    wanted = str(demand.check.arguments.get("metric", ""))
    if not set(types) & set(starter.types) or any(template.of_type(*starter.without) if starter.without else ()):
        return []
    if wanted and not re.search(wanted, starter.metric, re.I):
        return []
    names = {slot: name for slot, need in starter.needs.items() if (name := _fitting(template, need))}
    if len(names) < len(starter.needs):
        return []
    topics = [one.name for one in template.of_type(_TOPIC)]
    topic = next((one for one in topics if _OF_ALARMS.search(one)), topics[0] if len(topics) == 1 else "")
    names |= {"Topic": topic} if topic else {}
    taken = {*template.resources, *template.parameters, *template.conditions}
    for name in (*starter.parameters, *starter.conditions, *starter.add):
        free = next(one for one in (name, *(f"{name}{number}" for number in range(2, 99))) if one not in taken)
        names[name] = free
    switch = switch_of(template, types[0]) if starter.conditions else ("", "")
    declared = dict(zip((*starter.parameters, *starter.conditions), switch, strict=True)) if any(switch) else {}
    names |= {name: own for name, own in declared.items() if own}
    edits = []
    for section, entries in (("Parameters", starter.parameters), ("Conditions", starter.conditions)):
        for name, entry in entries.items():
            if declared.get(name):
                continue
            edits.append(in_file(set_value((section, names[name]), _filled(entry, names)), template.file))
    for name, resource in _repeated(starter, template, names):
        value = _filled(resource, names)
        number = demand.check.values.get("percent", demand.check.values.get("number"))
        if isinstance(number, int | float):
            _set_number(value["Properties"], number)
        edits.append(in_file(set_value(("Resources", names[name]), value), template.file))
    return edits


def _repeated(starter: Starter, template: Template, names: dict[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what an entry adds; with `for_each`, the resource of that name for each resource that fits its slot."""
    for name, resource in starter.add.items():
        slot, first = starter.for_each.get(name, ""), names[name]
        for number, one in enumerate(_all_fitting(template, starter.needs[slot]) if slot else [""]):
            if slot:
                names[slot] = one
            names[name] = f"{first}{number + 1}" if number else first
            yield name, resource


def _all_fitting(template: Template, need: str) -> list[str]:
    type, _, pattern = need.partition("~")
    return [one.name for one in template.of_type(type) if re.search(pattern, one.name, re.I)]


def _fitting(template: Template, need: str) -> str:
    """Return the first resource of a type; with `type~pattern`, the first whose name matches. Empty where there is none."""
    return next(iter(_all_fitting(template, need)), "")


def _set_number(properties: dict[str, Any], number: float) -> None:
    """Write the number that the prompt gives: the threshold of an alarm, or what a scaling policy aims at."""
    if "Threshold" in properties:
        properties["Threshold"] = number
    elif "TargetTrackingConfiguration" in properties:
        properties["TargetTrackingConfiguration"]["TargetValue"] = number


def _filled(value: Any, names: Mapping[str, str]) -> Any:
    """Return a value with names in place of `$slots`; a list item or property whose slot has no name is left out."""
    if isinstance(value, dict):
        parts = {key: _filled(part, names) for key, part in value.items()}
        return (
            _GONE if _GONE in parts.values() and len(parts) == 1 else {k: v for k, v in parts.items() if v is not _GONE}
        )
    if isinstance(value, list):
        items = [part for item in value if (part := _filled(item, names)) is not _GONE]
        return items if items or not value else _GONE
    if not isinstance(value, str):
        return value
    if any(slot not in names for slot in _SLOT.findall(value)):
        return _GONE
    return _SLOT.sub(lambda match: names[match.group(1)], value)
