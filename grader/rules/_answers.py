"""What the rules on whole answers share."""

from __future__ import annotations

from grader.case import Case
from grader.catalogue import RuleFinding
from grader.model import Location


def whole(case: Case, message: str, **facts: str) -> RuleFinding:
    """Report an answer as a whole, at the top of its first file."""
    name = case.bundle.files[0].name if case.bundle.files else case.bundle.name
    return RuleFinding(location=Location(file=name, line=1), message=message, facts=facts)
