"""What would block a deployment: the plan's problems, and the Critical findings of facts, rules and schemas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from grader.case import Case
from grader.catalogue import Catalogue, Rule
from grader.detectors import Detection, detect
from grader.detectors.plan import NAME as PLAN
from grader.facts import load_facts
from grader.judgement.failures import as_far_as_it_goes
from grader.judgement.grouping import Grouped, group, ordered
from grader.judgement.narrative import narrate
from grader.judgement.rubric import Rubric
from grader.model import RANKS, Finding
from grader.plan import Plan, Problem, Stage, make_plan
from grader.plan.model import PlanCode


def plan_of(case: Case, catalogue: Catalogue, rubric: Rubric) -> Plan:
    """Return the plan of a case with all that is known to refuse it, ordered by stage and place.

    To what the plan itself reports come the Critical failures of the catalogue: facts of AWS, rules and resource schemas;
    and, as a stage of their own, orders of creation that nothing fixes. `unjudged` names what a detector could not judge.
    """
    plan = make_plan(case)
    detections = detect(case, catalogue, fast=True)
    found = [finding for detection in detections for finding in detection.findings]
    groups = group(as_far_as_it_goes(found, case, catalogue), catalogue, rubric)
    more = [problem for one in ordered(groups, rubric) for problem in _problems(one)]
    return replace(plan, problems=(*plan.problems, *more), unjudged=(*plan.unjudged, *_unjudged(detections)))


def _unjudged(detections: tuple[Detection, ...]) -> Iterator[str]:
    for detection in detections:
        if detection.name != PLAN:  # make_plan names its own
            yield from (f"{detection.name}: {error}" for error in detection.errors)


def _problems(one: Grouped) -> Iterator[Problem]:
    """Yield what a failure reports that the plan does not, where it blocks a deployment or may do so."""
    stage = _stage(one.rule) if one.level == RANKS[0] else Stage.RACE
    if stage is Stage.RACE and one.rule.id not in _races():
        return
    for finding in one.findings:
        if finding.detector != PLAN:
            yield _problem(one.rule, finding, stage)


def _problem(rule: Rule, finding: Finding, stage: Stage) -> Problem:
    facts = {
        "rule": rule.id,
        "title": narrate(rule.title, [finding]),
        "behaviour": rule.lesson
        if rule.subject == "facts"
        else rule.aws_behaviour,  # the lesson of a fact is its statement
        "reference": rule.reference,
    }
    return Problem(code=PlanCode.RULE, location=finding.location, message=finding.message, facts=facts, stage=stage)


# Categories of rules, and rules of others, about what CloudFormation checks before it creates anything.
_TEXT = frozenset({"syntax", "requirements", "parameters"})
_NAMES = frozenset(
    {"circular-dependency", "condition-misuse", "invalid-getatt", "invalid-intrinsic", "undefined-reference"}
)


def _stage(rule: Rule) -> Stage:
    return Stage.CHANGE_SET if rule.category in _TEXT or rule.id in _NAMES else Stage.EXECUTION


def _races() -> frozenset[str]:
    """Return the facts about an order that most deployments happen to keep."""
    return frozenset(fact.id for fact in load_facts() if fact.after and fact.after.race)
