"""The ideal answer's counterpart of a finding, quoted from its own text."""

from __future__ import annotations

import re
import textwrap

from grader.diff.compare import Difference, line_at
from grader.model import Finding
from grader.support.markdown import fenced
from grader.support.text import is_natural
from grader.template import Resource

MAX_LINES = 20


def quote(finding: Finding, difference: Difference) -> str:
    """Return markdown that quotes what the ideal answer has at the place of a finding.

    Empty where it has nothing there, or more than 20 lines.
    """
    twin = difference.pairs.get((finding.file, finding.resource))
    item = difference.right.items.get(twin) if twin else None
    if item is None or (finding.path.endswith(_CODE) and not _has_same_language(finding, item.resource, difference)):
        return ""
    path = finding.path if finding.path.startswith(("Properties.", *_ATTRIBUTES)) else ""
    lines = item.template.text.split("\n")
    start = line_at(item.resource, path) if path else item.resource.line
    last = next((step for step in reversed(path.split(".")) if not is_natural(step)), "")
    if last not in lines[start - 1] and not (
        is_natural(path.rpartition(".")[2]) and lines[start - 1].lstrip()[:1] == "-"
    ):
        return ""  # the ideal answer does without it
    text = _block(lines, start)
    if not text:
        return ""
    language = "json" if item.template.is_json else "yaml"
    return f"The ideal answer has, in `{item.file}` from line {start}:\n\n{fenced(text, language)}"


_CODE = "ZipFile"


def _has_same_language(finding: Finding, other: Resource, difference: Difference) -> bool:
    """Whether two functions run in runtimes of one language: code of another helps nobody."""
    item = difference.left.items.get((finding.file, finding.resource))
    own = item.resource.text("Runtime") if item else None
    return re.sub(r"[\d.]+.*", "", own or "") == re.sub(r"[\d.]+.*", "", other.text("Runtime") or "")


_ATTRIBUTES = ("DeletionPolicy", "UpdateReplacePolicy", "DependsOn", "Condition")


def _block(lines: list[str], start: int) -> str:
    """Return a line and those that are indented below it, without their common indentation; empty where they are too many."""
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
    return "" if len(kept) > MAX_LINES else textwrap.dedent("\n".join(kept)).rstrip().removesuffix(",")
