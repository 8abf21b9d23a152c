"""Values and code of a response as markdown: bounded, escaped, and never more than they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.support.text import one_line, series

MAX_VALUE = 300
MAX_LISTED = 4


def code(value: str) -> str:
    """Write a value as a markdown code span: one line, bounded, whatever it holds."""
    text = one_line(value, MAX_VALUE)
    if not text:
        return "(empty)"
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0) if "`" in text else 0
    fence = "`" * (longest + 1)
    return f"{fence} {text} {fence}" if longest else f"`{text}`"


def fenced(text: str, language: str) -> str:
    """Write a text as a fenced block whose fence is longer than any run of backticks in it."""
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    return f"{ticks}{language}\n{text}\n{ticks}"


def listed(values: Sequence[str]) -> str:
    """Write values as a list in a sentence, each as code: a, b, c and 5 more."""
    return enumerated([code(value) for value in values if value])


def enumerated(parts: Sequence[str]) -> str:
    """Write parts of a sentence as a list, without repetition: a, b, c and 5 more."""
    shown = list(dict.fromkeys(parts))
    if len(shown) > MAX_LISTED:
        rest = len(shown) - MAX_LISTED + 1
        return ", ".join(shown[: MAX_LISTED - 1]) + f" and {rest} more"
    return series(shown)
