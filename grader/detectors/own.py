"""Our own rules as a detector."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.finding import Finding
from grader.rule import DETECTOR, Catalogue

NAME = DETECTOR


def version() -> str:
    """Return the version of this package, whose rules these are."""
    from grader.version import VERSION

    return VERSION


def detect(case: Case, catalogue: Catalogue) -> Iterator[Finding]:
    """Run every rule's own check."""
    for rule in catalogue.rules.values():
        yield from rule.findings(case)
