"""Explicit names of resources, and the prompt's sentences that ask for them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.rules._shared import environment_parameters
from grader.task.prompt import Sentence
from grader.template import NAME_PROPERTIES, AnyNode, Call, Resource, Scope, Template, as_text, is_known, text_of

# Names that AWS prescribes: another name, or a suffix, makes the feature fail.
# Sources: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.html#CHAP_Security.APIRole,
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html
_PRESCRIBED = frozenset(
    {
        "AWSCloudFormationStackSetAdministrationRole",
        "AWSCloudFormationStackSetExecutionRole",
        "dms-access-for-endpoint",
        "dms-cloudwatch-logs-role",
        "dms-vpc-role",
    }
)
# Names that other programs look up, or that group what the service writes: a fixed one is the usual form.
_LOOKED_UP = frozenset({"AWS::CloudWatch::Alarm", "AWS::KMS::Alias", "AWS::Logs::LogGroup", "AWS::SSM::Parameter"})
# Further types whose names are unique in an account and region, beside those whose Ref returns the name.
_NAMES = dict(NAME_PROPERTIES) | {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "Name",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "Name",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
}
_NAMING = re.compile(r"\b(nam(e|es|ed|ing)|prefix(ed|es)?|called|suffix(ed|es)?)\b", re.I)
_CONVENTION = re.compile(
    r"\bnaming (convention|pattern|scheme|standard)|\bnames?\b[^.]{0,60}\b(must|should|start|begin|include|contain|follow|use)"
    r"|\bprefix(ed)?\b|\bexplicit(ly)? nam",
    re.I,
)
_PATTERN = re.compile(
    r"\bnaming (convention|pattern|scheme|standard)|\bnames?\b[^.]{0,40}\b(pattern|format|convention)\b", re.I
)
_WORD = re.compile(r"[\w][\w./-]*")


def named(case: Case, *types: str) -> Iterator[tuple[Template, Resource, str, str]]:
    """Yield the resources that are created with a name of their own: template, resource, property and name.

    What only a deployment gives is in the name as `${Name}`. Names that AWS prescribes are left out.
    """
    for template, resource in case.resources(*(types or tuple(_NAMES))):
        scope = case.scopes[template.file]
        key = _NAMES.get(resource.type, "")
        name = scope.text(resource.get(key)) if key and scope.exists(resource) is not False else ""
        if name and name not in _PRESCRIBED:
            yield template, resource, key, name


def is_free(kind: str) -> bool:
    """Whether CloudFormation may as well choose the name of a type: nothing outside has to know it."""
    return kind not in _LOOKED_UP


def is_literal(node: AnyNode | None) -> bool:
    """Whether a name is written out: a text, or an Fn::Sub without variables."""
    if isinstance(node, Call) and node.name == "Fn::Sub":
        node = node.argument
    text = text_of(node)
    return text is not None and "${" not in text


def in_second_environment(case: Case, template: Template) -> Scope | None:
    """Return the template's values with another value of its environment parameters; None where it has none."""
    first = case.scopes[template.file]
    changed = {name: value for name in environment_parameters(template) if (value := _other(first, name))}
    return Scope(template, dict(first.given) | changed, case.account.pseudo, case.account.zones) if changed else None


def _other(scope: Scope, name: str) -> str:
    parameter = scope.template.parameters[name]
    value = as_text(scope.parameter(name)) if is_known(scope.parameter(name)) else parameter.default or ""
    return next((other for other in parameter.allowed if other != value), "" if parameter.allowed else f"{value}2")


def ordered(case: Case, name: str) -> Sentence | None:
    """Return the sentence of the prompt that gives a name, or a prefix of it; None where the prompt gives neither."""
    written = case.request.orders(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
    return written or next((one for one in case.request.sentences if _gives(one, name.lower())), None)


def _gives(sentence: Sentence, name: str) -> bool:
    if not _NAMING.search(sentence.text):
        return False
    words = (word.rstrip("-_./").lower() for word in _WORD.findall(sentence.text))
    return any(len(word) > 2 and re.match(rf"{re.escape(word)}(?![a-z0-9])", name) for word in words)


def convention(case: Case) -> Sentence | None:
    """Return the sentence of the prompt that says how resources are named, None where none does."""
    return next((one for one in case.request.sentences if _CONVENTION.search(one.text)), None)


def pattern(case: Case) -> Sentence | None:
    """Return the sentence of the prompt that gives the form of names, part by part; None where none does."""
    return next((one for one in case.request.sentences if _PATTERN.search(one.text)), None)


def parameters_of(template: Template, resource: Resource, key: str) -> list[str]:
    """Return the parameters that a property of a resource contains."""
    path = ("Properties", key)
    uses = [use for use in template.references if use.owner == resource.name and use.path[:2] == path]
    return [use.target for use in uses if use.target in template.parameters]


def composed_names(template: Template) -> list[str]:
    """Return the resources of a template whose names contain a parameter, in order."""
    return [
        resource.name
        for resource in template.resources.values()
        if parameters_of(template, resource, _NAMES.get(resource.type, "-"))
    ]
