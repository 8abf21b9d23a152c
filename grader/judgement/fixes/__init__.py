"""Fixes as the response's own lines, corrected: failures come in, and edits that were graded again go out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.case import Case
from grader.catalogue import Catalogue, Rule
from grader.detectors import cfn_lint, cloudformation_validate
from grader.judgement.fixes.demands import edits_of_demands, still_unmet
from grader.judgement.fixes.derive import edits_of
from grader.judgement.fixes.excerpt import Excerpt, excerpts
from grader.judgement.fixes.regrade import DETECTORS, Regraded, Regrader
from grader.judgement.fixes.wording import fix_text
from grader.judgement.ideal import IdealAnswer
from grader.model import Action, Edit, Finding, FixLines
from grader.template import Template
from grader.template.edits import Planned, apply_edits, plan_edits

MAX_GRADINGS = 3  # of one response; a bound on counts, so that the result does not depend on the machine


@dataclass(frozen=True, slots=True)
class Reported:
    """A failure to correct: its rule, its findings, and the ids of the prompt's demands that it is about."""

    rule: Rule
    findings: Sequence[Finding]
    requirements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fix:
    """The corrected lines of a failure: as markdown, and as data."""

    text: str = ""
    lines: tuple[FixLines, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A failure with the edits that correct it, by file: `findings` are those that they correct, `left` the others."""

    number: int
    rule: str
    findings: tuple[Finding, ...]
    left: tuple[Finding, ...]
    requirements: tuple[str, ...]  # that have to be met with the edits
    planned: Mapping[str, tuple[Planned, ...]]
    other: _Candidate | None = None  # another correction, for where this one does not pass


def corrected(
    failures: Sequence[Reported],
    case: Case,
    catalogue: Catalogue,
    before: Sequence[Finding],
    ideal: IdealAnswer | None = None,
) -> dict[int, Fix]:
    """Return the corrected lines of failures, by their place in the sequence, for those whose correction was graded.

    All corrections are made together, and the response is graded again: a failure that is still there, and one whose edits
    bring something new, loses its lines; then the rest is graded again, at most three times in all.
    """
    candidates = _candidates(failures, case, ideal)
    if not candidates:
        return {}
    lint = any(all(one.detector == "cfn-lint" for one in each.findings) for each in candidates)
    regrader = Regrader(case, catalogue, tuple(before), lint)
    templates = {template.file: template for template in case.templates}
    for _ in range(MAX_GRADINGS):
        candidates, edited = _applied(candidates, templates)
        if not candidates:
            return {}
        regraded = regrader.grade(edited, _focus(candidates, templates, edited))
        bad = {each.number for each in candidates if _remains(each, regrader.before, regraded)}
        bad |= _blamed(candidates, regraded, templates)
        unmet = still_unmet(regraded.case, [one for each in candidates for one in each.requirements])
        bad |= {each.number for each in candidates if unmet.intersection(each.requirements)}
        if not bad:
            return {each.number: _fix(each, templates, regraded.findings) for each in candidates}
        tried = (each.other if each.number in bad else each for each in candidates)
        candidates = [each for each in tried if each is not None]
    return {}


def _candidates(failures: Sequence[Reported], case: Case, ideal: IdealAnswer | None = None) -> list[_Candidate]:
    """Return the failures with the findings whose every edit can be made in the text."""
    templates = {template.file: template for template in case.templates}
    found = []
    for number, failure in enumerate(failures):
        candidate: _Candidate | None = None
        for corrections in reversed(_corrections(failure, case, ideal)):
            candidate = _candidate(number, failure, corrections, templates, candidate) or candidate
        if candidate is not None:
            found.append(candidate)
    return found


Corrections = Sequence[tuple[Finding, tuple[Edit, ...]]]


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
    templates: Mapping[str, Template],
    other: _Candidate | None,
) -> _Candidate | None:
    """Return a failure with the corrections that can be written; None where there are none."""
    covered: list[Finding] = []
    planned: dict[str, list[Planned]] = {}
    for finding, edits in corrections:
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
    return _Candidate(number, failure.rule.id, tuple(covered), left, demanded, plans, other)


def _planned(templates: Mapping[str, Template], edits: Sequence[Edit], file: str) -> tuple[Planned, ...]:
    """Return the edits of a file with what they replace; nothing where one of them cannot be made."""
    mine = [edit for edit in edits if edit.file == file]
    planned = plan_edits(templates[file], mine) if file in templates else []
    made = [one for one in planned if one is not None]
    return tuple(made) if len(made) == len(mine) else ()


def _applied(
    candidates: Sequence[_Candidate], templates: Mapping[str, Template]
) -> tuple[list[_Candidate], dict[str, Template]]:
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


def _focus(
    candidates: Sequence[_Candidate], templates: Mapping[str, Template], edited: Mapping[str, Template]
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


def _remains(each: _Candidate, before: Sequence[Finding], regraded: Regraded) -> bool:
    """Whether a detector still finds as much as before where the failure was, less what the edits correct."""
    for place in {_place(one) for one in each.findings}:
        paths = [one.path for one in each.findings if _place(one) == place]
        for detector in {one.detector for one in regraded.findings}:
            first = [one for one in before if one.detector == detector and _place(one) == place]
            left = [one for one in first if not any(_is_near(one.path, path) for path in paths)]
            now = [one for one in regraded.findings if one.detector == detector and _place(one) == place]
            if len(now) > len(left):
                return True
    return False


def _place(finding: Finding) -> tuple[str, str, str]:
    return finding.rule, finding.file, finding.resource or finding.type


def _is_near(one: str, other: str) -> bool:
    """Whether one path leads to the other's place, or below it."""
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.") or not one or not other


def _blamed(candidates: Sequence[_Candidate], regraded: Regraded, templates: Mapping[str, Template]) -> set[int]:
    """Return the failures whose edits bring something new.

    These are the ones with an edit at its place; else those with an edit of its resource, of what that refers to, or of what the
    message names. Where this is every failure, the second half is left out, so that another grading can tell.
    """
    bad: set[int] = set()
    for finding in regraded.new:
        here = [each for each in candidates if finding.file in each.planned] or list(candidates)
        names = {finding.resource, finding.facts.get("parameter", "")}
        near = [each for each in here if names & _edited_names(each, finding.file)]
        at_place = [each for each in near if finding.path and _is_edited(each, finding)]
        words = set(re.findall(r"\w+", finding.message))
        if not near and finding.file in templates:
            uses = {use.target for use in templates[finding.file].references if use.owner == finding.resource}
            near = [each for each in here if (uses | words) & _edited_names(each, finding.file)]
        if not near:
            near = [
                each
                for each in candidates
                if words & {name for file in each.planned for name in _edited_names(each, file)}
            ]
        found = at_place or near or here
        bad |= {each.number for each in (found[len(found) // 2 :] if found in (near, here) else found)}
    return bad


def _is_edited(each: _Candidate, finding: Finding) -> bool:
    """Whether an edit is at the path of a finding, above or below it."""
    for one in each.planned.get(finding.file, ()):
        steps = one.edit.path[2:] if one.edit.path[1] == finding.resource else ()
        if one.edit.action is Action.RENAME:
            steps = (*steps[:-1], str(one.edit.value))
        if steps and _is_near(".".join(map(str, steps)), finding.path):
            return True
    return False


def _edited_names(each: _Candidate, file: str) -> set[str]:
    return {str(one.edit.path[1]) for one in each.planned.get(file, ())}


def _fix(each: _Candidate, templates: Mapping[str, Template], now: Sequence[Finding]) -> Fix:
    found: list[Excerpt] = []
    for file, planned in each.planned.items():
        found += excerpts(templates[file], planned)
    if not found:
        return Fix()
    left = [
        one
        for one in each.left
        if any(_place(one) == _place(other) and _is_near(one.path, other.path) for other in now)
    ]
    lines = tuple(FixLines(one.file, one.line, one.text, one.removed) for one in found)
    return Fix(fix_text(found, each.planned, templates, left), lines)
