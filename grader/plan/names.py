"""Names that can be used once: in a stack, over the bundle's stacks, in the account."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.model import Location
from grader.plan.model import PlanCode, Problem, Stage, at_resource
from grader.template import NAME_PROPERTIES, Call, Resource, Scope, Template, as_text, at, is_known, may_equal

_ENVIRONMENT = re.compile(r"env|stage|suffix", re.I)
# What the account may hold already, by the type whose names it is about.
_HELD = {"AWS::S3::Bucket": "buckets", "AWS::IAM::Role": "roles", "AWS::SSM::Parameter": "ssm_parameters"}


def check_names(case: Case) -> Iterator[Problem]:
    """Report names that two resources of the bundle share, and names that the account has given away."""
    owners: dict[tuple[str, str], tuple[Template, Resource]] = {}
    for template in case.templates:
        scope = case.scopes[template.file]
        for resource in template.resources.values():
            key = NAME_PROPERTIES.get(resource.type, "")
            name = _name(resource, scope, key)
            if not name or scope.exists(resource) is not True:
                continue
            other = owners.setdefault((resource.type, _key(template, name)), (template, resource))
            if other[1] is not resource and _together(case, other[0], template):
                message = f"has the name {name}, as {other[1].name} in {other[0].file} has"
                facts = {"value": name, "other": other[1].name, "place": other[0].file}
                yield at_resource(template, resource, key, PlanCode.NAME_COLLISION, message, Stage.EXECUTION, **facts)
            held = getattr(case.account, _HELD[resource.type]) if resource.type in _HELD else ()
            if name in held:
                message = f"has the name {name}, which exists in the account"
                yield at_resource(template, resource, key, PlanCode.NAME_TAKEN, message, value=name)


def _name(resource: Resource, scope: Scope, key: str) -> str:
    """Return a resource's own name, empty where it has none or only a deployment tells it."""
    node = resource.get(key) if key else None
    if node is None:
        return ""
    name = scope.text(node)
    return "" if "${Fn::" in name or "." in name.partition("${")[2].partition("}")[0] else name


def _together(case: Case, one: Template, other: Template) -> bool:
    """Whether two templates are deployed together: the same, or in one tree of nested stacks."""
    return one.file == other.file or _top(case, one) == _top(case, other)


def _key(template: Template, name: str) -> str:
    """Return what a name is compared by: one that holds the stack's name differs from template to template."""
    return f"{template.file}:{name}" if "${AWS::StackName}" in name else name


def _top(case: Case, template: Template) -> str:
    seen: set[str] = set()
    while template.file in case.parents and template.file not in seen:
        seen.add(template.file)
        template = case.parents[template.file][0]
    return template.file


def check_second_environment(case: Case) -> Iterator[Problem]:
    """Report names that a second environment of the same account would use again.

    Only in templates that tell environments apart by a parameter: the second environment has another value of it.
    """
    for template in case.templates:
        first = case.scopes[template.file]
        changed = {name: value for name in template.parameters if (value := _other_value(first, name))}
        if not changed:
            continue
        second = Scope(template, dict(first.given) | changed, case.account.pseudo, case.account.zones)
        for resource in template.resources.values():
            key = NAME_PROPERTIES.get(resource.type, "")
            name = _name(resource, first, key)
            there = first.exists(resource) is True and second.exists(resource) is True
            if name and is_known(name) and there and _name(resource, second, key) == name:
                message = f"has the name {name} in every environment"
                yield at_resource(
                    template, resource, key, PlanCode.ENVIRONMENT_COLLISION, message, Stage.AGAIN, value=name
                )


def _other_value(scope: Scope, name: str) -> str:
    """Return another value of a parameter that tells environments apart; empty for other parameters."""
    if not _ENVIRONMENT.search(name):
        return ""
    parameter = scope.template.parameters[name]
    value = as_text(scope.parameter(name))
    return next((other for other in parameter.allowed if other != value), "" if parameter.allowed else f"{value}2")


def exported(case: Case) -> dict[str, list[tuple[Template, str, int]]]:
    """Return the exports of the bundle: name to (template, output, line) of each output that exports it."""
    found: dict[str, list[tuple[Template, str, int]]] = {}
    for template in case.templates:
        scope = case.scopes[template.file]
        for output, node in template.outputs.items():
            export = at(node, "Export", "Name")
            condition = at(node, "Condition")
            if export is None or (condition is not None and scope.condition(as_text(scope.value(condition))) is False):
                continue
            found.setdefault(_key(template, scope.text(export)), []).append((template, output, export.line))
    return found


def check_exports(case: Case) -> Iterator[Problem]:
    """Report exports of one name, exports that exist, and imports of what nobody exports."""
    names = exported(case)
    for name, places in names.items():
        for index, (template, output, line) in enumerate(places):
            taken = name in case.account.exports
            if taken or (index and _together(case, places[0][0], template)):
                message = (
                    f"exports {name}, which {'exists in the account' if taken else places[0][1] + ' exports, too'}"
                )
                path = f"Outputs.{output}.Export.Name"
                yield Problem(
                    code=PlanCode.EXPORT_COLLISION,
                    location=Location(file=template.file, line=line, resource=output, path=path),
                    message=message,
                    facts={"value": name}
                    if taken
                    else {"value": name, "other": places[0][1], "place": places[0][0].file},
                )
    for template in case.templates:
        yield from _imports(
            case, template, {name.partition(f"{places[0][0].file}:")[2] or name for name, places in names.items()}
        )


def _imports(case: Case, template: Template, names: set[str]) -> Iterator[Problem]:
    scope = case.scopes[template.file]
    for resource in template.resources.values() if "ImportValue" in template.text else ():
        if scope.exists(resource) is False:
            continue
        for path, node in scope.walk(resource.node):
            if isinstance(node, Call) and node.name == "Fn::ImportValue":
                name = scope.text(node.argument)
                open_name = "${" in name or any(may_equal(name, other) for other in names)
                if name not in case.account.exports and not open_name:
                    message = f"imports {name}, which no stack exports"
                    facts = {"value": name}
                    place = ".".join(map(str, path))
                    yield Problem(
                        code=PlanCode.EXPORT_MISSING,
                        location=Location(
                            file=template.file, line=node.line, resource=resource.name, type=resource.type, path=place
                        ),
                        message=message,
                        facts=facts,
                    )
