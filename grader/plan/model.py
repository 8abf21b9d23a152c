"""The plan as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from grader.model import Located, Location
from grader.template import Parameter, Reference, Resource, Template


class Stage(StrEnum):
    """When CloudFormation finds a problem: when the change set is created, when it is executed, in some executions (two resources
    are created at the same time), or only when a second environment is deployed beside the first."""

    CHANGE_SET = "change-set"
    EXECUTION = "execution"
    RACE = "race"
    AGAIN = "second-environment"


class PlanCode(StrEnum):
    """What a problem of the plan is about; rules name these codes as `plan:<code>` in `stands_for`."""

    ATTRIBUTE_UNKNOWN = "attribute-unknown"
    CONDITION_CYCLE = "condition-cycle"
    CONDITIONAL_REFERENCE = "conditional-reference"
    CYCLE = "cycle"
    ENVIRONMENT_COLLISION = "environment-collision"
    EXPORT_COLLISION = "export-collision"
    EXPORT_MISSING = "export-missing"
    KEY_PAIR_MISSING = "key-pair-missing"
    LIMIT = "limit"
    MAPPING_KEY = "mapping-key"
    NAME_COLLISION = "name-collision"
    NAME_TAKEN = "name-taken"
    NESTED_CYCLE = "nested-cycle"
    NESTED_OUTPUT_MISSING = "nested-output-missing"
    NESTED_PARAMETER_MISSING = "nested-parameter-missing"
    NESTED_PARAMETER_UNKNOWN = "nested-parameter-unknown"
    NESTED_TEMPLATE_MISSING = "nested-template-missing"
    NESTED_TYPE = "nested-type"
    NO_RESOURCES = "no-resources"
    NULL_VALUE = "null-value"
    PARAMETER_MISSING = "parameter-missing"
    PARAMETER_TYPE = "parameter-type"
    PARAMETER_VALUE = "parameter-value"
    PLACEHOLDER = "placeholder"
    QUOTA = "quota"
    RESERVED_CONCURRENCY = "reserved-concurrency"
    ROLE_MISSING = "role-missing"
    RULE = "rule"  # a rule or a fact of the catalogue, named in `facts`: make_plan itself reports none
    RULE_ASSERTION = "rule-assertion"
    SECTION_UNKNOWN = "section-unknown"
    SOURCE_MISSING = "source-missing"
    SYNTAX = "syntax"
    TYPE_MISSING = "type-missing"
    TYPE_UNKNOWN = "type-unknown"
    UNDEFINED_CONDITION = "undefined-condition"
    UNDEFINED_MAPPING = "undefined-mapping"
    UNDEFINED_REFERENCE = "undefined-reference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem(Located):
    """Something that CloudFormation refuses. `code` names the kind; rules of the catalogue stand for it."""

    code: PlanCode
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


NOT_REFUSED = "not-refused"
_ANSWERS = {Stage.CHANGE_SET: "refused", Stage.EXECUTION: "fails", Stage.RACE: "may-fail"}


@dataclass(frozen=True, slots=True)
class Plan:
    """The stacks of a bundle, parents before children, and what is in their way.

    `unjudged` names the checks that crashed on the bundle, each with its error.
    """

    stacks: tuple[StackPlan, ...]
    problems: tuple[Problem, ...]
    unjudged: tuple[str, ...] = ()

    @property
    def answer(self) -> str:
        """The most severe of what is known: `refused` (no change set), `fails` (on execution), `may-fail` or `not-refused`.

        `not-refused` is not a promise: nothing that is known here refuses the stack.
        """
        stages = {problem.stage for problem in self.problems}
        return next((answer for stage, answer in _ANSWERS.items() if stage in stages), NOT_REFUSED)

    @property
    def is_blocked(self) -> bool:
        """Whether CloudFormation is known to refuse the stacks, or to fail on execution."""
        return any(problem.stage in (Stage.CHANGE_SET, Stage.EXECUTION) for problem in self.problems)


def at_resource(
    template: Template,
    resource: Resource,
    path: str,
    code: PlanCode,
    message: str,
    stage: Stage = Stage.CHANGE_SET,
    **facts: str,
) -> Problem:
    """Make a problem at a property of a resource."""
    line = resource.line_of(path) if path else resource.line
    place = f"Properties.{path}" if path else ""
    return Problem(
        code=code,
        location=Location(file=template.file, line=line, resource=resource.name, type=resource.type, path=place),
        message=message,
        facts=facts,
        stage=stage,
    )


def at_reference(template: Template, use: Reference, code: PlanCode, message: str, **facts: str) -> Problem:
    """Make a problem at the use of a name."""
    resource = template.resources.get(use.owner) if use.section == "Resources" else None
    path = ".".join(str(step) for step in use.path)
    return Problem(
        code=code,
        location=Location(
            file=template.file, line=use.line, resource=use.owner, type=resource.type if resource else "", path=path
        ),
        message=message,
        facts=facts,
    )


def at_parameter(
    template: Template, parameter: Parameter, key: str, code: PlanCode, message: str, **facts: str
) -> Problem:
    """Make a problem at a field of a parameter."""
    path = f"Parameters.{parameter.name}.{key}".rstrip(".")
    facts = {"parameter": parameter.name} | facts
    return Problem(
        code=code,
        location=Location(file=template.file, line=parameter.line_of(key), resource=parameter.name, path=path),
        message=message,
        facts=facts,
    )
