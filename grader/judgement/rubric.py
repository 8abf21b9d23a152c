"""The rubric: levels for what rules rank, failures to a score, a score and an answer to a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from grader.catalogue import Rule
from grader.errors import InputError
from grader.model import RANKS
from grader.plan.answer import AnswerKind
from grader.support.text import did_you_mean
from grader.support.validation import line_of, load_yaml, validate

MAX_EXTENDS = 5  # rubrics that extend each other


class LevelFile(BaseModel):
    """A level of a rubric. `rank` is the rank of rules that it names, from 1; without it, that of its name or its place."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field(min_length=1, max_length=40, pattern=r"^[A-Za-z][A-Za-z -]*$")
    weight: float = Field(gt=0, le=1_000)
    rank: int | None = Field(None, ge=1, le=9)
    meaning: str = ""


class VerdictFile(BaseModel):
    """A verdict and the conditions under which it is given.

    `answers` are kinds of answer, `held` is whether a requirement was judged. `passes` is whether a response with this verdict
    counts as passed; without it, all pass but those of kinds of answer and those that a failure of the most severe level gives.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field(min_length=1, max_length=40)
    answers: list[AnswerKind] = Field(default_factory=list)
    failures: dict[str, int] = Field(default_factory=dict)
    score_below: float | None = None
    held: bool | None = None
    passes: bool | None = None
    meaning: str = ""


class OverrideFile(BaseModel):
    """What a rubric changes about one rule."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    level: str | None = None
    ignore: bool = False


class RubricFile(BaseModel):
    """The fields of a rubric file. `cut_off` is the part of `delivered` that counts where an answer is cut off.

    `extends` is `default` or another rubric file: what is not given here is as it is there, and `rules` are added to it.
    `select` and `ignore` name rules by id, subject or kind: only the selected rules count, without the ignored rules.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    extends: str | None = None
    levels: list[LevelFile] = Field(default_factory=list)
    half: float = Field(30, gt=0, le=100_000)
    cut_off: float = Field(0.5, ge=0, le=1)
    verdicts: list[VerdictFile] = Field(default_factory=list)
    rules: dict[str, OverrideFile] = Field(default_factory=dict)
    select: list[str] = Field(default_factory=list)
    ignore: list[str] = Field(default_factory=list)


@dataclass(frozen=True)
class Rubric:
    """Levels with weights (most severe first), verdict thresholds and overrides for single rules."""

    fields: RubricFile

    @property
    def levels(self) -> tuple[str, ...]:
        """The names of the levels, most severe first."""
        return tuple(level.name for level in self.fields.levels)

    def leaves_out(self, rule: Rule) -> bool:
        """Whether the rubric leaves a rule out: by its id, its subject or its kind, or because others are selected."""
        names = {rule.id, rule.subject, rule.kind}
        override = self.fields.rules.get(rule.id)
        is_selected = not self.fields.select or bool(names & set(self.fields.select))
        return not is_selected or bool(names & set(self.fields.ignore)) or bool(override and override.ignore)

    def narrowed(self, select: Sequence[str] = (), ignore: Sequence[str] = ()) -> Rubric:
        """Return the rubric with other rules selected, where some are given, and more rules ignored."""
        fields = self.fields
        update = {"select": [*select] or fields.select, "ignore": [*fields.ignore, *ignore]}
        return replace(self, fields=fields.model_copy(update=update))

    def named(self, word: str) -> str:
        """Return the level that the rubric gives to a word of a rule or a task: a rank, or one of its own levels."""
        if word in RANKS:
            return self._of_rank(RANKS.index(word) + 1)
        return word if word in self.levels else self.levels[-1]

    def check_levels(self, rules: Iterable[Rule]) -> None:
        """Raise InputError for a rule, or a requirement, whose level is neither a rank nor a level of the rubric."""
        known = {*RANKS, *self.levels}
        for rule in rules:
            if rule.level not in known:
                hint = did_you_mean(rule.level, known) or f" (known: {', '.join(sorted(known))})"
                raise InputError(f"rule {rule.id}: unknown level {rule.level!r}{hint}")

    def _of_rank(self, rank: int) -> str:
        """Return the level of a rank, or else of the nearest more severe level; the most severe where all are less severe."""
        ranked = [(_rank(level, place), level.name) for place, level in enumerate(self.fields.levels, 1)]
        return max((pair for pair in ranked if pair[0] <= rank), default=ranked[0], key=lambda pair: pair[0])[1]

    def graver(self, one: str, other: str) -> str:
        """Return the more severe of two levels."""
        return min(one, other, key=self.levels.index)

    def level_of(self, rule: Rule, found: str = "", *, is_shared: bool = False) -> str | None:
        """Return the level of a rule's failures, None where the rubric leaves the rule out.

        `found` is the level that a finding has of its own, `is_shared` whether the ideal answer does the same: then a matter of
        choice weighs no more than the third rank, and nothing where the rule forgives that. What AWS refuses keeps its level.
        """
        override = self.fields.rules.get(rule.id)
        if self.leaves_out(rule) or (is_shared and self.forgives(rule, found)):
            return None
        if override and override.level:
            return override.level
        level = self.named(found or rule.level)
        if not is_shared or not rule.is_choice:
            return level
        return max(level, self.named(RANKS[-1]), key=self.levels.index)

    def forgives(self, rule: Rule, found: str = "") -> bool:
        """Whether a rule's finding is left out where the ideal answer does the same; what AWS refuses never is."""
        return rule.forgiven and self.named(found or rule.level) != self.named(RANKS[0])

    def counts(self, levels: Sequence[str]) -> dict[str, int]:
        """Count failures by level; every level of the rubric is there."""
        return {name: sum(level == name for level in levels) for name in self.levels}

    def weight(self, level: str) -> float:
        """Return the weight of a level."""
        return self.fields.levels[self.levels.index(level)].weight

    def score(self, counts: Mapping[str, int], delivered: float = 1.0) -> float:
        """Return 100 * delivered * half / (half + penalty), the penalty being the weights of the counted failures, summed."""
        penalty = sum(level.weight * counts.get(level.name, 0) for level in self.fields.levels)
        return round(100 * delivered * self.fields.half / (self.fields.half + penalty), 3)

    def verdict(
        self,
        counts: Mapping[str, int],
        score: float,
        answer: AnswerKind = AnswerKind.TEMPLATE,
        *,
        is_held: bool = True,
    ) -> str:
        """Return the first verdict whose conditions hold; the last where none does.

        `is_held` is whether a requirement of the prompt or the task was judged.
        """
        for verdict in self.fields.verdicts:
            if (
                (not verdict.answers or answer in verdict.answers)
                and all(counts.get(level, 0) >= number for level, number in verdict.failures.items())
                and (verdict.score_below is None or score < verdict.score_below)
                and verdict.held in (None, is_held)
            ):
                return verdict.name
        return self.fields.verdicts[-1].name

    def passes(self, name: str) -> bool:
        """Whether a response with this verdict counts as passed."""
        verdict = next(one for one in self.fields.verdicts if one.name == name)
        if verdict.passes is not None:
            return verdict.passes
        return not verdict.answers and self.levels[0] not in verdict.failures


def _rank(level: LevelFile, place: int) -> int:
    if level.rank is not None:
        return level.rank
    return RANKS.index(level.name) + 1 if level.name in RANKS else place


def load_rubric(path: str | Path | None = None) -> Rubric:
    """Read a rubric file; the shipped default without a path.

    Raises InputError, with file and line, for a field that is wrong, a level or a rule that does not exist.
    """
    path = Path(path) if path else default_rubric()
    if not path.is_file():
        raise InputError("no such rubric file", path)
    fields = validate(RubricFile, _extended(path, 0), path)
    for field in ("levels", "verdicts"):
        if not getattr(fields, field):
            raise InputError(f"{field}: required, unless the rubric has `extends: default`", path)
    levels = {level.name for level in fields.levels}
    for index, verdict in enumerate(fields.verdicts):
        for name in verdict.failures:
            _known(name, levels, path, ("verdicts", index, "failures", name))
    for rule, override in fields.rules.items():
        if override.level is not None:
            _known(override.level, levels, path, ("rules", rule, "level"))
    return Rubric(fields)


def _extended(path: Path, depth: int) -> Any:
    """Return the fields of a rubric file, over those of the rubric that it extends."""
    data = load_yaml(path) or {}
    name = data.get("extends") if isinstance(data, dict) else None
    if not isinstance(name, str):
        return data
    base = default_rubric() if name == "default" else path.parent / name
    if not base.is_file():
        raise InputError(
            f"extends: no such rubric file {name!r}: write `default`, or a file", path, line_of(path, ("extends",))
        )
    if depth == MAX_EXTENDS:
        raise InputError(
            f"extends: more than {MAX_EXTENDS} rubrics extend each other", path, line_of(path, ("extends",))
        )
    inherited = _extended(base, depth + 1)
    if not isinstance(inherited, dict):
        raise InputError("not a rubric: a mapping is required", base)
    rules = [one.get("rules") or {} for one in (inherited, data)]
    merged = inherited | data
    if all(isinstance(one, dict) for one in rules):
        merged["rules"] = rules[0] | rules[1]
    return {key: value for key, value in merged.items() if key != "extends"}


def _known(name: str, levels: set[str], path: Path, steps: tuple[object, ...]) -> None:
    if name not in levels:
        known = ", ".join(sorted(levels))
        hint = did_you_mean(name, levels)
        raise InputError(f"unknown level {name!r}{hint} (the rubric's levels: {known})", path, line_of(path, steps))


def default_rubric() -> Path:
    """Return the path of the shipped rubric, in an installed package or a checkout."""
    inside = Path(str(files("grader"))) / "rubrics" / "default.yaml"
    return inside if inside.is_file() else Path(str(files("grader"))).parent / "rubrics" / "default.yaml"
