"""What the detectors found, and what the prompt asks for, as failures in the order of their numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from grader.case import Case
from grader.catalogue import Catalogue
from grader.judgement.grouping import Grouped, group, ordered
from grader.judgement.ideal import Standing
from grader.judgement.rubric import Rubric
from grader.judgement.unmet import merged, off_task, unmet_of_prompt
from grader.model import Finding, JudgedRequirement
from grader.plan.answer import AnswerKind, cut_off
from grader.task import Task


def failures_of(
    findings: Sequence[Finding],
    catalogue: Catalogue,
    rubric: Rubric,
    stand: Callable[[Finding], Standing] | None,
    requirements: Sequence[JudgedRequirement],
    kind: AnswerKind,
    task: Task,
) -> tuple[Grouped, ...]:
    """Return the failures of a response: those of rules, and those of requirements that it does not meet.

    `stand` returns what the ideal answer says of a finding.
    An answer to another question has one failure for all that it does not meet; one that delivers nothing has its rule's.
    """
    demanded = {rule.id for rule in catalogue.demanded}
    groups = group(findings, catalogue, rubric, stand)
    ours = [one for one in groups if one.rule.id not in demanded]
    unmet = [replace(one, requirements=(one.rule.id,)) for one in groups if one.rule.id in demanded]
    if kind is AnswerKind.OFF_TASK:
        unmet.append(off_task(requirements, catalogue, rubric))
    elif kind.delivers:
        unmet += unmet_of_prompt(requirements, catalogue, rubric, task)
    return ordered(merged(ours, unmet, rubric), rubric)


# What the missing part of an answer may still define, use or explain.
_OPEN_KINDS = frozenset(
    {
        "undefined-reference",
        "invalid-getatt",
        "unused-parameter",
        "unused-condition",
        "docs-prerequisite",
        "docs-incomplete",
    }
)


def as_far_as_it_goes(findings: Sequence[Finding], case: Case, catalogue: Catalogue) -> list[Finding]:
    """Return the findings that hold for an answer of which a part is missing or cannot be read: not what that part may say.

    These are uses of names that may be defined there, and the last resource of an answer that is cut off, which may be unfinished.
    """
    is_cut = bool(cut_off(case)) and bool(case.templates)
    if not is_cut and not case.partial:
        return list(findings)
    last = case.templates[-1]
    unfinished = next(reversed(list(last.resources)), "") if is_cut else ""

    def holds(one: Finding) -> bool:
        is_open = catalogue.rules[one.rule].kind in _OPEN_KINDS and (is_cut or one.file in case.partial)
        return not is_open and not (one.file == last.file and unfinished and one.resource == unfinished)

    return [one for one in findings if holds(one)]
