"""Values and code of a response as markdown: bounded, escaped, and never more than they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.support.text import one_line

MAX_VALUE = 300
MAX_LISTED = 4


def code(value: str) -> str:
    """Write a value as a markdown code span: one line, bounded, whatever it holds."""
    text = one_line(value, MAX_VALUE)
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
