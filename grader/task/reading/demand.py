"""What is read from a prompt, as data: a requirement, and how it is checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.model import Requirement


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """How a requirement is checked: the judge's name, the resources that it is about, and what it compares.

    `subjects` are alternatives of resource types, one tuple for each thing that the prompt names: every subject has to
    comply, in any of its types. `every` asks it of each resource of a subject, not only of one. `values` are what the prompt
    says (`days` -> 30), `stage` the environment that they are for; `arguments` are the lexicon's.
    """

    judge: str
    subjects: tuple[tuple[str, ...], ...] = ()
    every: bool = False
    is_weak: bool = False
    is_general: bool = False
    is_partial: bool = False
    values: Mapping[str, object] = field(default_factory=dict)
    arguments: Mapping[str, object] = field(default_factory=dict)
    stage: str = ""
    names: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """A requirement of the prompt and its check. `entry` is the id of the lexicon's entry that recognised it."""

    requirement: Requirement
    check: Check
    entry: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from a prompt: the demands in the order of its lines."""

    demands: tuple[Demand, ...]
