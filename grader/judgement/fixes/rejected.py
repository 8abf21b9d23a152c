"""Corrections that do not pass: the failure remains, something new is found, or what the prompt asks for is undone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from grader.case import Case
from grader.judgement.fixes.candidates import Candidate, Key
from grader.judgement.fixes.demands import verdicts
from grader.judgement.fixes.regrade import Regraded
from grader.model import Action, Finding, JudgedRequirement, RequirementStanding
from grader.template import Template

Guilty = dict[int, set[Key]]  # the entries at which a failure's edits do not pass, by the failure's number
Brought = dict[int, list[Finding]]  # what the edits of a failure bring, where nothing else is wrong with them


def rejected(
    candidates: Sequence[Candidate],
    before: Sequence[Finding],
    regraded: Regraded,
    templates: Mapping[str, Template],
    met: Sequence[JudgedRequirement],
) -> tuple[Guilty, Brought]:
    """Return the failures whose edits do not pass, each with the entries where they do not, and the new findings that they bring.

    Both are empty where all pass.
    """
    guilty: Guilty = {}
    for each in candidates:
        places = _remaining(each, before, regraded)
        if places:
            guilty.setdefault(each.number, set()).update(places)
    for number, places in _failing(candidates, regraded.case, met, templates):
        guilty.setdefault(number, set()).update(places)
    others = set(guilty)
    brought: Brought = {}
    for number, places, finding in _blamed(candidates, regraded, templates):
        guilty.setdefault(number, set()).update(places)
        brought.setdefault(number, []).append(finding)
    return guilty, {number: found for number, found in brought.items() if number not in others}


def _remaining(each: Candidate, before: Sequence[Finding], regraded: Regraded) -> set[Key]:
    """Return where a detector still finds as much as before, less what the edits correct."""
    found: set[Key] = set()
    for place in {place_of(one) for one in each.findings}:
        mine = [one for one in each.findings if place_of(one) == place]
        for detector in {one.detector for one in regraded.findings}:
            first = [one for one in before if one.detector == detector and place_of(one) == place]
            left = [one for one in first if not any(is_near(one.path, other.path) for other in mine)]
            now = [one for one in regraded.findings if one.detector == detector and place_of(one) == place]
            if len(now) > len(left):
                found |= {(one.file, one.resource) for one in mine}
    return found


def place_of(finding: Finding) -> tuple[str, str, str]:
    """Return where and what a finding is: rule, file and resource."""
    return finding.rule, finding.file, finding.resource or finding.type


def is_near(one: str, other: str) -> bool:
    """Return whether one path leads to the other's place, or below it."""
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.") or not one or not other


def _blamed(
    candidates: Sequence[Candidate], regraded: Regraded, templates: Mapping[str, Template]
) -> Iterator[tuple[int, set[Key], Finding]]:
    """Yield the failures whose edits bring something new, with the entry where that is found, and what it is.

    This is the failure of the same rule where that has an edit near it; else those with an edit at its place, or that write its name;
    else those with an edit of its resource, of what that refers to, or of what the message names. Where this is every failure, the
    second half is left out, so that another grading can tell.
    """
    for finding in regraded.new:
        own = [each for each in candidates if each.rule == finding.rule and finding.file in each.planned]
        if len(own) == 1 and own[0].names(finding.file) & {finding.resource, *re.findall(r"\w+", finding.message)}:
            yield own[0].number, {(finding.file, finding.resource)}, finding
            continue
        here = [each for each in candidates if finding.file in each.planned] or list(candidates)
        names = {finding.resource, finding.facts.get("parameter", "")}
        near = [each for each in here if names & each.names(finding.file)]
        at_place = [each for each in near if finding.path and _is_edited(each, finding)]
        words = set(re.findall(r"\w+", finding.message))
        at_place = at_place or [each for each in near if words & _last_steps(each, finding)]
        if not near and finding.resource:
            near = at_place = [each for each in here if finding.resource in _mentioned(each, finding.file)]
            names = set().union(*(each.names(finding.file) for each in near))
        if not near and finding.resource:
            near = [each for each in here if words & each.names(finding.file)]
            names = words
        if not near and finding.file in templates:
            uses = {use.target for use in templates[finding.file].references if use.owner == finding.resource}
            names = uses
            near = [each for each in here if names & each.names(finding.file)]
        if not near and not finding.resource:
            near = [each for each in here if words & _new_names(each, finding.file)]
            names = set().union(*(each.names(finding.file) for each in near))
        if not near:
            near = [each for each in candidates if words & {name for file in each.planned for name in each.names(file)}]
            names = words
        found = at_place or near or here
        for each in found[len(found) // 2 :] if found in (near, here) else found:
            yield each.number, {(file, name) for file in each.planned for name in names}, finding


def _last_steps(each: Candidate, finding: Finding) -> set[str]:
    """Return the properties of the resource of a finding that edits change."""
    edits = (one.edit for one in each.planned.get(finding.file, ()))
    return {str(edit.path[-1]) for edit in edits if edit.path[1] == finding.resource and len(edit.path) > 2}


def _mentioned(each: Candidate, file: str) -> set[str]:
    """Return the words of the values that edits of a file write."""
    values = (one.edit.value for one in each.planned.get(file, ()))
    return {word for value in values for word in re.findall(r"\w+", str(value))}


def _new_names(each: Candidate, file: str) -> set[str]:
    """Return the names that edits of a file give to keys."""
    return {str(one.edit.value) for one in each.planned.get(file, ()) if one.edit.action is Action.RENAME}


def _failing(
    candidates: Sequence[Candidate], case: Case, met: Sequence[JudgedRequirement], templates: Mapping[str, Template]
) -> Iterator[tuple[int, set[Key]]]:
    """Yield the failures that are about a requirement that is not met with the edits, and those whose edits undo one.

    A requirement can be undone by edits of the resources that show that it is met, or by any edit where none shows it. Where
    only resources that other failures add do not comply, the lines of these are in question.
    """
    edited = {(file, name) for each in candidates for file in each.planned for name in each.names(file)}
    shown = {one.requirement.id: {(place.file, place.resource) for place in one.evidence} for one in met}
    at_risk = [name for name, places in shown.items() if not places or places & edited]
    found = verdicts(case, [*at_risk, *(one for each in candidates for one in each.requirements)])
    unmet = {name: places for name, (standing, places) in found.items() if standing is not RequirementStanding.MET}
    for each in candidates:
        mine = [name for name in each.requirements if name in unmet and not _is_open(name, each, found)]
        places = {place for name in mine for place in unmet[name]}
        adding = [other for other in candidates if other is not each and places & _added(other, templates)]
        if mine and places and places <= {place for other in adding for place in _added(other, templates)}:
            yield from ((other.number, set()) for other in adding)
        elif mine:
            yield each.number, set()
    for name in at_risk:
        if name not in found or found[name][0] is not RequirementStanding.UNMET:
            continue
        for each in candidates:
            touched = {(file, one) for file in each.planned for one in each.names(file)}
            if not shown[name] or touched & shown[name]:
                yield each.number, shown[name]


def _is_open(name: str, each: Candidate, found: Mapping[str, tuple[RequirementStanding, set[Key]]]) -> bool:
    """Whether a failure about tags is gone because only resources that other failures add are without them."""
    return each.is_about_tags and found[name][0] is RequirementStanding.UNJUDGED


def _added(each: Candidate, templates: Mapping[str, Template]) -> set[Key]:
    """Return the resources that edits add."""
    return {(file, name) for file in each.planned for name in each.names(file) if name not in templates[file].resources}


def _is_edited(each: Candidate, finding: Finding) -> bool:
    """Whether an edit is at the path of a finding, above or below it."""
    for one in each.planned.get(finding.file, ()):
        steps = one.edit.path[2:] if one.edit.path[1] == finding.resource else ()
        if one.edit.action is Action.RENAME:
            steps = (*steps[:-1], str(one.edit.value))
        if steps and is_near(".".join(map(str, steps)), finding.path):
            return True
    return False
