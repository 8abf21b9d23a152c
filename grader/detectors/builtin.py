"""Our own rules as a detector."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import DETECTOR, Catalogue
from grader.errors import GradeError
from grader.model import Finding
from grader.support.text import error_line

NAME = DETECTOR


def version() -> str:
    """Return the version of this package, whose rules these are."""
    from grader.support.version import VERSION

    return VERSION


def detect(case: Case, catalogue: Catalogue) -> Iterator[Finding]:
    """Run every rule's own check. A check that crashes loses nothing of the others; RuntimeError says which, at the end.

    Raises ResponseError for a response over a limit.
    """
    crashed = []
    for rule in catalogue.rules.values():
        if rule.id in catalogue.ignored:
            continue
        try:
            yield from rule.findings(case)
        except GradeError:  # the response is over a limit, which no rule can judge
            raise
        except Exception as error:  # what a response can hold is endless; one rule's fault must not hide the rest
            crashed.append(f"rule {rule.id}: {error_line(error)}")
    if crashed:
        raise RuntimeError("; ".join(crashed))
