"""References: every name is defined, every attribute returned, every mapping has its key."""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Location
from grader.plan.model import PlanCode, Problem, at_reference, at_resource
from grader.plan.schemas import has_attribute, is_known_type, is_typed
from grader.template import Call, Reference, Scalar, Scope, Template, as_text, at, is_known

# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html
_PSEUDO = frozenset(
    f"AWS::{name}" for name in "AccountId NotificationARNs NoValue Partition Region StackId StackName URLSuffix".split()
)
# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
_LIMITS = {"Resources": 500, "Parameters": 200, "Outputs": 200, "Mappings": 200}
_SECTIONS = frozenset(
    "AWSTemplateFormatVersion Description Metadata Parameters Mappings Conditions Rules Transform Globals Hooks Resources "
    "Outputs".split()
)
MAX_BYTES = 1_000_000


def check_template(template: Template, region: str) -> Iterator[Problem]:
    """Report what makes CloudFormation refuse the template as such: sections, limits, types."""
    for name, key in template.root.keys.items():
        if name not in _SECTIONS:
            yield Problem(
                code=PlanCode.SECTION_UNKNOWN,
                location=Location(file=template.file, line=key.line),
                message=f"{name} is not a section of a template",
                facts={"value": name},
            )
    if not template.resources:
        yield Problem(
            code=PlanCode.NO_RESOURCES,
            location=Location(file=template.file, line=1),
            message="the template has no resource",
        )
    for name, limit in _LIMITS.items():
        count = len(template.section(name).values)
        if count > limit:
            message = f"{count} {name.lower()}, where at most {limit} are allowed"
            yield Problem(
                code=PlanCode.LIMIT,
                location=Location(file=template.file, line=template.root.keys[name].line),
                message=message,
                facts={"value": message},
            )
    if len(template.text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        yield Problem(
            code=PlanCode.LIMIT,
            location=Location(file=template.file, line=1),
            message=f"larger than {MAX_BYTES:,} bytes",
            facts={"value": "its size"},
        )
    for resource in template.resources.values():
        if not resource.type:
            yield at_resource(template, resource, "", PlanCode.TYPE_MISSING, "has no Type")
        elif not is_known_type(resource.type, region):
            message = f"{resource.type} is not a resource type that CloudFormation offers in {region}"
            yield at_resource(template, resource, "", PlanCode.TYPE_UNKNOWN, message, value=resource.type)
    if not template.transforms:
        yield from _nulls(template, region)


def _nulls(template: Template, region: str) -> Iterator[Problem]:
    """Report properties without a value, which CloudFormation refuses where their schema says what they hold.

    Where any JSON may be, such as in the definition of a state machine, null is a value. Source:
    https://github.com/aws-cloudformation/cfn-lint/issues/38 and https://github.com/aws-cloudformation/cfn-lint/pull/2242
    """
    for resource in template.resources.values():
        for path, node in template.nodes(resource):
            if not isinstance(node, Scalar) or node.value is not None:
                continue
            steps = [str(step) for step in path]
            if not any(step.startswith("Fn::") for step in steps) and is_typed(resource.type, steps, region):
                message = f"{steps[-1]} has no value: CloudFormation takes no null"
                yield at_resource(template, resource, ".".join(steps), PlanCode.NULL_VALUE, message, value=steps[-1])


def check_references(template: Template, scope: Scope, region: str) -> Iterator[Problem]:
    """Report names that are not defined, attributes that are not returned, and what a false condition takes away."""
    generated = bool(template.transforms)  # a transform adds resources that no file has
    for use in template.references:
        if use.kind == "Condition":
            if use.target not in template.conditions:
                yield at_reference(
                    template, use, PlanCode.UNDEFINED_CONDITION, f"the condition {use.target} is not defined"
                )
        elif use.kind == "FindInMap":
            if use.target not in template.section("Mappings").values and not generated:
                yield at_reference(
                    template, use, PlanCode.UNDEFINED_MAPPING, f"the mapping {use.target} is not defined"
                )
        else:
            yield from _resource(template, scope, use, region, generated)
    yield from _mappings(template, scope)


def _resource(template: Template, scope: Scope, use: Reference, region: str, generated: bool) -> Iterator[Problem]:
    target = template.resources.get(use.target)
    if target is None:
        known = use.target in _PSEUDO or (use.target in template.parameters and use.kind in ("Ref", "Sub"))
        if not known and not generated and not (use.kind == "Ref" and "Rules" in use.section):
            yield at_reference(
                template, use, PlanCode.UNDEFINED_REFERENCE, f"{use.target} is not defined", value=use.target
            )
        return
    if use.attribute and not generated and not has_attribute(target.type, use.attribute, region):
        message = f"{target.type} returns no attribute {use.attribute}"
        yield at_reference(template, use, PlanCode.ATTRIBUTE_UNKNOWN, message, value=f"{use.target}.{use.attribute}")
    owner = template.resources.get(use.owner) if use.section == "Resources" else None
    gone = use.kind != "DependsOn" and scope.exists(target) is False and (owner is None or scope.exists(owner))
    if gone and _is_active(template, scope, use):
        message = f"refers to {use.target}, which its condition {target.condition} leaves out"
        yield at_reference(template, use, PlanCode.CONDITIONAL_REFERENCE, message, value=use.target)


def _is_active(template: Template, scope: Scope, use: Reference) -> bool:
    """Whether a use is in a part of the template that its conditions keep."""
    if use.section not in ("Resources", "Outputs"):
        return False
    node = at(template.section(use.section), use.owner)
    condition = at(node, "Condition")
    if condition is not None and scope.condition(as_text(scope.value(condition))) is not True:
        return False
    return choice(template, scope, use) is True


def choice(template: Template, scope: Scope, use: Reference) -> bool | None:
    """Whether every Fn::If on the way from its owner to a use chooses it: None where a condition is open."""
    if "Fn::If" not in use.path:
        return True
    node = at(template.section(use.section), use.owner)
    chosen: bool | None = True
    for position, step in enumerate(use.path):
        if isinstance(node, Call) and step == node.name:
            if node.name == "Fn::If" and position + 1 < len(use.path) and use.path[position + 1] != 0:
                truth = scope.condition(as_text(scope.value(at(node.argument, 0))))
                if truth is None:
                    chosen = None
                elif use.path[position + 1] != (1 if truth else 2):
                    return False
            node = node.argument
        else:
            node = at(node, step)
    return chosen


def _mappings(template: Template, scope: Scope) -> Iterator[Problem]:
    section = template.section("Mappings")
    if "FindInMap" not in template.text:
        return
    for owner in ("Resources", "Outputs", "Conditions"):
        for name, root in template.section(owner).values.items():
            if owner != "Conditions" and not scope.is_created(owner, name):
                continue
            for path, node in scope.walk(root, (name,)):
                if not isinstance(node, Call) or node.name != "Fn::FindInMap" or at(node.argument, 3) is not None:
                    continue
                keys = [scope.value(at(node.argument, index)) for index in range(3)]
                if as_text(keys[0]) not in section.values or not all(is_known(key) for key in keys):
                    continue
                texts = [as_text(key) for key in keys]
                if at(section, *texts) is None:
                    resource = template.resources.get(name) if owner == "Resources" else None
                    message = f"the mapping {texts[0]} has no {texts[1]} with {texts[2]}"
                    kind = resource.type if resource else ""
                    place = ".".join(map(str, path[1:]))
                    facts = {"value": "::".join(texts)}
                    yield Problem(
                        code=PlanCode.MAPPING_KEY,
                        location=Location(file=template.file, line=node.line, resource=name, type=kind, path=place),
                        message=message,
                        facts=facts,
                    )
