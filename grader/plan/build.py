"""The plan of a case: stacks with their changes in order, and everything that is in their way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from grader.case import Case
from grader.errors import GradeError
from grader.model import Location
from grader.plan.graph import check_conditions, check_cycles, creation_order, graph_of
from grader.plan.model import Change, Plan, PlanCode, Problem, StackPlan
from grader.plan.names import check_exports, check_names, check_second_environment
from grader.plan.parameters import check_parameters, check_rules
from grader.plan.prerequisites import check_prerequisites
from grader.plan.references import check_references, check_template
from grader.plan.sources import unresolved_destinations, unresolved_images, unresolved_reads
from grader.plan.stacks import check_nested
from grader.support.text import error_line
from grader.template import NAME_PROPERTIES, Scope, Template, as_text

MAX_RESOURCES = 20_000
MAX_REFERENCES = 500_000


class _Problems:
    """The problems that the checks find, and the checks that could not judge the case."""

    def __init__(self) -> None:
        self.found: list[Problem] = []
        self.unjudged: list[str] = []

    def of(self, check: Callable[..., Iterable[Problem]], *arguments: object) -> None:
        """Run a check. One that crashes keeps what it found before, and loses nothing of the others."""
        try:
            for problem in check(*arguments):
                self.found.append(problem)
        except GradeError:  # the response is over a limit
            raise
        except Exception as error:  # what a response can hold is endless
            self.unjudged.append(f"{check.__name__}: {error_line(error)}")


def make_plan(case: Case) -> Plan:
    """Work out what CloudFormation would do with a bundle in the case's account.

    Templates are taken as written: macros and transforms are not expanded. The work is linear in the size of the templates;
    one that is over 20,000 resources or 500,000 references is refused as a whole.
    """
    problems = _Problems()
    problems.found += (
        Problem(
            code=PlanCode.SYNTAX,
            location=Location(file=broken.file, line=broken.error.line),
            message=broken.error.message,
            facts={"value": broken.error.message},
        )
        for broken in case.broken
    )
    stacks = []
    for template in _parents_first(case):
        scope = case.scopes[template.file]
        if len(template.resources) > MAX_RESOURCES or len(template.references) > MAX_REFERENCES:
            message = f"more than {MAX_RESOURCES:,} resources or {MAX_REFERENCES:,} references: not planned"
            problems.found.append(
                Problem(
                    code=PlanCode.LIMIT,
                    location=Location(file=template.file, line=1),
                    message=message,
                    facts={"value": message},
                )
            )
            continue
        graph = graph_of(case, template)
        problems.of(check_template, template, case.account.region)
        problems.of(check_parameters, case, template, scope)
        problems.of(check_rules, template, scope)
        problems.of(check_conditions, template)
        problems.of(check_references, template, scope, case.account.region)
        problems.of(check_cycles, template, graph)
        problems.of(check_nested, case, template, scope)
        stacks.append(_stack(case, template, scope, creation_order(graph)))
    problems.of(check_names, case)
    problems.of(check_exports, case)
    problems.of(check_second_environment, case)
    problems.of(check_prerequisites, case)
    problems.of(unresolved_reads, case)
    problems.of(unresolved_images, case)
    problems.of(unresolved_destinations, case)
    return Plan(tuple(stacks), tuple(problems.found), tuple(problems.unjudged))


def _parents_first(case: Case) -> Iterator[Template]:
    done: set[str] = set()
    todo = list(case.roots)
    while todo:
        template = todo.pop(0)
        if template.file in done:
            continue
        done.add(template.file)
        yield template
        todo.extend(one for one in case.templates if case.parents.get(one.file, (None,))[0] is template)
    yield from (template for template in case.templates if template.file not in done)


def _stack(case: Case, template: Template, scope: Scope, order: list[str]) -> StackPlan:
    parent = case.parents.get(template.file)
    return StackPlan(
        template.file,
        f"{parent[0].file}:{parent[1].name}" if parent else "",
        {name: _shown(scope, name) for name in template.parameters},
        {name: scope.condition(name) for name in template.conditions},
        tuple(_change(template, scope, name) for name in order),
    )


def _shown(scope: Scope, name: str) -> str:
    parameter = scope.template.parameters[name]
    return "****" if parameter.no_echo else as_text(scope.parameter(name))


def _change(template: Template, scope: Scope, name: str) -> Change:
    resource = template.resources[name]
    key = NAME_PROPERTIES.get(resource.type)
    own = scope.text(resource.get(key)) if key and resource.get(key) is not None else ""
    return Change("Add", name, resource.type, own, open=scope.exists(resource) is None)
