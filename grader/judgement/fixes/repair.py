"""Corrections that bring a new finding, with the edits of that finding's rule: an added alarm, and its topic's key policy."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.case import Case
from grader.catalogue import Catalogue
from grader.judgement.fixes.candidates import Candidate, Part
from grader.judgement.fixes.derive import edits_of
from grader.model import Action, Edit, Finding
from grader.template import Template
from grader.template.edits import Planned, intended, plan_edits

MAX_REPAIRS = 2  # of one correction
MAX_EDITS = 6  # that a repair adds
# Rules of which a correction is dropped rather than enlarged: what they find is the correction's own choice.
_CHOSEN = ("explicit-name", "hardcoded-environment-value", "undocumented-feature", "hardcoded-secret")
_Key = tuple[str, tuple[str | int, ...]]  # a file, and an entry of one of its sections


def repaired(
    each: Candidate, found: Sequence[Finding], case: Case, catalogue: Catalogue, templates: Mapping[str, Template]
) -> Candidate | None:
    """Return a correction with the edits that correct what it brought; None where one of the findings has none.

    `case` is the response with the correction made, `templates` those without it, by file: all edits are edits of these.
    """
    if each.repairs == MAX_REPAIRS or any(one.rule in _CHOSEN for one in found):
        return None
    edits: list[Edit] = []
    for finding in found:
        made = edits_of(catalogue.rules[finding.rule], [finding], case)
        if not made:
            return None
        edits += [edit for edit in made[0][1] if edit not in edits]
    if len(edits) > MAX_EDITS:
        return None
    values = _added(each, templates)
    for edit in edits:
        key = (edit.file, edit.path[:2])
        if key in values:
            try:
                values[key] = _with(values[key], edit)
            except (KeyError, IndexError, TypeError, AttributeError):
                return None
    rest = [edit for edit in edits if (edit.file, edit.path[:2]) not in values]
    mine = _planned(rest, templates)
    parts = [_rewritten(part, values, templates) for part in each.parts]
    good = [part for part in parts if part is not None]
    if mine is None or len(good) < len(each.parts):
        return None
    more = tuple(Part(finding, mine) for finding in found[:1] if mine)
    return replace(each, parts=(*good, *more), repairs=each.repairs + 1)


def _added(each: Candidate, templates: Mapping[str, Template]) -> dict[_Key, Any]:
    """Return the entries that a correction adds, with their values."""
    return {
        (file, one.edit.path): one.edit.value
        for file, planned in each.planned.items()
        for one in planned
        if one.edit.action is Action.SET
        and len(one.edit.path) == 2
        and str(one.edit.path[1]) not in templates[file].section(str(one.edit.path[0])).values
    }


def _with(value: Any, edit: Edit) -> Any:
    """Return the value of an entry with an edit of it made. Raises KeyError, IndexError, TypeError or AttributeError."""
    section, name = edit.path[:2]
    root = {section: {name: copy.deepcopy(value)}}
    intended(root, edit)
    return root[section][name]


def _rewritten(part: Part, values: Mapping[_Key, Any], templates: Mapping[str, Template]) -> Part | None:
    """Return a part whose added entries have other values; None where they cannot be written."""
    edits = [
        replace(one.edit, value=values.get((file, one.edit.path), one.edit.value))
        for file, planned in part.planned.items()
        for one in planned
    ]
    planned = _planned(edits, templates)
    return None if planned is None else Part(part.finding, planned)


def _planned(edits: Sequence[Edit], templates: Mapping[str, Template]) -> Mapping[str, tuple[Planned, ...]] | None:
    """Return edits by file with what they replace; None where one of them cannot be made."""
    found: dict[str, tuple[Planned, ...]] = {}
    for file in dict.fromkeys(edit.file for edit in edits):
        mine = [edit for edit in edits if edit.file == file]
        planned = [one for one in plan_edits(templates[file], mine) if one is not None] if file in templates else []
        if len(planned) < len(mine):
            return None
        found[file] = tuple(planned)
    return found
