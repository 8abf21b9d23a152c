"""The plan as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from grader.template import Parameter, Reference, Resource, Template


class Stage(StrEnum):
    """When CloudFormation finds a problem: when the change set is created, when it is executed, or only when a second
    environment is deployed beside the first."""

    CHANGE_SET = "change-set"
    EXECUTION = "execution"
    AGAIN = "second-environment"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that CloudFormation refuses, with its place. `code` names the kind; rules of the catalogue stand for it."""

    code: str
    file: str
    line: int
    message: str
    resource: str = ""
    type: str = ""
    path: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    stage: Stage = Stage.CHANGE_SET


@dataclass(frozen=True, slots=True)
class Change:
    """One resource that would be created. `name` is empty where CloudFormation makes one up; `open` where a condition is."""

    action: str
    logical_id: str
    type: str
    name: str
    replacement: str = "-"
    open: bool = False


@dataclass(frozen=True, slots=True)
class StackPlan:
    """One stack: its template, the stack resource it is nested by (empty for a root), and its changes in order."""

    file: str
    parent: str
    parameters: Mapping[str, str]
    conditions: Mapping[str, bool | None]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The stacks of a bundle, parents before children, and what is in their way."""

    stacks: tuple[StackPlan, ...]
    problems: tuple[Problem, ...]

    @property
    def answer(self) -> str:
        """What CloudFormation would answer: `refused` (no change set), `fails` (on execution) or `deploys`."""
        stages = {problem.stage for problem in self.problems}
        return "refused" if Stage.CHANGE_SET in stages else "fails" if Stage.EXECUTION in stages else "deploys"


def at_resource(
    template: Template,
    resource: Resource,
    path: str,
    code: str,
    message: str,
    stage: Stage = Stage.CHANGE_SET,
    **facts: str,
) -> Problem:
    """Make a problem at a property of a resource."""
    line = resource.line_of(path) if path else resource.line
    place = f"Properties.{path}" if path else ""
    return Problem(code, template.file, line, message, resource.name, resource.type, place, facts, stage)


def at_reference(template: Template, use: Reference, code: str, message: str, **facts: str) -> Problem:
    """Make a problem at the use of a name."""
    resource = template.resources.get(use.owner) if use.section == "Resources" else None
    path = ".".join(str(step) for step in use.path)
    return Problem(code, template.file, use.line, message, use.owner, resource.type if resource else "", path, facts)


def at_parameter(template: Template, parameter: Parameter, key: str, code: str, message: str, **facts: str) -> Problem:
    """Make a problem at a field of a parameter."""
    path = f"Parameters.{parameter.name}.{key}".rstrip(".")
    facts = {"parameter": parameter.name} | facts
    return Problem(code, template.file, parameter.line_of(key), message, parameter.name, "", path, facts)
