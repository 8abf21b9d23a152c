"""Findings to failures: one fault is one failure, whichever detector reports it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from grader.catalogue import Catalogue, Rule
from grader.judgement.ideal import Standing
from grader.judgement.rubric import Rubric
from grader.model import Finding

# Whose account of a fault is kept, first to last: ours before an engine's.
_ORDER = {"rules": 0, "facts": 0, "plan": 1, "prompt": 2, "policies": 2, "cloudformation-validate": 3, "cfn-lint": 4}
_ENGINES = frozenset({"cloudformation-validate", "cfn-lint"})
_LAST = 9
AWS = "aws"  # what a dry run reports is kept beside what the others report


@dataclass(frozen=True, slots=True)
class Grouped:
    """Findings that make one failure, with the level that the rubric gives it.

    `requirements` are the ids of the unmet requirements that it is about.
    """

    rule: Rule
    level: str
    findings: tuple[Finding, ...]
    standing: Standing = Standing.OPEN
    requirements: tuple[str, ...] = ()


def group(
    findings: Iterable[Finding],
    catalogue: Catalogue,
    rubric: Rubric,
    stand: Callable[[Finding], Standing] | None = None,
) -> tuple[Grouped, ...]:
    """Group findings by rule and level.

    `stand` returns what the ideal answer says of a finding; without it, all are open. What several detectors report at one
    place is kept once.
    """
    groups: dict[tuple[str, str], list[tuple[Finding, Standing]]] = {}
    for finding in distinct(findings, catalogue, rubric):
        standing = stand(finding) if stand else Standing.OPEN
        if standing is not Standing.SHARED or not rubric.forgives(catalogue.rules[finding.rule], finding.level):
            groups.setdefault((finding.rule, finding.level), []).append((finding, standing))
    merged: dict[tuple[str, str], Grouped] = {}
    for (name, found), members in groups.items():
        standing = _together(standing for _, standing in members)
        level = rubric.level_of(catalogue.rules[name], found, is_shared=standing is Standing.SHARED)
        if level is not None:
            before = merged.get((name, level))
            both = (*(before.findings if before else ()), *(finding for finding, _ in members))
            standing = _together([standing, before.standing]) if before else standing
            merged[name, level] = Grouped(catalogue.rules[name], level, both, standing)
    return tuple(merged.values())


def ordered(groups: Iterable[Grouped], rubric: Rubric) -> tuple[Grouped, ...]:
    """Return failures in the order of their numbers: most severe level first, then by the place of the first finding."""

    def key(one: Grouped) -> tuple[int, str, int, str]:
        first = one.findings[0]
        return rubric.levels.index(one.level), first.file, first.line, one.rule.id

    return tuple(sorted(groups, key=key))


def _together(standings: Iterable[Standing]) -> Standing:
    """Return what the ideal answer says of findings that make one failure."""
    return Standing.SHARED if set(standings) == {Standing.SHARED} else Standing.OPEN


def distinct(findings: Iterable[Finding], catalogue: Catalogue, rubric: Rubric) -> list[Finding]:
    """Keep one finding for each fault."""
    kept = _once_per_place(findings)
    kept = _without_yielding(kept, catalogue)
    kept = _once_per_engine(kept)
    kept = _without_echoes(kept, catalogue, rubric)
    kept = _without_misspelt_twins(kept)
    return sorted(kept, key=lambda one: (one.file, one.line, one.rule, one.resource, one.path, one.message))


def _once_per_place(findings: Iterable[Finding]) -> list[Finding]:
    """Keep one finding of a rule at a resource and a line."""
    first: dict[tuple[str, str, str, int, bool], Finding] = {}
    for finding in sorted(findings, key=lambda one: (one.file, one.line, one.rule, _rank(one), one.path, one.message)):
        place = (finding.rule, finding.file, finding.resource or finding.type, finding.line, finding.detector == AWS)
        first.setdefault(place, finding)
    return list(first.values())


def _without_yielding(findings: Sequence[Finding], catalogue: Catalogue) -> list[Finding]:
    """Drop what yields to another rule's finding at the same line or resource."""
    at_line: dict[tuple[str, int], set[str]] = {}
    at_resource: dict[tuple[str, str], set[str]] = {}
    for finding in findings:
        at_line.setdefault((finding.file, finding.line), set()).add(finding.rule)
        if finding.resource:
            at_resource.setdefault((finding.file, finding.resource), set()).add(finding.rule)

    def yields(one: Finding) -> bool:
        beside = at_line[one.file, one.line] | at_resource.get((one.file, one.resource), set())
        return bool(set(catalogue.rules[one.rule].yields_to) & beside)

    return [finding for finding in findings if not yields(finding)]


def _once_per_engine(findings: Sequence[Finding]) -> list[Finding]:
    """Drop an engine's finding where a detector before it reports the same rule at, above or below the same property."""
    seen: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    result = []
    for finding in sorted(findings, key=_rank):
        known = seen.setdefault((finding.rule, finding.file, finding.resource or str(finding.line)), [])
        tail = finding.location.property
        again = any(other != finding.detector and _nested(tail, path) for other, path in known)
        if finding.detector == AWS or not again:
            known.append((finding.detector, tail))
            result.append(finding)
    return result


def _nested(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one) or "." in (one, other)


def _without_echoes(findings: Sequence[Finding], catalogue: Catalogue, rubric: Rubric) -> list[Finding]:
    """Drop an engine's finding where another rule reports the same of the same resource, at least as gravely."""
    kept: dict[tuple[str, str], list[tuple[Finding, int]]] = {}
    result = []

    def weight(one: Finding) -> int:
        level = rubric.level_of(catalogue.rules[one.rule], one.level)
        return rubric.levels.index(level) if level else _LAST

    covered = _covered(findings, weight)
    for finding in sorted(findings, key=lambda one: (_rank(one), weight(one))):
        grave = weight(finding)
        others = kept.setdefault((finding.file, finding.resource), [])
        is_echo = any(level <= grave and _says_the_same(finding, other) for other, level in others)
        is_echo = is_echo or any(level <= grave and _is_about(finding, about) for about, level in covered[finding.file])
        if finding.resource and finding.detector in _ENGINES and is_echo:
            continue
        others.append((finding, grave))
        result.append(finding)
    return result


def _covered(findings: Sequence[Finding], weight: Callable[[Finding], int]) -> dict[str, list[tuple[str, int]]]:
    """Return by file what the findings of facts cover, as grader.facts writes it into `about`, each with its level."""
    covered: dict[str, list[tuple[str, int]]] = {finding.file: [] for finding in findings}
    for finding in findings:
        covered[finding.file] += [(about, weight(finding)) for about in finding.facts.get("about", "").split()]
    return covered


# Rules that say of any property what the schemas say; the fact about the property says why.
_GENERAL = frozenset(
    {"invalid-property", "invalid-property-value", "invalid-resolved-value", "missing-required-property"}
)
_COMMON = frozenset({"Name", "Type", "Key", "Value", "Id"})  # words of any message


def _is_about(engine: Finding, about: str) -> bool:
    """Whether an engine's finding in general words concerns what a fact covers."""
    if engine.rule not in _GENERAL or engine.detector not in _ENGINES:
        return False
    path = engine.location.property.strip(".")
    resource, colon, below = about.partition(":")
    if colon:
        return resource == engine.resource and f"{path}.".startswith(f"{below}.")
    resource, _, name = about.rpartition(".")
    if resource != engine.resource:
        return False
    if name == "*":
        return not path and re.search(r"\b(anyOf|oneOf)\b", engine.message) is not None
    last = next((step for step in reversed(path.split(".")) if not step.isdigit()), "")
    return name == last or (name not in _COMMON and name in re.findall(r"\w+", engine.message))


_WHOLE = "."  # the property of a finding about a whole resource
_PROPERTY = re.compile(r"\b[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+\b")


def _says_the_same(engine: Finding, other: Finding) -> bool:
    """Whether a finding of another rule is about what an engine reports.

    Either both are at one property, or one is at a part of the other's and both name a property.
    """
    if engine.rule == other.rule:
        return False
    one, two = engine.location.property, other.location.property
    if one == two and one != _WHOLE:
        return True
    return other.detector not in _ENGINES and _nested(one, two) and bool(_named(engine) & _named(other))


def _named(finding: Finding) -> set[str]:
    """Return the properties that a finding names: in its message, and at the end of its path."""
    last = next((step for step in reversed(finding.path.split(".")) if not step.isdigit()), "")
    return {*_PROPERTY.findall(finding.message), last} - {finding.resource, "", "Properties", *finding.type.split("::")}


_UNKNOWN, _MISSING = "invalid-property", "missing-required-property"
HOME = "home"  # the fact of an unknown property: the property beside it that the schema has it in
ALIKE = 0.8


def _without_misspelt_twins(findings: Sequence[Finding]) -> list[Finding]:
    """Drop 'RoleARN is missing' where the resource has an unknown property RoleArn: it is one misspelling.

    Drop 'HealthCheckConfig is missing' where its properties are beside it, unknown there: they are moved.
    Drop 'one of these is missing' where another property of the same place is unknown: it is written in their place.
    """
    unknown: dict[tuple[str, str], list[tuple[str, str]]] = {}
    beside = set()
    for one in findings:
        if one.rule == _UNKNOWN and one.path:
            place, _, name = one.path.rpartition(".")
            unknown.setdefault((one.file, one.resource), []).append((name, one.facts.get(HOME, "")))
            beside.add((one.file, one.resource, place))
    return [
        one
        for one in findings
        if one.rule != _MISSING
        or not (
            any(_is_meant(*pair, one.message) for pair in unknown.get((one.file, one.resource), ()))
            or ((one.file, one.resource, one.path) in beside and _ONE_OF.search(one.message) is not None)
        )
    ]


_ONE_OF = re.compile(r"^(Exactly|Only|At least) one of \[.*must be specified")


def _is_meant(name: str, home: str, message: str) -> bool:
    """Whether a message about a missing property names one that is spelled almost like another, or the home of it."""
    words = [word.strip("'\"`.,:;()[]") for word in message.split()]
    return any(word == home or (word != name and _alike(name, word)) for word in words if word[:1].isupper())


def _alike(one: str, other: str) -> bool:
    return one.lower() == other.lower() or SequenceMatcher(None, one.lower(), other.lower()).ratio() >= ALIKE


def _rank(finding: Finding) -> int:
    return _ORDER.get(finding.detector, _LAST)
