"""A finding beside the ideal answer: which resource of the ideal is its counterpart, and whether the ideal differs there."""

from __future__ import annotations

from grader.diff.compare import Difference
from grader.diff.sides import Canonical, Item, Key, leaves
from grader.model import Finding
from grader.support.text import is_natural


def counterpart(finding: Finding, difference: Difference) -> Key | None:
    """Return the file and name of the ideal's resource or parameter that a finding's has for its pair, None without one."""
    twin = difference.pairs.get((finding.file, finding.resource))
    if twin or not finding.resource:
        return twin
    ours = next((t for t in difference.left.case.templates if t.file == finding.file), None)
    if ours is None or finding.resource not in ours.parameters:
        return None
    theirs = difference.right.case.templates
    return next(((t.file, finding.resource) for t in theirs if finding.resource in t.parameters), None)


def differs(finding: Finding, difference: Difference) -> bool:
    """Return whether the ideal's counterpart of a finding's resource has something else at the finding's path."""
    item = difference.left.items.get((finding.file, finding.resource))
    twin = difference.pairs.get(item.key) if item else None
    if item is None or twin is None or not finding.path:
        return False
    other, naming = difference.right.items[twin], difference.naming
    left = naming.left(_at(item, finding.path), item.file)
    right = naming.right(_at(other, finding.path), other.file)
    moved = isinstance(left, str) and (_key(finding.path), left) in _says(naming.right(_whole(other), other.file))
    return bool(left != right and not moved)


def _whole(item: Item) -> Canonical:
    return {**item.attributes, "Properties": item.properties}


def _at(item: Item, path: str) -> Canonical:
    """Return what is at a finding's path, at the nearest place above it where the path goes into a function."""
    current = _whole(item)
    for step in path.replace("/", ".").split("."):
        if isinstance(current, dict) and step in current:
            current = current[step]
        elif isinstance(current, list) and is_natural(step) and int(step) < len(current):
            current = current[int(step)]
        elif isinstance(current, dict) and step != "Properties" and not step.startswith("Fn::"):
            return None
        else:
            break
    return current


def _key(path: str) -> str:
    """Return the last key of a path, places in lists left out."""
    return next((step for step in reversed(path.replace("/", ".").split(".")) if not is_natural(step)), "")


def _says(value: Canonical) -> set[tuple[str, str]]:
    """Return the last key and the text of every scalar, wherever it is."""
    return {(next((step for step in reversed(path) if step != "[]"), ""), text) for path, text in leaves(value)}
