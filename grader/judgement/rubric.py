"""The rubric: findings to failures, failures to a score and a verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from grader.catalogue import Catalogue, Rule
from grader.errors import InputError
from grader.judgement.ideal import Standing
from grader.model import Finding
from grader.support.validation import line_of, load_yaml, validate


class LevelFile(BaseModel):
    """A level of a rubric."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field(min_length=1, max_length=40, pattern=r"^[A-Za-z][A-Za-z -]*$")
    weight: float = Field(gt=0, le=1_000)
    meaning: str = ""


class VerdictFile(BaseModel):
    """A verdict and the conditions under which it is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field(min_length=1, max_length=40)
    failures: dict[str, int] = Field(default_factory=dict)
    score_below: float | None = None
    meaning: str = ""


class OverrideFile(BaseModel):
    """What a rubric changes about one rule."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    level: str | None = None
    ignore: bool = False


class RubricFile(BaseModel):
    """The fields of a rubric file."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    levels: list[LevelFile] = Field(min_length=1)
    half: float = Field(30, gt=0, le=100_000)
    verdicts: list[VerdictFile] = Field(min_length=1)
    rules: dict[str, OverrideFile] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grouped:
    """Findings of one rule that make one failure, with the level the rubric gives it."""

    rule: Rule
    level: str
    findings: tuple[Finding, ...]
    standing: Standing = Standing.OPEN


SHARED_LEVEL = "Medium"  # what the ideal answer does as well weighs no more


@dataclass(frozen=True)
class Rubric:
    """Levels with weights (gravest first), verdict thresholds and overrides for single rules."""

    fields: RubricFile

    @property
    def levels(self) -> tuple[str, ...]:
        """The names of the levels, gravest first."""
        return tuple(level.name for level in self.fields.levels)

    @property
    def ignored(self) -> frozenset[str]:
        """The ids of the rules that the rubric leaves out."""
        return frozenset(name for name, override in self.fields.rules.items() if override.ignore)

    def level_of(self, rule: Rule, found: str = "", standing: Standing = Standing.OPEN) -> str | None:
        """Return the level of a rule's failures, None where the rubric leaves the rule out.

        `found` is the level that a finding has of its own. A matter of choice that the ideal answer shares weighs no more than
        Medium, or than the rubric's last level where it has no Medium; nothing where the rule forgives that. What AWS refuses keeps its level.
        """
        override = self.fields.rules.get(rule.id)
        if override and override.ignore:
            return None
        if standing is Standing.SHARED and rule.forgiven:
            return None
        if override and override.level:
            return override.level
        level = found or rule.level
        level = level if level in self.levels else self.levels[-1]
        if standing is not Standing.SHARED or not rule.is_choice:
            return level
        bound = SHARED_LEVEL if SHARED_LEVEL in self.levels else self.levels[-1]
        return max(level, bound, key=self.levels.index)

    def group(
        self, findings: Iterable[Finding], catalogue: Catalogue, stand: Callable[[Finding], Standing] | None = None
    ) -> tuple[Grouped, ...]:
        """Group findings by rule and level, gravest level first, then by the place of the first of each.

        `stand` returns what the ideal answer says of a finding; without it, all are open.

        What several detectors saw at one place is kept once: our own rules' account of it before an engine's.
        """
        groups: dict[tuple[str, str], list[tuple[Finding, Standing]]] = {}
        for finding in _distinct(findings, catalogue):
            standing = stand(finding) if stand else Standing.OPEN
            if standing is not Standing.SHARED or not catalogue.rules[finding.rule].forgiven:
                groups.setdefault((finding.rule, finding.level), []).append((finding, standing))
        merged: dict[tuple[str, str], Grouped] = {}
        for (name, found), group in groups.items():
            standing = _together(standing for _, standing in group)
            level = self.level_of(catalogue.rules[name], found, standing)
            if level is not None:
                before = merged.get((name, level))
                both = (*(before.findings if before else ()), *(finding for finding, _ in group))
                standing = _together([standing, before.standing]) if before else standing
                merged[name, level] = Grouped(catalogue.rules[name], level, both, standing)
        return tuple(sorted(merged.values(), key=self._order))

    def _order(self, group: Grouped) -> tuple[int, str, int, str]:
        first = group.findings[0]
        return self.levels.index(group.level), first.file, first.line, group.rule.id

    def counts(self, levels: Sequence[str]) -> dict[str, int]:
        """Count failures by level; every level of the rubric is there."""
        return {name: sum(level == name for level in levels) for name in self.levels}

    def score(self, counts: Mapping[str, int]) -> float:
        """Return 100 * half / (half + penalty), the penalty being the weights of the failures, summed."""
        penalty = sum(level.weight * counts.get(level.name, 0) for level in self.fields.levels)
        return round(100 * self.fields.half / (self.fields.half + penalty), 3)

    def verdict(self, counts: Mapping[str, int], score: float) -> str:
        """Return the first verdict whose conditions hold; the last where none does."""
        for verdict in self.fields.verdicts:
            enough = all(counts.get(level, 0) >= number for level, number in verdict.failures.items())
            below = verdict.score_below is None or score < verdict.score_below
            if enough and below:
                return verdict.name
        return self.fields.verdicts[-1].name


def _together(standings: Iterable[Standing]) -> Standing:
    """Return what the ideal answer says of findings that make one failure."""
    return Standing.SHARED if set(standings) == {Standing.SHARED} else Standing.OPEN


def load_rubric(path: str | Path | None = None) -> Rubric:
    """Read a rubric file; the shipped default without a path.

    Raises InputError, with file and line, for a field that is wrong, a level or a rule that does not exist.
    """
    path = Path(path) if path else default_rubric()
    if not path.is_file():
        raise InputError("no such rubric file", path)
    fields = validate(RubricFile, load_yaml(path) or {}, path)
    levels = {level.name for level in fields.levels}
    for index, verdict in enumerate(fields.verdicts):
        for name in verdict.failures:
            _known(name, levels, path, ("verdicts", index, "failures", name))
    for rule, override in fields.rules.items():
        if override.level is not None:
            _known(override.level, levels, path, ("rules", rule, "level"))
    return Rubric(fields)


def _known(name: str, levels: set[str], path: Path, steps: tuple[object, ...]) -> None:
    if name not in levels:
        known = ", ".join(sorted(levels))
        raise InputError(f"unknown level {name!r} (the rubric's levels: {known})", path, line_of(path, steps))


def default_rubric() -> Path:
    """Return the path of the shipped rubric, in an installed package or a checkout."""
    inside = Path(str(files("grader"))) / "rubrics" / "default.yaml"
    return inside if inside.is_file() else Path(str(files("grader"))).parent / "rubrics" / "default.yaml"


_RANK = {"rules": 0, "plan": 1, "cloudformation-validate": 2, "cfn-lint": 3, "ideal": 4, "aws": 5}


def _distinct(findings: Iterable[Finding], catalogue: Catalogue) -> list[Finding]:
    """Keep one finding for each rule and place, and none that yields to another rule's at the same place."""
    ordered = sorted(
        findings, key=lambda one: (one.file, one.line, one.rule, _RANK.get(one.detector, 9), one.path, one.message)
    )
    kept: dict[tuple[str, str, str, int, bool], Finding] = {}
    for finding in ordered:
        confirms = finding.detector == "aws"  # what AWS says is kept beside what the others say
        place = (finding.rule, finding.file, finding.resource or finding.type, finding.line, confirms)
        kept.setdefault(place, finding)
    at_line: dict[tuple[str, int], set[str]] = {}
    at_resource: dict[tuple[str, str], set[str]] = {}
    for finding in kept.values():
        at_line.setdefault((finding.file, finding.line), set()).add(finding.rule)
        if finding.resource:
            at_resource.setdefault((finding.file, finding.resource), set()).add(finding.rule)
    result = []
    for finding in kept.values():
        stronger = set(catalogue.rules[finding.rule].yields_to)
        beside = at_line[finding.file, finding.line] | at_resource.get((finding.file, finding.resource), set())
        if not stronger & beside:
            result.append(finding)
    return _once_per_engine(result)


def _once_per_engine(findings: list[Finding]) -> list[Finding]:
    """Drop an engine's finding where a detector before it reports the same rule at, above or below the same property."""
    seen: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    result = []
    for finding in sorted(findings, key=lambda one: _RANK.get(one.detector, 9)):
        key = (finding.rule, finding.file, finding.resource or str(finding.line))
        tail = finding.location.property
        known = seen.setdefault(key, [])
        if finding.detector == "aws" or not any(
            other != finding.detector and _nested(tail, path) for other, path in known
        ):
            known.append((finding.detector, tail))
            result.append(finding)
    return sorted(result, key=lambda one: (one.file, one.line, one.rule, one.resource, one.path, one.message))


def _nested(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one) or "." in (one, other)
