"""What Ref and attributes return, and what properties require: names and ids are not ARNs, and ARNs are not names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from grader.case import Case
from grader.model import Located, Location
from grader.plan.schemas import has_attribute, pattern_at, reference_returns
from grader.support.markdown import code
from grader.template import AnyNode, Call, Resource, Scalar, Template, children, dotted, items_of

_ARN_KEY = re.compile(r"(^|[a-z])(Arn|ARN)s?$")
_OWN = re.compile(r"^\$\{(\w+)\}(?P<rest>.*)$", re.S)
_ATTRIBUTE = re.compile(r"^\$\{(\w+)\.(?P<name>[\w.]+)\}$")
_OF_NAME = re.compile(r"(Name|Id|URL|Url|Endpoint|Address|Zone)$")
# Types whose attributes are what their author makes of them.
_FREE_TYPES = ("Custom::", "AWS::CloudFormation::", "AWS::ServiceCatalog::")
# Properties that take an ARN, and whose name does not say so.
# Source: the API reference of each; the registry schemas give patterns for others.
_ARN_PROPERTIES = frozenset(
    {
        ("AWS::Lambda::Function", "Role"),
        ("AWS::Logs::LogGroup", "KmsKeyId"),
    }
)
# Properties whose name ends in Arn, and that take a short name as well.
# Sources: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html,
# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterTaskWithMaintenanceWindow.html,
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ecs-capacityprovider-autoscalinggroupprovider.html
_NAMES_TOO = frozenset(
    {
        ("AWS::ECS::CapacityProvider", "AutoScalingGroupArn"),
        ("AWS::ECS::TaskDefinition", "TaskRoleArn"),
        ("AWS::ECS::TaskDefinition", "ExecutionRoleArn"),
        ("AWS::Batch::JobDefinition", "JobRoleArn"),
        ("AWS::Batch::JobDefinition", "ExecutionRoleArn"),
        ("AWS::Backup::BackupVault", "EncryptionKeyArn"),  # an alias may pass: not found in the documentation
        ("AWS::SSM::MaintenanceWindowTask", "TaskArn"),
    }
)
_SAMPLE_ARN = "arn:aws:service:us-east-1:123456789012:kind/name"
_SAMPLE_NAMES = ("name", "a-1234abcd", "1234abcd-12ab-34cd-56ef-1234567890ab")
MAX_DEPTH = 40


def wrong_forms(case: Case) -> Iterator[Located]:
    """Yield values that are a name or an id where AWS requires an ARN, and ARNs where it requires a name."""
    region = case.account.region
    for template, resource in case.resources():
        if case.scopes[template.file].exists(resource) is False:
            continue
        for path, node in _values(resource):
            found = _judge(case, template, resource, path, node, region)
            if found:
                yield found


def _values(resource: Resource) -> Iterator[tuple[tuple[str | int, ...], AnyNode]]:
    """Yield the scalars and functions below a resource's properties that may be ARNs, with their paths."""
    stack: list[tuple[tuple[str | int, ...], AnyNode]] = [((), resource.properties)]
    while stack:
        path, node = stack.pop()
        if isinstance(node, Call) and node.name == "Fn::If":
            stack += [(path, item) for item in items_of(node.argument)[1:]]
        elif isinstance(node, Call | Scalar):
            yield path, node
        elif len(path) < MAX_DEPTH and not (
            path and path[-1] in ("PolicyDocument", "AssumeRolePolicyDocument", "KeyPolicy")
        ):
            stack += [((*path, step), child) for step, child in children(node)]


def _judge(
    case: Case, template: Template, resource: Resource, path: tuple[str | int, ...], node: AnyNode, region: str
) -> Located | None:
    text = case.scopes[template.file].text(node)
    own, attribute = _OWN.match(text), _ATTRIBUTE.match(text)
    steps = tuple(map(str, path))
    found: tuple[str, dict[str, str]] | None = None
    if own and own.group(1) in template.resources:
        found = _by_reference(
            template.resources[own.group(1)], own["rest"], text, resource, steps, _named(path, resource), region
        )
    if not found and _is_literal(node, text) and _wants_arn(resource.type, steps, region):
        found = _not_arn(
            f"{dotted(path)} is {text}, which is not an ARN",
            f"{_named(path, resource)} requires an ARN, and gets {code(text)}",
            f"The value at line {node.line} is written as a text that does not begin with `arn:`.",
            f"Write an ARN as {_named(path, resource)}: Fn::GetAtt of a resource returns it.",
        )
    if not found and attribute and attribute.group(1) in template.resources:
        found = _by_attribute(
            template.resources[attribute.group(1)],
            attribute["name"],
            text,
            resource,
            steps,
            _named(path, resource),
            region,
        )
    return _located(template, resource, path, node, *found) if found else None


def _named(path: tuple[str | int, ...], resource: Resource) -> str:
    return f"{code(dotted(path))} of {code(resource.name)}"


def _not_arn(detail: str, plain: str, because: str, remedy: str) -> tuple[str, dict[str, str]]:
    return detail, {"plain": plain, "because": because, "remedy": remedy}


def _by_reference(
    target: Resource, rest: str, text: str, resource: Resource, steps: tuple[str, ...], place: str, region: str
) -> tuple[str, dict[str, str]] | None:
    """Describe a Ref that returns a name or an id, where an ARN is required."""
    if reference_returns(target.type, region) != "name" or not _wants_arn(resource.type, steps, region):
        return None
    needed = f"!Sub '${{{target.name}.Arn}}{rest}'" if rest else _by_arn(target, region)
    detail, facts = _not_arn(
        f"{dotted(steps)} is {text}, and Ref of {target.name} ({target.type}) returns its name or id",
        f"{place} requires an ARN, and gets {code(text)}",
        f"Ref of {code(target.name)} ({code(target.type)}) returns a name or an id.",
        f"Write {code(needed)}.",
    )
    return detail, facts | {"needed": needed}


def _by_attribute(
    target: Resource, attribute: str, text: str, resource: Resource, steps: tuple[str, ...], place: str, region: str
) -> tuple[str, dict[str, str]] | None:
    """Describe an attribute that is not an ARN where an ARN is required, or the ARN where a name is."""
    if _is_name(target, attribute, region) and _wants_arn(resource.type, steps, region):
        needed = _by_arn(target, region)
        detail, facts = _not_arn(
            f"{dotted(steps)} is {attribute} of {target.name} ({target.type}), which is not an ARN",
            f"{place} requires an ARN, and gets {code(text)}",
            f"The attribute {code(attribute)} of {code(target.name)} ({code(target.type)}) is not its ARN.",
            f"Write {code(needed)}.",
        )
        return detail, facts | {"needed": needed}
    returns_name = attribute in ("Arn", "ARN") and reference_returns(target.type, region) == "name"
    if not returns_name or not _wants_name(resource.type, steps, region):
        return None
    needed = f"!Ref {target.name}"
    detail, facts = _not_arn(
        f"{dotted(steps)} is the ARN of {target.name} ({target.type}), and the property requires its name or id",
        f"{place} requires a name or an id, and gets the ARN of {code(target.name)}",
        f"Fn::GetAtt returns the ARN of {code(target.name)}; Ref returns its name or id.",
        f"Write {code(needed)}.",
    )
    return detail, facts | {"needed": needed}


def _is_name(target: Resource, attribute: str, region: str) -> bool:
    """Whether an attribute that a type has is a name, an id or an address."""
    known = not target.type.startswith(_FREE_TYPES) and has_attribute(target.type, attribute, region)
    return known and _OF_NAME.search(attribute) is not None


def _by_arn(target: Resource, region: str) -> str:
    """Return the reference that gives the ARN of a resource."""
    if reference_returns(target.type, region) == "arn":
        return f"!Ref {target.name}"
    return f"!GetAtt {target.name}.Arn"


def _is_literal(node: AnyNode, text: str) -> bool:
    """Whether a value is written in place, known at its start, and cannot be an ARN; a parameter's value is another rule's."""
    written = isinstance(node, Scalar) or (isinstance(node, Call) and node.name in ("Fn::Sub", "Fn::Join"))
    start = text.split("${")[0]
    return written and bool(start) and start != "*" and not start.startswith(("arn", "{{resolve:"))


def _located(
    template: Template,
    resource: Resource,
    path: tuple[str | int, ...],
    node: AnyNode,
    detail: str,
    facts: dict[str, str],
) -> Located:
    place = Location(
        file=template.file,
        line=node.line,
        resource=resource.name,
        type=resource.type,
        path=f"Properties.{dotted(path)}",
    )
    return Located(location=place, message=detail, facts={"says": detail, **facts})


def _key(steps: tuple[str, ...]) -> str:
    return next((step for step in reversed(steps) if not step.isdigit()), "")


@cache
def _wants_arn(type: str, steps: tuple[str, ...], region: str) -> bool:
    """Whether a property takes ARNs only: by its name, by the schema's pattern, or by the list here."""
    if (type, _key(steps)) in _NAMES_TOO or type.startswith(("Custom::", "AWS::CloudFormation::", "AWS::Serverless::")):
        return False
    if (type, _key(steps)) in _ARN_PROPERTIES:
        return True
    pattern = _pattern(type, steps, region)
    if pattern is not None:
        return pattern.pattern.startswith(("^arn:", "arn:")) and not any(pattern.search(one) for one in _SAMPLE_NAMES)
    return _ARN_KEY.search(_key(steps)) is not None


@cache
def _wants_name(type: str, steps: tuple[str, ...], region: str) -> bool:
    """Whether the schema's pattern of a property accepts names, and no ARN."""
    pattern = _pattern(type, steps, region)
    if pattern is None or "arn" in pattern.pattern.lower() or type.startswith(("Custom::", "AWS::CloudFormation::")):
        return False
    return any(pattern.search(name) for name in _SAMPLE_NAMES) and not pattern.search(_SAMPLE_ARN)


def _pattern(type: str, steps: tuple[str, ...], region: str) -> re.Pattern[str] | None:
    text = pattern_at(type, steps, region)
    try:
        return re.compile(text) if text else None
    except re.error:
        return None
