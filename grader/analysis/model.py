"""The data of a failure-analysis document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.model import (
    DifferenceEntry,
    Evidence,
    Failure,
    JudgedRequirement,
    Location,
    RequirementSource,
    RequirementStanding,
    Result,
)
from grader.support.markdown import code
from grader.support.text import one_line

MAX_PLACES = 12
MAX_DIFFERENCES = 30
MAX_QUOTE = 300


ANALYSIS = "MODEL_FAILURES.md"  # the file that holds an analysis


@dataclass(frozen=True, slots=True)
class Entry:
    """One numbered failure of the document. Texts are markdown without surrounding blank lines; absent texts are empty."""

    number: int
    title: str
    level: str
    issue: str
    fix: str = ""
    root_cause: str = ""
    reference: str = ""
    cost: str = ""
    security: str = ""
    performance: str = ""
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """A failure-analysis document: `counts` as its totals line gives them, entries in their order.

    `met`, `unmet` and `unjudged` are the requirements, one line each; `differences` those from the ideal answer.
    """

    task: str
    subject: str
    summary: str
    counts: Mapping[str, int]
    entries: tuple[Entry, ...]
    unmet: tuple[str, ...] = ()
    met: tuple[str, ...] = ()
    unjudged: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    training_value: str = ""
    recommendations: tuple[str, ...] = ()
    strengths: tuple[str, ...] = ()
    verdict: str = ""
    title: str = field(default="Model Response Failures Analysis")


def analysis_of(result: Result) -> Analysis:
    """Return what the document says of a result."""
    return Analysis(
        task=result.task,
        subject=result.title,
        summary=result.summary,
        counts={level: count for level, count in result.counts.items() if count},
        entries=tuple(_entry(failure) for failure in result.failures),
        unmet=_of_standing(result, RequirementStanding.UNMET),
        met=_of_standing(result, RequirementStanding.MET),
        unjudged=_of_standing(result, RequirementStanding.UNJUDGED),
        differences=_differences(result.differences),
        gaps=result.gaps,
        training_value=result.training_value,
        recommendations=result.recommendations,
        strengths=result.strengths,
        verdict=f"{result.verdict}, {result.score:g} of 100",
    )


def _of_standing(result: Result, standing: RequirementStanding) -> tuple[str, ...]:
    return tuple(_requirement(one) for one in result.requirements if one.standing is standing)


def _requirement(judged: JudgedRequirement) -> str:
    """Write a requirement as one line: the prompt's line and words, then the places, or what is there instead, or why not."""
    asked = judged.requirement
    words = f'"{_plain(asked.quote, MAX_QUOTE)}"' if asked.quote else _plain(asked.title)
    about = f", {_plain(asked.title)}" if asked.title and asked.source is RequirementSource.PROMPT else ""
    line = f"Line {asked.line}{about}: {words}" if asked.line else words
    places = list(dict.fromkeys(_where(one.location) for one in judged.evidence))[:3]
    parts = [_plain(judged.reason).rstrip("."), f"see {', '.join(places)}" if places else ""]
    rest = "; ".join(part for part in parts if part)
    return f"{line} - {rest}." if rest else line


def _where(place: Location) -> str:
    return (
        f"{code(f'{place.file}:{place.line}')} {code(place.resource)}"
        if place.resource
        else code(f"{place.file}:{place.line}")
    )


def _differences(found: tuple[DifferenceEntry, ...]) -> tuple[str, ...]:
    shown = [
        f"{code(one.name)}{f' ({_plain(one.type)})' if one.type else ''}, {code(f'{one.file}:{one.line}')}: {one.says}"
        for one in found[:MAX_DIFFERENCES]
    ]
    rest = len(found) - MAX_DIFFERENCES
    return (*shown, f"and {rest} more {'difference' if rest == 1 else 'differences'}") if rest > 0 else tuple(shown)


def _entry(failure: Failure) -> Entry:
    return Entry(
        failure.number,
        failure.title,
        failure.level,
        failure.issue,
        failure.fix,
        failure.root_cause,
        failure.reference,
        failure.impact.cost,
        failure.impact.security,
        failure.impact.performance,
        _places(failure.evidence),
    )


def _places(evidence: tuple[Evidence, ...]) -> tuple[str, ...]:
    shown = [_place(one) for one in evidence[:MAX_PLACES]]
    if len(evidence) > MAX_PLACES:
        shown.append(f"and {len(evidence) - MAX_PLACES} more places")
    return tuple(shown)


def _place(evidence: Evidence) -> str:
    parts = [code(f"{evidence.file}:{evidence.line}")]
    if evidence.source != evidence.file:
        parts.append(f"({code(f'{evidence.source}:{evidence.source_line}')})")
    if evidence.resource:
        parts.append(code(evidence.resource))
    if evidence.type:
        parts.append(f"({evidence.type})" if evidence.type.replace("::", "").isalnum() else code(evidence.type))
    return " ".join(parts) + f": {_plain(evidence.message)}"


def _plain(message: str, limit: int = 300) -> str:
    """Write a message as markdown text: nothing in it is markup."""
    return "".join("\\" + char if char in "\\`*_{}[]<>#|!&" else char for char in one_line(message, limit))
