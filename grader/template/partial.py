"""Strings that are known in part: what the unknown parts leave open, and what the known parts settle."""

from __future__ import annotations

import re

_UNKNOWN = re.compile(r"\$\{[^{}]*\}")


def known_ends(text: str) -> tuple[str, str]:
    """Return what a partly known string surely begins and ends with; all of it, twice, where it is wholly known."""
    parts = _UNKNOWN.split(text)
    return parts[0], parts[-1]


def may_equal(one: str, other: str) -> bool:
    """Whether two strings, each known in part, can be the same: False where a known beginning or end contradicts it.

    A string of which nothing is known is the same as itself alone: it says nothing about any other.
    """
    if one == other:
        return True
    is_open, is_other_open = (_UNKNOWN.search(text) is not None for text in (one, other))
    if not is_open and not is_other_open:
        return False
    (first, last), (its_first, its_last) = known_ends(one), known_ends(other)
    if (is_open and not first + last) or (is_other_open and not its_first + its_last):
        return False
    begins = first.startswith(its_first) or its_first.startswith(first)
    ends = last.endswith(its_last) or its_last.endswith(last)
    fits = is_open or len(one) >= len(its_first) + len(its_last)
    return begins and ends and fits and (is_other_open or len(other) >= len(first) + len(last))
