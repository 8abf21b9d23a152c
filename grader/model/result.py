"""The judgement as data: what result.json holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.model.finding import Located
from grader.model.requirement import JudgedRequirement

SCHEMA = 2
RESULT = "result.json"  # the file that holds a result


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence(Located):
    """A place where a failure shows.

    The location is in the bundle; `source` and `source_line` are the place in the response as the user has it.
    """

    detector: str
    source: str
    source_line: int


@dataclass(frozen=True, slots=True)
class Impact:
    """What a failure costs, in three sentences; empty where there is nothing to say."""

    cost: str
    security: str
    performance: str


@dataclass(frozen=True, slots=True)
class FixLines:
    """Lines of the response as a fix has them: `line` is where they begin in the response's own file of the bundle.

    They were graded: with them the failure is gone, and nothing new is found. `removed` tells that the fix takes the lines away.
    """

    file: str
    line: int
    text: str
    removed: bool = False
    graded: bool = True


@dataclass(frozen=True, slots=True)
class Failure:
    """Findings of one rule as one numbered entry of the analysis. The texts are markdown, one paragraph or more.

    `aws` is `confirmed` or `contradicted` where a dry run looked for the same, else empty. `requirements` are the ids of the
    unmet requirements that the failure is about: these lower `delivered`, and the failure adds nothing to the penalty.
    """

    number: int
    rule: str
    kind: str
    category: str
    level: str
    title: str
    issue: str
    fix: str
    root_cause: str
    reference: str
    impact: Impact
    lesson: str
    evidence: tuple[Evidence, ...]
    aws: str = ""
    requirements: tuple[str, ...] = ()
    fix_lines: tuple[FixLines, ...] = ()


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of the bundle, as the result lists it. `size` is in bytes."""

    name: str
    kind: str
    size: int
    source: str
    source_line: int


@dataclass(frozen=True, slots=True)
class DifferenceEntry:
    """A difference from the ideal answer that is not a failure by itself.

    `status` is `missing` (the ideal alone has it), `extra` (the response alone) or `changed`. `file` and `line` are the ideal's
    for what is missing, else the response's. `says` is one sentence.
    """

    section: str
    status: str
    name: str
    type: str
    file: str
    line: int
    says: str


@dataclass(frozen=True, slots=True)
class DetectorEntry:
    """A detector that ran: its version, the time it took in seconds, and what it could not judge.

    The seconds differ from run to run, so the data of a result is without them.
    """

    version: str
    seconds: float
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """One response judged. The data of it is the same from run to run on one day, `judged_on`: runtimes and versions end by date.

    `answer` is what kind of answer it is (`template`, `refused`, `empty` ...), `passes` whether the rubric lets its verdict
    pass. `delivered` is the share of the judged requirements that it meets, 1 where none was judged.
    """

    task: str
    title: str
    response: str
    score: float
    verdict: str
    passes: bool
    answer: str
    delivered: float
    counts: Mapping[str, int]
    summary: str
    failures: tuple[Failure, ...]
    gaps: tuple[str, ...]
    training_value: str
    recommendations: tuple[str, ...]
    strengths: tuple[str, ...]
    files: tuple[FileEntry, ...]
    omitted: tuple[str, ...] = ()
    suppressions: tuple[str, ...] = ()
    requirements: tuple[JudgedRequirement, ...] = ()
    differences: tuple[DifferenceEntry, ...] = ()
    dry_run: Mapping[str, Any] | None = None
    detectors: Mapping[str, DetectorEntry] = field(default_factory=dict)
    judged_on: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain values, in the order of the contract."""
        return {
            "schema": SCHEMA,
            "task": self.task,
            "title": self.title,
            "response": self.response,
            "score": self.score,
            "verdict": self.verdict,
            "passes": self.passes,
            "answer": self.answer,
            "delivered": self.delivered,
            "counts": dict(self.counts),
            "summary": self.summary,
            "failures": [_failure(failure) for failure in self.failures],
            "gaps": list(self.gaps),
            "training_value": self.training_value,
            "recommendations": list(self.recommendations),
            "strengths": list(self.strengths),
            "files": [_slots(entry) for entry in self.files],
            "omitted": list(self.omitted),
            "suppressions": list(self.suppressions),
            "requirements": [_requirement(one) for one in self.requirements],
            "differences": [_slots(entry) for entry in self.differences],
            "dry_run": dict(self.dry_run) if self.dry_run is not None else None,
            "detectors": {
                name: {"version": entry.version, "errors": list(entry.errors)} for name, entry in self.detectors.items()
            },
            "judged_on": self.judged_on,
        }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    place = evidence.location
    return {
        "detector": evidence.detector,
        "file": place.file,
        "line": place.line,
        "resource": place.resource,
        "type": place.type,
        "path": place.path,
        "message": evidence.message,
        "source": evidence.source,
        "source_line": evidence.source_line,
    }


def _requirement(judged: JudgedRequirement) -> dict[str, Any]:
    asked = judged.requirement
    return {
        "id": asked.id,
        "source": asked.source.value,
        "line": asked.line,
        "quote": asked.quote,
        "about": asked.about,
        "types": list(asked.types),
        "level": asked.level,
        "title": asked.title,
        "standing": judged.standing.value,
        "reason": judged.reason,
        "evidence": [_located(one) for one in judged.evidence],
    }


def _located(one: Located) -> dict[str, Any]:
    return _slots(one.location) | {"message": one.message}


def _slots(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}


def _failure(failure: Failure) -> dict[str, Any]:
    return _slots(failure) | {
        "requirements": list(failure.requirements),
        "impact": _slots(failure.impact),
        "evidence": [_evidence(evidence) for evidence in failure.evidence],
        "fix_lines": [_slots(lines) for lines in failure.fix_lines],
    }
