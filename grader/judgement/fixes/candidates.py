"""Failures with the edits that may correct them, written into the templates: which can be made, alone and together."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from grader.case import Case
from grader.catalogue import Rule
from grader.judgement.fixes.demands import edits_of_demands
from grader.judgement.fixes.derive import edits_of
from grader.judgement.fixes.regrade import DETECTORS
from grader.judgement.ideal import IdealAnswer
from grader.model import Action, Edit, Finding, Steps
from grader.template import Template
from grader.template.edits import Planned, apply_edits, plan_edits


@dataclass(frozen=True, slots=True)
class Reported:
    """A failure to correct: its rule, its findings, and the ids of the prompt's demands that it is about."""

    rule: Rule
    findings: Sequence[Finding]
    requirements: tuple[str, ...] = ()


Key = tuple[str, str]  # a file and an entry of one of its sections
Corrections = Sequence[tuple[Finding, tuple[Edit, ...]]]


@dataclass(frozen=True, slots=True)
class Part:
    """One finding of a failure, and the edits that correct it, by file."""

    finding: Finding
    planned: Mapping[str, tuple[Planned, ...]]

    def touches(self, places: Container[Key]) -> bool:
        """Return whether the finding or an edit is about one of certain entries, each a file and a name."""
        names = ((file, str(one.edit.path[1])) for file, some in self.planned.items() for one in some)
        return (self.finding.file, self.finding.resource) in places or any(name in places for name in names)

    def is_moot(self, gone: Container[tuple[str, Steps]]) -> bool:
        """Return whether some of the edits, and not all, are of entries that other edits remove."""
        moot = [_is_gone(file, one, gone) for file, some in self.planned.items() for one in some]
        return any(moot) and not all(moot)

    def without(self, gone: Container[tuple[str, Steps]]) -> Part:
        """Return the part without edits of entries that other edits remove, where others are left."""
        if not self.is_moot(gone):
            return self
        kept = {f: tuple(one for one in some if not _is_gone(f, one, gone)) for f, some in self.planned.items()}
        return Part(self.finding, {file: some for file, some in kept.items() if some})


def _removes_entry(one: Planned) -> bool:
    return one.edit.action is Action.REMOVE and len(one.edit.path) == 2


def _is_gone(file: str, one: Planned, gone: Container[tuple[str, Steps]]) -> bool:
    return (file, one.edit.path[:2]) in gone and not _removes_entry(one)


@dataclass(frozen=True)
class Candidate:
    """A failure with the edits that may correct it; `left` are the findings that they do not correct."""

    number: int
    rule: str
    parts: tuple[Part, ...]
    left: tuple[Finding, ...]
    requirements: tuple[str, ...]  # that have to be met with the edits
    other: Candidate | None = None  # another correction, for where this one does not pass
    repairs: int = 0  # how often edits were added for what the correction brought

    @property
    def is_about_tags(self) -> bool:
        """Whether the failure is that tags are missing."""
        return self.rule == "unmet-tag"

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The findings that the edits correct."""
        return tuple(part.finding for part in self.parts)

    @cached_property
    def planned(self) -> Mapping[str, tuple[Planned, ...]]:
        """The edits by file, each once."""
        found: dict[str, list[Planned]] = {}
        for part in self.parts:
            for file, some in part.planned.items():
                mine = found.setdefault(file, [])
                mine += [one for one in some if one not in mine]
        return {file: tuple(some) for file, some in found.items()}

    def names(self, file: str) -> set[str]:
        """Return the entries of a file that the edits change."""
        return {str(one.edit.path[1]) for one in self.planned.get(file, ())}

    def without(self, is_bad: Callable[[Part], bool]) -> Candidate | None:
        """Return what is left to try: the failure without its bad parts, or its other correction; None for nothing."""
        good = tuple(part for part in self.parts if not is_bad(part))
        if not good or len(good) == len(self.parts) or self.requirements:
            return self.other
        return replace(self, parts=good, left=(*self.left, *(one.finding for one in self.parts if one not in good)))


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
    try:
        return list(edits_of_demands(case, failure.findings, failure.requirements, ideal))
    except Exception:  # what a response can hold is endless; the failure is reported, without corrected lines
        return []


def _candidate(
    number: int,
    failure: Reported,
    corrections: Corrections,
    case: Case,
    templates: Mapping[str, Template],
    other: Candidate | None,
) -> Candidate | None:
    """Return a failure with the corrections that can be written; None where there are none."""
    parts: list[Part] = []
    for finding, edits in corrections:
        made = {file: _planned(templates, edits, file) for file in dict.fromkeys(edit.file for edit in edits)}
        if all(made.values()) and not _takes_away(edits, case):
            parts.append(Part(finding, made))
    if not parts:
        return None
    demanded = failure.requirements if not any(one.detector in DETECTORS for one in failure.findings) else ()
    covered = [part.finding for part in parts]
    left = () if demanded else tuple(one for one in failure.findings if one not in covered)
    return Candidate(number, failure.rule.id, tuple(parts), left, demanded, other)


_WORD = re.compile(r"[A-Z][a-z]+|[A-Z]+(?![a-z])")


def _takes_away(edits: Sequence[Edit], case: Case) -> bool:
    """Whether edits only remove what the prompt orders by name, such as `reserved concurrency` or a `password policy`."""
    removed = [edit for edit in edits if edit.action is Action.REMOVE and edit.path[0] == "Resources"]
    if not removed or len(removed) < len(edits):
        return False
    return any(case.request.orders(pattern) for edit in removed for pattern in _words_of(edit, case))


def _words_of(edit: Edit, case: Case) -> Iterator[str]:
    """Yield patterns for what a removed property is called, two of its words at a time; of a resource, the end of its type."""
    name = str(edit.path[-1])
    if len(edit.path) == 2:
        template = next((one for one in case.templates if one.file == edit.file), None)
        resource = template.resources.get(name) if template else None
        name = resource.type.rpartition("::")[2] if resource else ""
    words = _WORD.findall(name)
    pairs = list(pairwise(words))
    for pair in pairs[-1:] if len(edit.path) == 2 else pairs:
        yield r"\W+(?:\w+\W+)?".join(rf"\b{re.escape(word[:7])}\w*" for word in pair)


def _planned(templates: Mapping[str, Template], edits: Sequence[Edit], file: str) -> tuple[Planned, ...]:
    """Return the edits of a file with what they replace; nothing where one of them cannot be made."""
    mine = [edit for edit in edits if edit.file == file]
    planned = plan_edits(templates[file], mine) if file in templates else []
    made = [one for one in planned if one is not None]
    return tuple(made) if len(made) == len(mine) else ()


def applied(
    candidates: list[Candidate], templates: Mapping[str, Template]
) -> tuple[list[Candidate], dict[str, Template]]:
    """Make the edits of all failures together, without those that cannot be made beside an earlier failure's."""
    while True:
        edited: dict[str, Template] = {}
        made: dict[str, tuple[Planned, ...]] = {}
        for file in dict.fromkeys(file for each in candidates for file in each.planned):
            wanted: list[Planned] = []
            for each in candidates:
                wanted += [one for one in each.planned.get(file, ()) if one not in wanted]
            edited[file], made[file] = apply_edits(templates[file], wanted)

        def is_lost(part: Part, made: Mapping[str, tuple[Planned, ...]] = made) -> bool:
            return any(one not in made[file] for file, own in part.planned.items() for one in own)

        gone = {(file, one.edit.path) for file, some in made.items() for one in some if _removes_entry(one)}
        if any(one.is_moot(gone) for each in candidates for one in each.parts):
            candidates = [replace(each, parts=tuple(part.without(gone) for part in each.parts)) for each in candidates]
            continue
        if not any(is_lost(part) for each in candidates for part in each.parts):
            return candidates, edited
        tried = (each.without(is_lost) if any(map(is_lost, each.parts)) else each for each in candidates)
        candidates = [each for each in tried if each is not None]
