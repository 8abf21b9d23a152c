"""The judgement as data: what result.json holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.model.finding import Location

SCHEMA = 1
RESULT = "result.json"  # the file that holds a result


@dataclass(frozen=True, slots=True)
class Evidence:
    """One place where a failure shows.

    `file` and `line` are of the bundle; `source` and `source_line` of the response as the user has it. `resource` is
    empty for what is missing or stands outside the resources.
    """

    detector: str
    location: Location
    message: str
    source: str
    source_line: int

    @property
    def file(self) -> str:
        """The file of the bundle."""
        return self.location.file

    @property
    def line(self) -> int:
        """The line in that file, from 1."""
        return self.location.line

    @property
    def resource(self) -> str:
        """The logical id, empty where no resource of the template is concerned."""
        return self.location.resource

    @property
    def type(self) -> str:
        """The resource type, or the type that is missing; may be empty."""
        return self.location.type

    @property
    def path(self) -> str:
        """The dotted property path, empty where the whole resource is concerned."""
        return self.location.path


@dataclass(frozen=True, slots=True)
class Impact:
    """What a failure costs, in three sentences; empty where there is nothing to say."""

    cost: str
    security: str
    performance: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Findings of one rule as one numbered entry of the analysis. The texts are markdown, one paragraph or more.

    `aws` is `confirmed` or `contradicted` where a dry run looked for the same, else empty.
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


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of the bundle, as the result lists it. `size` is in bytes."""

    name: str
    kind: str
    size: int
    source: str
    source_line: int


@dataclass(frozen=True, slots=True)
class RequirementEntry:
    """A requirement of the task, and whether the response meets it."""

    id: str
    level: str
    title: str
    met: bool


@dataclass(frozen=True, slots=True)
class DetectorEntry:
    """A detector that ran: its version, the time it took in seconds, and what it could not judge."""

    version: str
    seconds: float
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """One response judged. Everything but the seconds of `detectors` is the same from run to run."""

    task: str
    title: str
    response: str
    score: float
    verdict: str
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
    requirements: tuple[RequirementEntry, ...] = ()
    dry_run: Mapping[str, Any] | None = None
    detectors: Mapping[str, DetectorEntry] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain values, in the order of the contract."""
        return {
            "schema": SCHEMA,
            "task": self.task,
            "title": self.title,
            "response": self.response,
            "score": self.score,
            "verdict": self.verdict,
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
            "requirements": [_slots(entry) for entry in self.requirements],
            "dry_run": dict(self.dry_run) if self.dry_run is not None else None,
            "detectors": {
                name: {"version": entry.version, "seconds": round(entry.seconds, 4), "errors": list(entry.errors)}
                for name, entry in self.detectors.items()
            },
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


def _slots(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}


def _failure(failure: Failure) -> dict[str, Any]:
    return _slots(failure) | {
        "impact": _slots(failure.impact),
        "evidence": [_evidence(evidence) for evidence in failure.evidence],
    }
