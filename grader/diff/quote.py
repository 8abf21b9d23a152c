"""The ideal answer's counterpart of a finding, quoted from its own text."""

from __future__ import annotations

import textwrap

from grader.diff.compare import Difference, line_at
from grader.model import Finding
from grader.support.markdown import fenced
from grader.support.text import is_natural

MAX_LINES = 14


def quote(finding: Finding, difference: Difference) -> str:
    """Return markdown that quotes what the ideal answer has at the place of a finding; empty where it has nothing there."""
    twin = difference.pairs.get((finding.file, finding.resource))
    item = difference.right.items.get(twin) if twin else None
    if item is None:
        return ""
    path = finding.path if finding.path.startswith(("Properties.", *_ATTRIBUTES)) else ""
    lines = item.template.text.split("\n")
    start = line_at(item.resource, path) if path else item.resource.line
    last = path.rpartition(".")[2]
    if path and not is_natural(last) and last not in lines[start - 1]:
        return ""  # the ideal answer does without it
    text = _block(lines, start)
    language = "json" if item.template.is_json else "yaml"
    return f"The ideal answer has, in `{item.file}` from line {start}:\n\n{fenced(text, language)}"


_ATTRIBUTES = ("DeletionPolicy", "UpdateReplacePolicy", "DependsOn", "Condition")


def _block(lines: list[str], start: int) -> str:
    """Return a line and those that are indented below it, without their common indentation, 14 at most."""
    first = lines[start - 1]
    depth = len(first) - len(first.lstrip())
    kept = [first]
    for line in lines[start : start + MAX_LINES]:
        indent = len(line) - len(line.lstrip())
        closing = indent == depth and line.lstrip()[:1] in ("}", "]", "-")
        if line.strip() and indent <= depth and not closing:
            break
        kept.append(line.rstrip())
        if closing and line.lstrip()[:1] != "-":
            break
    if len(kept) > MAX_LINES:
        kept = [*kept[: MAX_LINES - 1], " " * (depth + 2) + "..."]
    return textwrap.dedent("\n".join(kept)).rstrip()
