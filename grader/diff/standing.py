"""Where a finding stands beside the ideal answer: does the ideal do the same?"""

from __future__ import annotations

from enum import StrEnum

from grader.diff.compare import Difference
from grader.diff.sides import Canonical, Item, leaves
from grader.model import Finding


class Standing(StrEnum):
    """What the ideal answer says of a finding."""

    SHARED = "shared"  # the ideal has the same there
    CONFIRMED = "confirmed"  # the ideal does otherwise
    OPEN = "open"  # the ideal says nothing of it, or is not at hand


def standing(finding: Finding, difference: Difference | None) -> Standing:
    """Return whether the ideal answer has the same at the place of a finding, has it otherwise, or cannot tell."""
    if difference is None:
        return Standing.OPEN
    if finding.detector == "ideal":
        return Standing.CONFIRMED
    found = _standing(finding, difference)
    return Standing.OPEN if found is Standing.CONFIRMED and not difference.is_revision else found


def _standing(finding: Finding, difference: Difference) -> Standing:
    item = difference.left.items.get((finding.file, finding.resource))
    if item is None:
        return _of_parameter(finding, difference)
    twin = difference.pairs.get(item.key)
    if twin is None:
        return Standing.CONFIRMED
    other = difference.right.items[twin]
    naming = difference.naming
    whole = not finding.path
    left = naming.left(_at(item, finding.path), item.file)
    right = naming.right(_at(other, finding.path), other.file)
    moved = isinstance(left, str) and (_key(finding.path), left) in _says(naming.right(_whole(other), other.file))
    if left == right or moved:
        return Standing.SHARED
    return Standing.OPEN if whole else Standing.CONFIRMED


def _of_parameter(finding: Finding, difference: Difference) -> Standing:
    ours = next((t for t in difference.left.case.templates if t.file == finding.file), None)
    if ours is None or finding.resource not in ours.parameters:
        return Standing.OPEN
    changed = [
        entry
        for entry in difference.entries
        if entry.section == "Parameters" and entry.left and entry.left.name == finding.resource
    ]
    if not changed:
        return Standing.SHARED
    return Standing.CONFIRMED if _matters(finding, changed[0].changes, changed[0].status) else Standing.SHARED


def _matters(finding: Finding, changes: tuple[object, ...], status: str) -> bool:
    field = finding.path.rpartition(".")[2]
    return status == "extra" or any(getattr(change, "path", "") in (field, "Default", "Type") for change in changes)


def _whole(item: Item) -> Canonical:
    return {**item.attributes, "Properties": item.properties}


def _at(item: Item, path: str) -> Canonical:
    """Return what stands at a finding's path, at the nearest place above it where the path goes into a function."""
    current = _whole(item)
    for step in path.replace("/", ".").split(".") if path else ():
        if isinstance(current, dict) and step in current:
            current = current[step]
        elif isinstance(current, list) and step.isdigit() and int(step) < len(current):
            current = current[int(step)]
        elif isinstance(current, dict) and step != "Properties" and not step.startswith("Fn::"):
            return None
        else:
            break
    return current


def _key(path: str) -> str:
    """Return the last key of a path, places in lists left out."""
    return next((step for step in reversed(path.replace("/", ".").split(".")) if not step.isdigit()), "")


def _says(value: Canonical) -> set[tuple[str, str]]:
    """Return the last key and the text of every scalar: what is said, wherever it stands."""
    return {(next((step for step in reversed(path) if step != "[]"), ""), text) for path, text in leaves(value)}
