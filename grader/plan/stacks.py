"""Nested stacks as one whole: what a parent passes, what its child takes, what it reads back."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.plan.model import PlanCode, Problem, at_reference, at_resource
from grader.template import AnyNode, Call, Map, Resource, Scope, Template

STACK = "AWS::CloudFormation::Stack"
_LIST_CALLS = ("Fn::GetAZs", "Fn::Split", "Fn::Cidr")


def check_nested(case: Case, template: Template, scope: Scope) -> Iterator[Problem]:
    """Report what does not fit between a template and the nested stacks that it names."""
    for stack in template.of_type(STACK):
        if scope.exists(stack) is False:
            continue
        child = case.child_of(template, stack)
        if child is None and case.is_unread_child(template, stack):
            continue
        if child is None:
            url = scope.text(stack.get("TemplateURL"))
            if url and not re.fullmatch(r"\$\{\w+\}", url) and not url.startswith("${"):
                message = f"takes its template from {url}, and no such template is in the bundle"
                yield at_resource(
                    template, stack, "TemplateURL", PlanCode.NESTED_TEMPLATE_MISSING, message, value=url, bucket=url
                )
            continue
        yield from _circle(case, template, stack, child)
        yield from _parameters(template, stack, child)
        yield from _outputs(template, stack, child)


def _circle(case: Case, template: Template, stack: Resource, child: Template) -> Iterator[Problem]:
    seen = {template.file}
    todo = [child]
    while todo:
        current = todo.pop()
        if current.file == template.file:
            message = f"nests {child.file}, which nests {template.file} again"
            yield at_resource(
                template, stack, "TemplateURL", PlanCode.NESTED_CYCLE, message, value=child.file, says=message
            )
            return
        if current.file in seen:
            continue
        seen.add(current.file)
        below = (case.child_of(current, inner) for inner in current.of_type(STACK))
        todo.extend(one for one in below if one is not None)


def _parameters(template: Template, stack: Resource, child: Template) -> Iterator[Problem]:
    passed = stack.get("Parameters")
    if passed is not None and not isinstance(passed, Map):
        return
    given = passed.values if isinstance(passed, Map) else {}
    for name, node in given.items():
        path = f"Parameters.{name}"
        if name not in child.parameters:
            message = f"passes {name}, which {child.file} does not take"
            yield at_resource(
                template, stack, path, PlanCode.NESTED_PARAMETER_UNKNOWN, message, value=name, child=child.file
            )
        elif _is_list(template, node):
            message = f"passes a list as {name}: a nested stack takes texts, joined by commas"
            yield at_resource(template, stack, path, PlanCode.NESTED_TYPE, message, value=name, child=child.file)
    for parameter in child.parameters.values():
        if parameter.default is None and parameter.name not in given:
            message = f"does not pass {parameter.name}, which {child.file} needs"
            path = "Parameters" if given else ""
            yield at_resource(
                template,
                stack,
                path,
                PlanCode.NESTED_PARAMETER_MISSING,
                message,
                value=parameter.name,
                child=child.file,
            )


def _is_list(template: Template, node: AnyNode) -> bool:
    """Whether a node gives a list, where CloudFormation wants a text."""
    if isinstance(node, Call):
        if node.name in _LIST_CALLS:
            return True
        if node.name == "Ref" and not isinstance(node.argument, Map | Call):
            parameter = template.parameters.get(getattr(node.argument, "text", ""))
            return parameter is not None and (
                parameter.type.startswith("List<") or parameter.type == "CommaDelimitedList"
            )
        return False
    return isinstance(node, Map)


def _outputs(template: Template, stack: Resource, child: Template) -> Iterator[Problem]:
    for use in template.uses.get(stack.name, ()):
        section, _, name = use.attribute.partition(".")
        if section == "Outputs" and name and name not in child.outputs:
            message = f"reads the output {name} of {stack.name}, which {child.file} does not have"
            yield at_reference(
                template, use, PlanCode.NESTED_OUTPUT_MISSING, message, value=f"{stack.name}.{use.attribute}"
            )


def stack_of(case: Case, template: Template) -> str:
    """Return how a template's stack is called in messages: its parent's logical id, or its file."""
    parent = case.parents.get(template.file)
    return parent[1].name if parent else template.file
