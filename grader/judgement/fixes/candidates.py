"""Failures with the edits that may correct them, written into the templates: which can be made, alone and together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.case import Case
from grader.catalogue import Rule
from grader.judgement.fixes.demands import edits_of_demands
from grader.judgement.fixes.derive import edits_of
from grader.judgement.fixes.regrade import DETECTORS
from grader.judgement.ideal import IdealAnswer
from grader.model import Action, Edit, Finding
from grader.template import Template
from grader.template.edits import Planned, apply_edits, plan_edits


@dataclass(frozen=True, slots=True)
class Reported:
    """A failure to correct: its rule, its findings, and the ids of the prompt's demands that it is about."""

    rule: Rule
    findings: Sequence[Finding]
    requirements: tuple[str, ...] = ()


Corrections = Sequence[tuple[Finding, tuple[Edit, ...]]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A failure with the edits that correct it, by file: `findings` are those that they correct, `left` the others."""

    number: int
    rule: str
    findings: tuple[Finding, ...]
    left: tuple[Finding, ...]
    requirements: tuple[str, ...]  # that have to be met with the edits
    planned: Mapping[str, tuple[Planned, ...]]
    other: Candidate | None = None  # another correction, for where this one does not pass

    def names(self, file: str) -> set[str]:
        """Return the entries of a file that the edits change."""
        return {str(one.edit.path[1]) for one in self.planned.get(file, ())}


def candidates_of(failures: Sequence[Reported], case: Case, ideal: IdealAnswer | None = None) -> list[Candidate]:
    """Return the failures with the findings whose every edit can be made in the text."""
    templates = {template.file: template for template in case.templates}
    found = []
    for number, failure in enumerate(failures):
        candidate: Candidate | None = None
        for corrections in reversed(_corrections(failure, case, ideal)):
            candidate = _candidate(number, failure, corrections, case, templates, candidate) or candidate
        if candidate is not None:
            found.append(candidate)
    return found


def _corrections(failure: Reported, case: Case, ideal: IdealAnswer | None) -> list[Corrections]:
    """Return the ways to correct a failure, the best first: findings with their edits."""
    ours = [finding for finding in failure.findings if finding.detector in DETECTORS]
    if ours:
        return [edits_of(failure.rule, ours, case, ideal)]
    return list(edits_of_demands(case, failure.findings, failure.requirements, ideal))


def _candidate(
    number: int,
    failure: Reported,
    corrections: Corrections,
    case: Case,
    templates: Mapping[str, Template],
    other: Candidate | None,
) -> Candidate | None:
    """Return a failure with the corrections that can be written; None where there are none."""
    covered: list[Finding] = []
    planned: dict[str, list[Planned]] = {}
    for finding, edits in corrections:
        if _takes_away(edits, case):
            continue
        made = {file: _planned(templates, edits, file) for file in dict.fromkeys(edit.file for edit in edits)}
        if all(made.values()):
            covered.append(finding)
            for file, some in made.items():
                mine = planned.setdefault(file, [])
                mine += [one for one in some if one not in mine]
    if not covered:
        return None
    plans = {file: tuple(some) for file, some in planned.items()}
    demanded = failure.requirements if not any(one.detector in DETECTORS for one in failure.findings) else ()
    left = () if demanded else tuple(one for one in failure.findings if one not in covered)
    return Candidate(number, failure.rule.id, tuple(covered), left, demanded, plans, other)


_WORD = re.compile(r"[A-Z][a-z]+|[A-Z]+(?![a-z])")


def _takes_away(edits: Sequence[Edit], case: Case) -> bool:
    """Whether edits only remove a property that the prompt orders by name, such as `reserved concurrency`."""
    removed = [edit for edit in edits if edit.action is Action.REMOVE and edit.path[0] == "Resources"]
    if not removed or len(removed) < len(edits):
        return False
    for edit in removed:
        words = _WORD.findall(str(edit.path[-1]))
        if len(edit.path) > 3 and len(words) > 1:
            pattern = r"\W+(?:\w+\W+)?".join(rf"\b{re.escape(word[:7])}\w*" for word in words[:2])
            if case.request.orders(pattern):
                return True
    return False


def _planned(templates: Mapping[str, Template], edits: Sequence[Edit], file: str) -> tuple[Planned, ...]:
    """Return the edits of a file with what they replace; nothing where one of them cannot be made."""
    mine = [edit for edit in edits if edit.file == file]
    planned = plan_edits(templates[file], mine) if file in templates else []
    made = [one for one in planned if one is not None]
    return tuple(made) if len(made) == len(mine) else ()


def applied(
    candidates: Sequence[Candidate], templates: Mapping[str, Template]
) -> tuple[list[Candidate], dict[str, Template]]:
    """Make the edits of all failures together; a failure that cannot have all of its own is left out."""
    while True:
        edited: dict[str, Template] = {}
        made: dict[str, tuple[Planned, ...]] = {}
        for file in dict.fromkeys(file for each in candidates for file in each.planned):
            wanted: list[Planned] = []
            for each in candidates:
                wanted += [one for one in each.planned.get(file, ()) if one not in wanted]
            edited[file], made[file] = apply_edits(templates[file], wanted)
        kept = [each for each in candidates if all(one in made[f] for f, own in each.planned.items() for one in own)]
        if len(kept) == len(candidates):
            return kept, edited
        candidates = kept
