"""What differs from the ideal answer and is not a failure: listed, without a level and without a weight."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from grader.diff import Change, Difference, Entry
from grader.model import DifferenceEntry, Failure, JudgedRequirement, RequirementStanding
from grader.support.markdown import code

MAX_DIFFERENCES = 200
MAX_CHANGES = 3
_SECTIONS = {"Resources": "resource", "Parameters": "parameter", "Conditions": "condition", "Outputs": "output"}
_SECTIONS |= {"Mappings": "mapping", "Files": "file"}


def differences_of(
    difference: Difference, failures: Sequence[Failure], requirements: Sequence[JudgedRequirement]
) -> tuple[DifferenceEntry, ...]:
    """Return what differs from the ideal answer, the most severe effects first, up to 200.

    Left out is what a failure reports at the same property, or at a resource that only the response has, and what an unmet
    requirement reports for the same type.
    """
    told: dict[tuple[str, str], list[str]] = {}
    for one in (evidence for failure in failures for evidence in failure.evidence):
        told.setdefault((one.file, one.resource), []).append(one.path)
    unmet = {
        type
        for one in requirements
        if one.standing is RequirementStanding.UNMET and not one.evidence
        for type in one.requirement.types
    }
    found = [one for entry in difference.entries for one in _entry(entry, told, unmet)]
    return tuple(found[:MAX_DIFFERENCES])


def _entry(entry: Entry, told: Mapping[tuple[str, str], Sequence[str]], unmet: set[str]) -> Iterator[DifferenceEntry]:
    place = entry.right if entry.status == "missing" else entry.left
    if place is None or (entry.status == "missing" and entry.type in unmet):
        return
    paths = told.get((place.file, place.name), ()) if entry.status != "missing" else ()
    changes = [one for one in entry.changes if not any(_is_same(one.path, path) for path in paths)]
    if (entry.changes and not changes) or (entry.status == "extra" and paths):
        return
    says = _says(entry, changes)
    yield DifferenceEntry(entry.section, entry.status, place.name, entry.type, place.file, place.line, says)


def _is_same(one: str, other: str) -> bool:
    """Whether two property paths are the same, or one is above the other; a path of the whole resource is above none."""
    return bool(other) and (f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}."))


def _says(entry: Entry, changes: Sequence[Change]) -> str:
    what = _SECTIONS[entry.section]
    if entry.status == "missing":
        return f"Only the ideal answer has this {what}."
    if entry.status == "extra":
        return f"Only the response has this {what}."
    if entry.section == "Files":
        return "The text differs from that of the ideal answer."
    shown = "; ".join(_change(one) for one in changes[:MAX_CHANGES])
    rest = len(changes) - MAX_CHANGES
    return f"{shown}; and {rest} more {'value differs' if rest == 1 else 'values differ'}." if rest > 0 else f"{shown}."


def _change(change: Change) -> str:
    name = code(change.path.removeprefix("Properties."))
    if change.left is None:
        return f"{name} is not set, and is {code(change.right or '')} in the ideal answer"
    if change.right is None:
        return f"{name} is {code(change.left)}, and is not set in the ideal answer"
    return f"{name} is {code(change.left)}, and is {code(change.right)} in the ideal answer"
