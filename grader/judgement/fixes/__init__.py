"""Fixes as the response's own lines, corrected: failures come in, and edits that were graded again go out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.case import Case
from grader.catalogue import Catalogue
from grader.detectors import cfn_lint, cloudformation_validate
from grader.judgement.fixes.candidates import Candidate, Reported, applied, candidates_of
from grader.judgement.fixes.excerpt import Excerpt, excerpts
from grader.judgement.fixes.regrade import Regrader
from grader.judgement.fixes.rejected import blamed, failing, is_near, place_of, remains
from grader.judgement.fixes.wording import fix_text
from grader.judgement.ideal import IdealAnswer
from grader.model import Finding, FixLines, JudgedRequirement, RequirementStanding
from grader.template import Template

__all__ = ["Fix", "Reported", "corrected"]

MAX_GRADINGS = 3  # of one response; a bound on counts, so that the result does not depend on the machine


@dataclass(frozen=True, slots=True)
class Fix:
    """The corrected lines of a failure: as markdown, and as data."""

    text: str = ""
    lines: tuple[FixLines, ...] = ()


def corrected(
    failures: Sequence[Reported],
    case: Case,
    catalogue: Catalogue,
    before: Sequence[Finding],
    ideal: IdealAnswer | None = None,
    requirements: Sequence[JudgedRequirement] = (),
) -> dict[int, Fix]:
    """Return the corrected lines of failures, by their place in the sequence, for those whose correction was graded.

    All corrections are made together, and the response is graded again: a failure that is still there, and one whose edits
    bring something new or undo what the prompt asks for, loses its lines; then the rest is graded again, at most three
    times in all. `requirements` are those of the first grading.
    """
    met = [one for one in requirements if one.standing is RequirementStanding.MET]
    candidates = candidates_of(failures, case, ideal)
    if not candidates:
        return {}
    lint = any(all(one.detector == "cfn-lint" for one in each.findings) for each in candidates)
    regrader = Regrader(case, catalogue, tuple(before), lint)
    templates = {template.file: template for template in case.templates}
    for _ in range(MAX_GRADINGS):
        candidates, edited = applied(candidates, templates)
        if not candidates:
            return {}
        regraded = regrader.grade(edited, _focus(candidates, templates, edited))
        bad = {each.number for each in candidates if remains(each, regrader.before, regraded)}
        bad |= blamed(candidates, regraded, templates)
        bad |= failing(candidates, regraded.case, met)
        if not bad:
            return {each.number: _fix(each, templates, regraded.findings) for each in candidates}
        tried = (each.other if each.number in bad else each for each in candidates)
        candidates = [each for each in tried if each is not None]
    return {}


def _focus(
    candidates: Sequence[Candidate], templates: Mapping[str, Template], edited: Mapping[str, Template]
) -> dict[str, frozenset[str]]:
    """Return the resources and the names in question, by file: those with edits, those where an engine found something, and
    users of edited names.
    """
    names: dict[str, set[str]] = {file: set() for file in edited}
    for each in candidates:
        for finding in each.findings:
            if finding.detector in (cloudformation_validate.NAME, cfn_lint.NAME):
                names.setdefault(finding.file, set()).add(finding.resource)
        for file, planned in each.planned.items():
            for one in planned:
                section, name = (str(step) for step in one.edit.path[:2])
                names[file].add(name)
                if section != "Resources" or len(one.edit.path) < 4:  # a parameter, a condition, a type: its users, too
                    names[file] |= {use.owner for use in templates[file].uses.get(name, ())}
    return {file: frozenset(found) for file, found in names.items()}


def _fix(each: Candidate, templates: Mapping[str, Template], now: Sequence[Finding]) -> Fix:
    found: list[Excerpt] = []
    for file, planned in each.planned.items():
        found += excerpts(templates[file], planned)
    if not found:
        return Fix()
    left = [
        one
        for one in each.left
        if any(place_of(one) == place_of(other) and is_near(one.path, other.path) for other in now)
    ]
    lines = tuple(FixLines(one.file, one.line, one.text, one.removed) for one in found)
    return Fix(fix_text(found, each.planned, templates, left), lines)
