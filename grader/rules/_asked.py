"""Resource types that the prompt asks for in so many words and that no template has."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import RuleFinding
from grader.model import Location
from grader.rules._shared import created
from grader.support.markdown import code
from grader.task import PROMPT

_WEIGHED = r"\b(prefer|consider|where (available|applicable|possible|practical)|if |may |e\.g\.)"


def absent(case: Case, words: str, *types: str) -> Iterator[RuleFinding]:
    """Report the sentence of the prompt that orders something, where no template creates any of the types that are it.

    A sentence that leaves the choice, or that names it in brackets as an example, orders nothing.
    """
    asked = case.request.orders(words)
    if asked is None or asked.is_optional or any(created(case, *types)) or not case.templates:
        return
    found = re.search(words, asked.text, re.I)
    before = asked.text[: found.start()] if found else ""
    if re.search(_WEIGHED, asked.text, re.I) or before.count("(") > before.count(")"):
        return
    because = f"Line {asked.line} of the prompt asks for it, and no template has a resource of type {code(types[0])}."
    yield RuleFinding(
        location=Location(file=PROMPT, line=asked.line, type=types[0]),
        message=f"there is no {types[0]} in any template",
        facts={"asked": asked.text.rstrip(".:;"), "because": because},
    )
