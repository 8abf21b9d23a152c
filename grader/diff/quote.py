"""The ideal answer's counterpart of a finding, quoted from its own text."""

from __future__ import annotations

import re
import textwrap

from grader.diff.compare import Difference, line_at
from grader.model import Finding
from grader.support.markdown import fenced
from grader.support.text import is_natural
from grader.template import Resource, Template

MAX_LINES = 20


def quote(finding: Finding, difference: Difference) -> str:
    """Return markdown that quotes what the ideal answer has at the place of a finding.

    What the lines refer to and the response does not have is quoted, too. Empty where the ideal has nothing there, or too much.
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
    ours = difference.left.items.get((finding.file, finding.resource))
    more = _lacking(text, item.template, ours.template if ours else None)
    if more is None:
        return ""
    language = "json" if item.template.is_json else "yaml"
    shown = f"The ideal answer has, in `{item.file}` from line {start}:\n\n{fenced(text, language)}"
    return shown + (f"\n\nThese lines refer to:\n\n{fenced(chr(10).join(more), language)}" if more else "")


_NAMED = re.compile(
    r"\$\{(\w+)|!(?:Ref|GetAtt|Condition|If|FindInMap) \[?\s*[\"']?(\w+)"
    r"|\b(?:Ref|Condition|DependsOn|Fn::GetAtt|Fn::If|Fn::FindInMap)[\"']?:\s*\[?\s*-?\s*[\"']?(\w+)"
)
_SECRET = re.compile(r"\{\{resolve:(?:secretsmanager|ssm-secure):(?!\$\{\w+\}:)")
_SECTIONS = ("Parameters", "Mappings", "Conditions", "Resources")
MAX_MORE = 3  # entries that are quoted because the lines refer to them


def _lacking(text: str, theirs: Template, ours: Template | None) -> list[str] | None:
    """Return the entries of the ideal answer that lines refer to and the response lacks; None where these are too many.

    None also for a secret that the lines read by its name: what creates it is not known.
    """
    lines, found, texts = theirs.text.split("\n"), list[str](), [text]
    if _SECRET.search(text):
        return None
    for part in texts:
        names = dict.fromkeys(
            name for match in _NAMED.finditer(part) if (name := next(filter(None, match.groups()), ""))
        )
        for name in names:
            own = next((one for one in _SECTIONS if name in theirs.section(one).values), "")
            if not own or name in found or (ours and any(name in ours.section(one).values for one in _SECTIONS)):
                continue
            block = _block(lines, theirs.line_of(own, name))
            if not block or len(found) == MAX_MORE:
                return None
            found.append(name)
            texts.append(block)  # what it names is looked up in its turn
    return texts[1:]


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
