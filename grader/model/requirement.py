"""Requirements: explicit, checkable demands on an answer, and whether it meets them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from grader.model.finding import Located

# The ends of the reason of what is doubtful: the ideal answer does not meet it.
NOT_IN_IDEAL = "The ideal answer does not meet it either"
OF_IDEAL = "This is the task's ideal answer, so the requirement is doubtful"


class RequirementStanding(StrEnum):
    """Whether an answer meets a requirement."""

    MET = "met"
    UNMET = "unmet"
    UNJUDGED = "unjudged"


class RequirementSource(StrEnum):
    """Who wrote a requirement down: the task's author (task.yaml, Guard), or the prompt's own words."""

    AUTHOR = "author"
    PROMPT = "prompt"


class DecidedBy(StrEnum):
    """The failures that decide a requirement on the templates as a whole: `it passes cfn-lint`, `it deploys without errors`.

    LINT: errors of linters. VALIDATION: what CloudFormation rejects in a template. DEPLOYMENT: all that AWS rejects.
    """

    LINT = "lint"
    VALIDATION = "validation"
    DEPLOYMENT = "deployment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One demand. `line` and `quote` are the prompt's; `types` the resource types that it is about, most specific first.

    `about` is one of: resource, property, value, count, parameter, output, name, tag, region, document, forbid, order, code,
    behaviour. `level` is that of the failure where it is unmet. `id` is `prompt-<line>-<n>` where it was read from the prompt.
    """

    id: str
    source: RequirementSource
    line: int
    quote: str
    about: str
    types: tuple[str, ...] = ()
    level: str = "High"
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRequirement:
    """A requirement and its standing, with the places that meet it, or what is there instead, or why it is not judged.

    `is_unseen` tells that it is not judged because the answer hides a part of itself: nothing of it counts as delivered.
    `decided_by` names the failures that decide it, None where a judge does; such a requirement makes no failure of its own.
    """

    requirement: Requirement
    standing: RequirementStanding
    evidence: tuple[Located, ...] = ()
    reason: str = ""
    is_unseen: bool = False
    decided_by: DecidedBy | None = None
