"""Fixes as the response's own lines, corrected: failures come in, and edits that were graded again go out."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from grader.case import Case
from grader.catalogue import Catalogue
from grader.detectors import cfn_lint, cloudformation_validate
from grader.judgement.fixes.candidates import Candidate, Part, Reported, applied, candidates_of
from grader.judgement.fixes.excerpt import Excerpt, excerpts
from grader.judgement.fixes.regrade import DETECTORS, Regraded, Regrader
from grader.judgement.fixes.rejected import Guilty, is_near, place_of, rejected
from grader.judgement.fixes.repair import repaired
from grader.judgement.fixes.sound import unresolved
from grader.judgement.fixes.wording import fix_text
from grader.judgement.ideal import IdealAnswer
from grader.model import Action, Finding, FixLines, JudgedRequirement, RequirementStanding
from grader.template import Template
from grader.template.edits import Planned

__all__ = ["Fix", "Reported", "corrected"]

MAX_GRADINGS = 6  # of one response; a bound on counts, so that the result does not depend on the machine


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
    bring something new or undo what the prompt asks for, loses its lines; then the rest is graded again, at most six
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
        guilty, brought = rejected(candidates, regrader.before, regraded, templates, met)
        if not guilty:
            fixes = {each.number: _fix(each, templates, regraded.findings, _by_file(candidates)) for each in candidates}
            return fixes | dict(
                _corrected_too(failures, candidates, fixes, regraded, _focus(candidates, templates, edited))
            )
        repairs = {
            each.number: better
            for each in candidates
            if each.number in brought
            and (better := repaired(each, brought[each.number], regraded.case, catalogue, templates))
        }
        candidates = [repairs.get(each.number, each) for each in _next(candidates, guilty, repairs)]
    return {}


def _next(candidates: Sequence[Candidate], guilty: Guilty, repairs: Container[int]) -> Iterator[Candidate]:
    """Yield what is tried next: what passed or is repaired, and what is left of what did not pass."""
    for each in candidates:
        places = guilty.get(each.number) if each.number not in repairs else None
        kept = each if places is None else each.without(partial(Part.touches, places=places))
        if kept is not None:
            yield kept


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


def _corrected_too(
    failures: Sequence[Reported],
    candidates: Sequence[Candidate],
    fixes: Mapping[int, Fix],
    regraded: Regraded,
    seen: Mapping[str, frozenset[str]],
) -> Iterator[tuple[int, Fix]]:
    """Yield the failures without corrections of their own that are gone with the lines of one other failure.

    Only what was looked for again is known to be gone: of an engine's findings, those of the resources in question (`seen`).
    """
    found = {place_of(one) for one in regraded.findings}
    for number, failure in enumerate(failures):
        ours = [one for one in failure.findings if one.detector in DETECTORS and one.detector != cfn_lint.NAME]
        if fixes.get(number, Fix()).lines or not ours or len(ours) < len(failure.findings):
            continue
        is_seen = all(
            one.detector != cloudformation_validate.NAME or _entry(one) in seen.get(one.file, ()) for one in ours
        )
        if not is_seen or any(place_of(one) in found for one in ours):
            continue
        causes = [
            each
            for each in candidates
            if fixes[each.number].lines and all(one.resource in each.names(one.file) for one in ours)
        ]
        if len(causes) == 1:
            other = causes[0].number
            text = f"The corrected lines of failure {other + 1} correct this, too."
            yield number, Fix(text, fixes[other].lines)


def _entry(finding: Finding) -> str:
    """Return the name of the resource, or of the output, that a finding is in."""
    section, _, rest = finding.path.partition(".")
    return rest.split(".")[0] if section == "Outputs" else finding.resource


def _by_file(candidates: Sequence[Candidate]) -> dict[str, list[Planned]]:
    """Return all edits, by file, each once."""
    found: dict[str, list[Planned]] = {}
    for each in candidates:
        for file, planned in each.planned.items():
            found.setdefault(file, []).extend(one for one in planned if one not in found.get(file, ()))
    return found


def _is_whole(each: Candidate, templates: Mapping[str, Template], found: Sequence[Excerpt]) -> bool:
    """Whether every entry that a correction adds is shown, and every name in its lines is defined."""
    for file, planned in each.planned.items():
        template = templates[file]
        shown = {one.name for one in found if one.file == file}
        edits = [one.edit for one in planned]
        whole = [edit for edit in edits if len(edit.path) == 2]
        new = {str(edit.path[1]) for edit in whole if edit.action is Action.SET}
        renamed = {str(edit.value) for edit in whole if edit.action is Action.RENAME}
        values = [edit.value for edit in edits if edit.action in (Action.SET, Action.APPEND)]
        values += [{edit.path[-1]: edit.value} for edit in edits if edit.path[-1] in ("DependsOn", "Condition")]
        if not new <= shown or any(unresolved(value, template, new | renamed) for value in values):
            return False
    return True


def _fix(
    each: Candidate,
    templates: Mapping[str, Template],
    now: Sequence[Finding],
    made: Mapping[str, Sequence[Planned]],
) -> Fix:
    found: list[Excerpt] = []
    for file, planned in each.planned.items():
        found += excerpts(templates[file], planned, made[file])
    if not found or not _is_whole(each, templates, found):
        return Fix()
    left = [
        one
        for one in each.left
        if any(place_of(one) == place_of(other) and is_near(one.path, other.path) for other in now)
    ]
    lines = tuple(FixLines(one.file, one.line, one.text, one.removed) for one in found)
    return Fix(fix_text(found, each.planned, templates, left), lines)
