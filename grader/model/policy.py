"""Rules that users write in Guard or CEL, as text for the engine that evaluates them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """One rule of a file: its name there, the prompt's words for it, whether one template is enough, the type it is about."""

    name: str
    asks: str | None
    any_template: bool
    type: str


@dataclass(frozen=True, slots=True)
class Policy:
    """One file in Guard or CEL, with what its rules are about."""

    name: str
    language: str
    text: str
    rules: tuple[PolicyRule, ...]
