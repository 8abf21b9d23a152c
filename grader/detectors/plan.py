"""The offline plan as a detector: what CloudFormation would refuse, under the catalogue's rules."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Catalogue
from grader.detectors.builtin import version
from grader.model import Finding, Location
from grader.plan import make_plan

NAME = "plan"


def detect(case: Case, catalogue: Catalogue) -> Iterator[Finding]:
    """Yield the plan's problems as findings of the rules that stand for their codes.

    RuntimeError names the checks that could not judge the case, at the end.
    """
    plan = make_plan(case)
    for problem in plan.problems:
        rule = catalogue.of(NAME, problem.code)
        if rule is not None:
            facts = {"says": problem.message} | dict(problem.facts)
            yield Finding(
                rule=rule.id,
                detector=NAME,
                location=Location(
                    file=problem.file,
                    line=problem.line,
                    resource=problem.resource,
                    type=problem.type,
                    path=problem.path,
                ),
                message=problem.message,
                facts=facts,
            )
    if plan.unjudged:
        raise RuntimeError("; ".join(plan.unjudged))


__all__ = ["NAME", "detect", "version"]
