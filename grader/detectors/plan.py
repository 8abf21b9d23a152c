"""The offline plan as a detector: what CloudFormation would refuse, under the catalogue's rules."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.detectors.own import version
from grader.finding import Finding
from grader.plan import make_plan
from grader.rule import Catalogue

NAME = "plan"


def detect(case: Case, catalogue: Catalogue) -> Iterator[Finding]:
    """Yield the plan's problems as findings of the rules that stand for their codes."""
    for problem in make_plan(case).problems:
        rule = catalogue.of(NAME, problem.code)
        if rule is not None:
            facts = {"says": problem.message} | dict(problem.facts)
            yield Finding(
                rule.id,
                NAME,
                problem.file,
                problem.line,
                problem.message,
                problem.resource,
                problem.type,
                problem.path,
                facts,
            )


__all__ = ["NAME", "detect", "version"]
