"""Sentences of a failure: a rule's templates filled with what was found."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.model import Finding

MAX_VALUE = 160
MAX_LISTED = 4


def code(value: str) -> str:
    """Write a value as a markdown code span: one line, bounded, whatever it holds."""
    text = " ".join("".join(char if char.isprintable() else " " for char in value).split())
    text = text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 1] + "…"
    if not text:
        return "(empty)"
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {text} {fence}" if longest else f"`{text}`"


def fenced(text: str, language: str) -> str:
    """Write a text as a fenced block whose fence is longer than any run of backticks in it."""
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    return f"{ticks}{language}\n{text}\n{ticks}"


def listed(values: Sequence[str]) -> str:
    """Write values as a list in a sentence: a, b, c and 5 more."""
    shown = [code(value) for value in dict.fromkeys(values) if value]
    if len(shown) > MAX_LISTED:
        rest = len(shown) - MAX_LISTED + 1
        return ", ".join(shown[: MAX_LISTED - 1]) + f" and {rest} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def fill(template: str, findings: Sequence[Finding]) -> str:
    """Fill a rule's template.

    `{resource}`, `{type}`, `{file}`, `{line}`, `{path}` and any fact come from the first finding; `{resources}`,
    `{files}`, `{types}` and any fact with an `s` behind its name list all of them; `{count}` is how many.
    """
    return re.sub(r"\{(\w+)\}", lambda match: _value(match.group(1), findings), template)


def _value(name: str, findings: Sequence[Finding]) -> str:
    if name == "count":
        return str(len(findings))
    single = [_fact(name, finding) for finding in findings]
    if single[0] is not None:
        return str(single[0]) if name == "line" else code(single[0])
    if name.endswith("s"):
        many = [fact for finding in findings if (fact := _fact(name[:-1], finding)) is not None]
        if any(many):
            return listed(many)
    return "the value" if name == "value" else f"the {name.replace('_', ' ')}"


def _fact(name: str, finding: Finding) -> str | None:
    if name in finding.facts:
        return finding.facts[name]
    if name in ("resource", "type", "file", "path"):
        value: str = getattr(finding, name)
        return value or None
    return str(finding.line) if name == "line" else None
