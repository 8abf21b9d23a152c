"""Every demand of the prompt, judged over the answer, and over the ideal answer where one is at hand."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from grader.case import Case
from grader.detectors.requirements.answer import Answer
from grader.detectors.requirements.verdict import HIDDEN, JUDGES, UNSEEN, Judge, Verdict, unjudged, unmet
from grader.diff import Difference
from grader.model import NOT_IN_IDEAL, OF_IDEAL, JudgedRequirement, RequirementStanding
from grader.task.reading import Demand, read_demands

_DOUBTFUL = "Medium"  # the level of what the ideal answer does not meet either
_MAIN = "Critical"  # the level of the main things of a prompt
_ODD = 0.05  # the share of the things that an answer to another question may have by chance
_MET, _UNMET = RequirementStanding.MET, RequirementStanding.UNMET


@cache
def judges() -> dict[str, Judge]:
    """Return the judges by name: each module of this folder registers its own."""
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        importlib.import_module(f"{__package__}.{module.name}")
    return JUDGES


def judged(case: Case, difference: Difference | None = None) -> tuple[JudgedRequirement, ...]:
    """Hold an answer against what its prompt asks for, in the order of the prompt's lines.

    `difference` is the comparison with the ideal answer, None where there is
    none at hand. A demand that neither answer meets is doubtful: it weighs no more than Medium. So is what the ideal answer does not
    meet where it is graded itself: what both lack weighs the same for both.
    """
    demands = read_demands(case.task.prompt).demands
    answer = answer_to(case, demands)
    ideal = answer_to(case.ideal_case, demands) if difference and case.ideal_case else None
    ideal = answer if case.is_ideal else ideal
    return tuple(_judged(demand, judge_demand(answer, demand), answer, ideal) for demand in demands)


def answer_to(case: Case, demands: Sequence[Demand]) -> Answer:
    """Return an answer as the judges see it: with the types of the things that the demands ask for."""
    asked = {type for demand in demands if _is_asked(demand) for types in demand.check.subjects for type in types}
    return Answer(case, frozenset(asked))


def _is_asked(demand: Demand) -> bool:
    """Whether a demand asks for each of its things, and not for one of several."""
    is_choice = " or " in demand.check.names
    return demand.entry in ("exists", "count", "subnets") and not demand.check.is_weak and not is_choice


def judge_demand(answer: Answer, demand: Demand) -> Verdict:
    """Judge one demand over one answer."""
    if not answer.case.templates and not answer.case.broken and demand.requirement.about != "document":
        return unmet("the answer has no template")
    judge = judges().get(demand.check.judge)
    if judge is None:
        return unjudged(f"no judge is called {demand.check.judge}")
    place = answer.under(demand.check.stage) if demand.check.stage else answer
    if place is None:
        return unjudged("no parameter chooses the environment")
    verdict = judge(place, demand)
    if demand.check.stage and verdict.standing == _UNMET and any(place.is_given(one) for one in verdict.evidence):
        return unjudged("a parameter may give the value in that environment")
    if verdict.standing == _MET and not verdict.evidence and demand.requirement.about in ("resource", "count"):
        return unjudged("no resource of the answer shows it")
    if verdict.standing == _UNMET and demand.check.is_weak:
        return unjudged("the words of the prompt leave open what exactly is asked")
    return verdict


def _judged(demand: Demand, verdict: Verdict, answer: Answer, ideal: Answer | None) -> JudgedRequirement:
    requirement, reason = demand.requirement, verdict.reason
    requirement = replace(requirement, level=verdict.level or requirement.level)
    other = judge_demand(ideal, demand) if verdict.standing == _UNMET and ideal else None
    if other and other.standing == _UNMET:
        requirement = replace(requirement, level=_DOUBTFUL)
        if other.is_hidden and verdict.is_hidden:
            verdict = unjudged(HIDDEN)
        doubt = OF_IDEAL if answer is ideal else NOT_IN_IDEAL
        reason = verdict.reason if verdict.is_hidden else f"{reason}. {doubt}"
    is_open = verdict.standing == RequirementStanding.UNJUDGED
    return JudgedRequirement(
        requirement=requirement,
        standing=verdict.standing,
        evidence=verdict.evidence,
        reason=reason,
        is_unseen=is_open and not verdict.decided_by and answer.is_opaque and not demand.check.is_weak,
        decided_by=verdict.decided_by,
    )


def is_off_task(requirements: Sequence[JudgedRequirement]) -> bool:
    """Whether an answer is one to another question: it has next to nothing of at least three things that are asked for.

    None of the main things is there. Where a part of the answer cannot be seen, it may be there.
    """
    things = [one for one in requirements if one.requirement.about == "resource"]
    types = {one.requirement.types for one in things if one.standing == _UNMET}
    there = {one.requirement.types for one in things if one.standing == _MET}
    is_main = any(one.standing == _MET and one.requirement.level == _MAIN for one in things)
    is_open = is_main or any(one.is_unseen or one.reason == UNSEEN for one in things)
    return len(types) >= 3 and len(there) <= _ODD * (len(there) + len(types)) and not is_open
