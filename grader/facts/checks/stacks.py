"""Checks of what CloudFormation waits for and of what it is given: signals, handles, transforms and parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from grader.case import Case
from grader.facts.checks.base import Broken, Check
from grader.facts.places import Place, places, root_of, target_of
from grader.support.markdown import code
from grader.support.text import is_natural
from grader.template import Call, as_text

_SIGNAL = re.compile(r"cfn-signal|signal-resource|signal_resource|SignalResource", re.I)
_OPEN = re.compile(r"\$\{[^}]*\}")  # a script that only a deployment knows
_NAMED = re.compile(r"cfn-signal(?:[^\n]|\\\n)*?--resource[ =]+[\"']?(?P<name>\w+)\b(?!\})")


def creation_signals(case: Case, root: Place) -> Iterator[Broken]:
    """Report a resource that waits for signals which its user data does not send, or sends for another resource."""
    scope = case.scopes[root.template.file]
    policy = root.resource.node.get("CreationPolicy")
    value = scope.value(policy) if policy is not None else None
    signal = value.get("ResourceSignal") if isinstance(value, dict) else None
    if not isinstance(signal, dict) or as_text(signal.get("Count", 1)) == "0":
        return
    scripts = list(_user_data(case, root))
    if not scripts or any(place.is_absent for place in scripts):
        return
    texts = [_script(case, place) for place in scripts]
    text = "\n".join(texts)
    if not _SIGNAL.search(text):
        if not any(_SIGNAL.search(item) for item in _everything(case)) and not any(
            _OPEN.fullmatch(one) for one in texts
        ):
            yield Broken(root, f"nothing sends the signals that {root.resource.name} waits for")
        return
    named = {match["name"] for match in _NAMED.finditer(text)}
    waiting = {one.name for one in root.template.resources.values() if one.node.get("CreationPolicy") is not None}
    wrong = sorted(named - waiting)
    if wrong and not named & {root.resource.name}:
        yield Broken(root, f"its user data signals {code(wrong[0])} and not {root.resource.name}")


def _everything(case: Case) -> Iterator[str]:
    for template in case.templates:
        yield template.text
    for document in case.documents:
        yield document.text


def _script(case: Case, place: Place) -> str:
    """Return a script before it is encoded."""
    node = place.node
    if isinstance(node, Call) and node.name == "Fn::Base64":
        return case.scopes[place.template.file].text(node.argument)
    return place.text


def _user_data(case: Case, root: Place) -> Iterator[Place]:
    """Yield the user data of an instance or of what an Auto Scaling group launches, where it is in the template."""
    yield from (place for place in places(case, root, "UserData") if not place.is_absent)
    for path in (
        "LaunchTemplate.LaunchTemplateId",
        "LaunchTemplate.LaunchTemplateName",
        "LaunchConfigurationName",
        "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification.LaunchTemplateId",
    ):
        for place in places(case, root, path):
            target = target_of(case, place)
            if target is not None:
                inner = "UserData" if target.type.endswith("LaunchConfiguration") else "LaunchTemplateData.UserData"
                yield from places(case, root_of(root.template, target), inner)


def condition_signals(case: Case, root: Place) -> Iterator[Broken]:
    """Report a wait condition whose handle nothing but wait conditions uses, so that nothing can signal it."""
    [handle], [count] = (places(case, root, name) for name in ("Handle", "Count"))
    target = target_of(case, handle)
    if target is None or (is_natural(count.text) and int(count.text) == 0):
        return
    waiting = {one.name for one in root.template.of_type("AWS::CloudFormation::WaitCondition")}
    if all(use.owner in waiting for use in root.template.uses.get(target.name, ())):
        yield Broken(root, f"nothing gets the address of {target.name}, to which signals are sent")


def hosted_rotation_transform(case: Case, root: Place) -> Iterator[Broken]:
    """Report a hosted rotation function in a template without the transform that creates it."""
    [hosted] = places(case, root, "HostedRotationLambda")
    names = root.template.transforms
    if not hosted.is_absent and not any(name.startswith("AWS::SecretsManager") for name in names):
        yield Broken(hosted, "the template has no transform `AWS::SecretsManager-2024-09-16`")


def stack_parameter_lists(case: Case, root: Place) -> Iterator[Broken]:
    """Report a parameter of a nested stack that is a list or an object."""
    for place in places(case, root, "Parameters.~"):
        if isinstance(place.value, list | dict) and place.node is not None:
            kind = "a list" if isinstance(place.value, list) else "an object"
            yield Broken(place, f"the parameter {code(place.path[-1])} is {kind}")


CHECKS: Mapping[str, Check] = {
    "creation-signals": creation_signals,
    "condition-signals": condition_signals,
    "hosted-rotation-transform": hosted_rotation_transform,
    "stack-parameter-lists": stack_parameter_lists,
}
