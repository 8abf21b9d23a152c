"""Sentences that rules and the judgement write alike."""

from __future__ import annotations

from collections.abc import Sequence

from grader.support.markdown import code, listed


def sets_and_not(where: str, names: Sequence[str], missing: str) -> str:
    """Say which properties a place sets, given as code, and which it does not."""
    return f"{where} sets {listed(names)}, and not {code(missing)}." if names else f"{where} sets no property."


def as_quote(text: str) -> str:
    """Write a sentence of the prompt as code, without the full stop that the sentence around it brings."""
    return code(text.rstrip(" ."))
