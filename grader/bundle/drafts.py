"""Which parts of a markdown answer are not the answer: drafts before it, and excerpts beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.bundle.blocks import Block
from grader.bundle.classify import looks_like_template

_REASONING = re.compile(
    r"^\W*(?:\d+\W*)?(?:my |the )?(?:reasoning|thinking|thoughts?|chain of thought|scratch ?pad|first (?:attempt|draft|version|try)"
    r"|initial (?:attempt|draft|version)|rough draft|draft|drafting|working)\b",
    re.I,
)
_ANSWER = re.compile(
    r"^\W*(?:\d+\W*)?(?:my |the )?(?:final |complete |corrected |actual )*(?:answer|response|solution|deliverables?"
    r"|(?:final|corrected) (?:version|template|attempt))\b",
    re.I,
)
_OPEN_TAG = re.compile(r"^\s*<(think|thinking|reasoning|scratchpad|draft)>", re.I)
# Words above a block that is a suggestion beside the answer.
_SUGGESTION = re.compile(
    r"\b(?:consider|optional(?:ly)?|you (?:can|could|may|might)|could (?:also )?add|additions?|enhancements?|improvements?"
    r"|alternatives?|alternatively|for example|for instance|e\.g\.|snippet|excerpt|if you (?:want|need|prefer)|future|next steps"
    r"|to (?:extend|customi[sz]e))\b",
    re.I,
)
# What an excerpt writes for what it leaves out.
_ELLIPSIS = re.compile(
    r"^[ \t]*(?:(?:#|//)[ \t]*)?(?:\.\.\.|…)|[{\[] ?(?:\.\.\.|…) ?[}\]]|(?:#|//) ?(?:\.\.\.|…)", re.M
)
_USED = re.compile(
    r"!Ref\s+['\"]?(\w+)|!GetAtt\s+['\"]?(\w+)|\"Ref\"\s*:\s*\"(\w+)\"|\"Fn::GetAtt\"\s*:\s*\[\s*\"(\w+)\""
)


def draft_lines(lines: Sequence[str], blocks: Sequence[Block]) -> range:
    """Return the lines, from 1, of a reasoning or a first attempt that the answer itself follows; empty where there is none.

    Only where a template is behind them: an answer that ends in its draft is graded by it.
    """
    inside = {number for block in blocks for number in range(block.line, block.line + block.text.count("\n"))}
    start = end = 0
    for number, line in enumerate(lines, 1):
        if number in inside:
            continue
        title = _title(line)
        tag = _OPEN_TAG.match(line)
        if not start and (tag or _REASONING.match(title)):
            start = number
            closing = f"</{tag.group(1)}>".lower() if tag else ""
        elif start and not end:
            is_end = closing in line.lower() if closing else _ANSWER.match(title) is not None
            end = number if is_end else 0
    has_answer = any(block.line > end and looks_like_template(block.text) for block in blocks)
    return range(start, end) if end and has_answer else range(0)


def _title(line: str) -> str:
    """Return the words of a heading, or of a line in bold; empty for other lines."""
    text = line[:200].strip()
    is_title = text.startswith("#") or (text.startswith("**") and text.rstrip(":").endswith("**"))
    return text.strip("#*: \t") if is_title else ""


def is_suggestion(context: str) -> bool:
    """Whether the heading and prose above a block offer it as something that may be added."""
    return _SUGGESTION.search(context) is not None


def leaves_out(text: str) -> bool:
    """Whether a text shows by an ellipsis that it leaves out a part."""
    return _ELLIPSIS.search(text) is not None


def names_used(text: str) -> frozenset[str]:
    """Return the logical ids and parameters that a template refers to, as far as they can be read without parsing it."""
    return frozenset(name for found in _USED.findall(text) for name in found if name)
