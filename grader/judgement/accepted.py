"""Requirements on the templates as a whole, `passes cfn-lint` and `deploys without errors`: failures decide whether they are met."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from grader.catalogue.unmet import DETECTOR
from grader.judgement.grouping import Grouped
from grader.judgement.rubric import Rubric
from grader.model import RANKS, DecidedBy, Finding, JudgedRequirement, Located, RequirementStanding

MAX_PLACES = 10
_LINTERS = ("cfn-lint", "cloudformation-validate")
_OF_THE_TEMPLATE = ("schema", "syntax", "references")
_REASONS = {
    DecidedBy.LINT: "linters report errors",
    DecidedBy.VALIDATION: "CloudFormation rejects the template",
    DecidedBy.DEPLOYMENT: "AWS rejects the deployment",
}


def decided(
    requirements: Sequence[JudgedRequirement], failures: Sequence[Grouped], rubric: Rubric, complete: Collection[str]
) -> tuple[JudgedRequirement, ...]:
    """Return the requirements, those that failures decide with their standing and the places of these failures.

    `failures` are in the order of their numbers. `complete` names the detectors that could judge everything: without all of
    them nothing is met. An unmet requirement lowers `delivered`; the failures that decide it are charged as they are.
    """
    return tuple(_decided(one, failures, rubric, complete) for one in requirements)


def _decided(
    one: JudgedRequirement, failures: Sequence[Grouped], rubric: Rubric, complete: Collection[str]
) -> JudgedRequirement:
    if one.decided_by is None:
        return one
    against = [(number, each) for number, each in enumerate(failures, 1) if _is_against(one.decided_by, each, rubric)]
    if against:
        numbers = ", ".join(str(number) for number, _ in against)
        reason = f"{_REASONS[one.decided_by]}: failure{'s' if len(against) > 1 else ''} {numbers}"
        places = tuple(Located(location=found.location, message=found.message) for found in _places(against))
        return replace(one, standing=RequirementStanding.UNMET, evidence=places, reason=reason)
    if set(_LINTERS if one.decided_by is DecidedBy.LINT else _LINTERS[1:]) <= set(complete):
        return replace(one, standing=RequirementStanding.MET, reason="")
    return one


def _places(against: Sequence[tuple[int, Grouped]]) -> Iterator[Finding]:
    """Yield the first place of each failure."""
    yield from (each.findings[0] for _, each in against[:MAX_PLACES])


def _is_against(decided_by: DecidedBy, failure: Grouped, rubric: Rubric) -> bool:
    """Whether a failure tells that the templates are not accepted."""
    if any(one.detector == DETECTOR for one in failure.findings):
        return False  # an unmet requirement
    is_refused = failure.level == rubric.named(RANKS[0])
    if decided_by is DecidedBy.DEPLOYMENT:
        return is_refused
    is_error = any(one.detector in _LINTERS and one.facts.get("id", "").startswith("E") for one in failure.findings)
    if decided_by is DecidedBy.LINT and is_error:
        return True
    stands_for_error = any(
        name.startswith(tuple(f"{engine}:E" for engine in _LINTERS)) for name in failure.rule.stands_for
    )
    return is_refused and (is_error or stands_for_error or failure.rule.category in _OF_THE_TEMPLATE)
