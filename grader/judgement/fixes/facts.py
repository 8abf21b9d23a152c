"""Edits that make the broken clauses of a fact hold: what has to be absent is removed, what has one value or a bound gets it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache

from grader.case import Case
from grader.catalogue.corrections import literal_place, node_at, removed, set_value
from grader.facts import Fact, load_facts
from grader.facts.clauses import Clause, View, holds, parse_clause, violating
from grader.facts.places import Place, places, root_of
from grader.model import Edit, Finding, Steps
from grader.template import Call, Scalar, Template

# How the fix of a fact begins, where it is an edit, and what makes it more than an edit.
_REMOVE = re.compile(r"^Remove (the variable|(?:these|the) properties|[A-Z_]\w+(?:(?:,| and) [A-Z_]\w+)*)(?=[ ,.;])")
_SET = re.compile(r"^Set (?:[\w.]+\.)?(?P<name>[A-Z]\w+) to (?P<value>[\w:.-]*\w)(?=[,.]|$| or | in )")
_MORE = re.compile(r"\band (create|put|read|use|list|set|write)\b|!GetAtt")
_BOUNDS = {"is at least": 0, "is at most": 0, "is greater than": 1, "is less than": -1}
_OPPOSITE = {"true": "false", "false": "true"}


@cache
def _facts() -> dict[str, Fact]:
    return {fact.id: fact for fact in load_facts()}


def by_fact(case: Case, template: Template, finding: Finding) -> Iterator[Edit]:
    """Yield the edits that make the clauses of a fact hold at a finding's place; none where one of them leaves the value open."""
    fact = _facts().get(finding.rule)
    resource = template.resources.get(finding.resource)
    if fact is None or resource is None or not fact.must:
        return
    found: list[Edit] = []
    for view in _views(fact, case, template, finding):
        for text in fact.must:
            clause = parse_clause(text)
            if holds(clause, view, every=True) is not False:
                continue
            edits = list(_edits(fact, clause, view))
            if not edits:
                return
            for edit in edits:
                found += [edit] if edit not in found else []
    yield from found


def _views(fact: Fact, case: Case, template: Template, finding: Finding) -> Iterator[View]:
    """Yield what the clauses of a fact look at: the resource, or the items of its list that a finding is at or below."""
    root = root_of(template, template.resources[finding.resource])
    items = [one for one in places(case, root, fact.each) if not one.is_absent] if fact.each else [None]
    at_item = [one for one in items if one and f"{finding.path}.".startswith(f"Properties.{'.'.join(one.path)}.")]
    for item in at_item or items:
        view = View(case, root, item, fact.defaults)
        if all(holds(parse_clause(text), view, every=False) is True for text in fact.when):
            yield view


def _edits(fact: Fact, clause: Clause, view: View) -> Iterator[Edit]:
    """Yield the edits that make one clause hold: what the fix of the fact begins with, else the one value that is left."""
    broken = [one for one in violating(clause, view) if one.path]
    if _MORE.search(fact.fix) or not broken:
        return
    named = [one for text in (*fact.when, *fact.must) for path in parse_clause(text).paths for one in _own(path, view)]
    if remove := _REMOVE.match(fact.fix):
        names = re.findall(r"[A-Z_]\w+", remove[1])
        gone = [one for one in named if one.path[-1] in names] if names else broken
        yield from filter(None, (_without(one) for one in gone if not one.is_absent))
    elif fact.fix.startswith("Remove"):
        return
    elif wanted := _SET.match(fact.fix):
        at_name = [one for one in (*broken, *named) if one.path[-1] == wanted["name"]]
        is_property = any(re.search(rf"\b{re.escape(wanted['value'])}>", text) for text in fact.must)
        yield from filter(None, [_set(at_name[0], wanted["value"])] if at_name and not is_property else [])
    else:
        yield from filter(None, (_value(fact, clause, one, view) for one in broken))


def _own(path: str, view: View) -> list[Place]:
    """Return the places of a path in the resource itself."""
    return [one for one in view.at(path) if one.path] if "->" not in path else []


def _without(place: Place) -> Edit | None:
    """Remove a property, never all of a resource's."""
    edit = removed(place.template, _steps(place))
    return edit if edit and len(edit.path) > 3 else None


def _steps(place: Place) -> Steps:
    path = (int(step) if step.isdigit() else step for step in place.path)
    return ("Resources", place.resource.name, "Properties", *path)


def _value(fact: Fact, clause: Clause, place: Place, view: View) -> Edit | None:
    """Return the edit that gives a place the one value that a clause leaves it; None where there are several or none."""
    operation, operand = clause.operation, clause.operand
    if operation in _BOUNDS:
        return (
            _set(place, str(int(operand) + _BOUNDS[operation])) if operand.isdigit() and not place.is_absent else None
        )
    is_told = fact.fix.startswith(("Set ", "Enable ")) and set(place.path[-2:]) & set(re.findall(r"\w+", fact.fix))
    if operation == "is not":
        return _set(place, _OPPOSITE[operand]) if operand in _OPPOSITE and is_told else None
    if operation in ("is", "is one of", "equals"):
        return _set(place, _meant(operand, place, view)) if is_told and not clause.path.endswith("-> type") else None
    node = place.node
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        return None
    if operation == "ends with" and "," not in operand:
        return _set(place, node.text + operand)
    if (
        operation == "begins with"
        and re.fullmatch(r"[\w-]+[-_/.]", operand)
        and re.search(r"begin|prefix", fact.fix, re.I)
    ):
        return _set(place, operand + node.text.lstrip("/"))
    if operation == "consists of":
        return _set(place, _spelled(operand, node.text))
    return None


def _meant(operand: str, place: Place, view: View) -> str:
    """Return the only value that an operand has, or the one that is written almost like a place's; empty for none."""
    path = operand[1:-1] if operand.startswith("<") else ""
    known = [one.text for one in view.at(path)] if path else [part.strip() for part in operand.split(",")]
    if len(known) == 1:
        return known[0] if "${" not in known[0] else ""
    folded = [one for one in known if one.lower() == place.text.lower()]
    return next(iter(folded or get_close_matches(place.text, known, 1, 0.85)), "")


def _spelled(characters: str, text: str) -> str:
    """Return a name with the characters that a property takes; empty where it takes no hyphen in place of the others."""
    if "A-Z" not in characters:
        text = text.lower()
    name = "".join(one if re.fullmatch(characters, one) else "-" for one in text)
    return name if re.fullmatch(f"{characters}*", name) else ""


def _set(place: Place, text: str) -> Edit | None:
    """Return the edit that gives a place a value: its own text, or the default of the parameter that it refers to."""
    steps = _steps(place)
    if isinstance(node_at(place.template, steps), Call):
        found = literal_place(place.template, steps)
        if found is None:
            return None
        return set_value(found, text)
    value: object = text == "true" if text in _OPPOSITE else int(text) if re.fullmatch(r"-?\d+", text) else text
    return set_value(steps, value) if text else None
