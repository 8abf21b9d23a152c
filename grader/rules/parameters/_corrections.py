"""Edits that correct parameters: a default that works, or none of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue.corrections import set_value, template_of, without_names
from grader.model import Action, Edit, Finding, Steps
from grader.rules.identity._corrections import password_of
from grader.rules.parameters._parameters import is_secret
from grader.template import Parameter, Sequence, Template, plain

# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
MAX_NAME = 255  # characters of a parameter's name
# Defaults that work in any account, by what the name of a parameter ends in.
_DEFAULTS = (
    (re.compile(r"(environment|env|stage)(name|type)?$", re.I), "dev"),
    (re.compile(r"(environment|env|stack|resource|name)suffix$", re.I), "dev"),
    (re.compile(r"(project|application|app|service|stack)(name|prefix)$", re.I), "app"),
    (re.compile(r"vpccidr(block)?$", re.I), "10.0.0.0/16"),
    (re.compile(r"(master|admin|db|database)+user(name)?$", re.I), "dbadmin"),
    (re.compile(r"(db|database)name$", re.I), "appdb"),
)


def with_default(case: Case, finding: Finding) -> Iterator[Edit]:
    """Give a parameter a default: its first allowed value, or the usual one for its name. A password needs no parameter."""
    template = template_of(case, finding)
    parameter = template.parameters.get(finding.facts.get("parameter", finding.resource)) if template else None
    if template is None or parameter is None or parameter.default is not None:
        return
    if is_secret(parameter):
        yield from _without_password(case, template, parameter.name)
        return
    if re.search(r"e-?mail", parameter.name, re.I) and (optional := list(_optional_address(template, parameter))):
        yield from optional
        return
    value = parameter.allowed[0] if parameter.allowed else None
    if value is None and parameter.type == "String":
        value = next((default for pattern, default in _DEFAULTS if pattern.search(parameter.name[:MAX_NAME])), None)
    allowed = parameter.text("AllowedPattern")
    if value is not None and (allowed is None or _matches(allowed, value)):
        yield set_value(("Parameters", parameter.name, "Default"), value)


def _optional_address(template: Template, parameter: Parameter) -> Iterator[Edit]:
    """Subscribe an address to topics only where one is given; nothing where the parameter is used elsewhere, too."""
    name, condition = parameter.name, f"Has{parameter.name}"
    subscriptions: dict[Steps, Edit] = {}
    for use in template.uses.get(name, ()):
        resource = template.resources.get(use.owner) if use.section == "Resources" and use.kind == "Ref" else None
        if resource is None or "Endpoint" not in use.path:
            return
        path: Steps = ("Resources", resource.name)
        topics = resource.get("Subscription")
        if resource.type == "AWS::SNS::Subscription" and resource.condition is None:
            subscriptions[path] = set_value((*path, "Condition"), condition)
        elif resource.type == "AWS::SNS::Topic" and isinstance(topics, Sequence) and len(topics.items) == 1:
            choice = {"Fn::If": [condition, plain(topics), {"Ref": "AWS::NoValue"}]}
            subscriptions[path] = set_value((*path, "Properties", "Subscription"), choice)
        else:
            return
    if not subscriptions or condition in template.conditions:
        return
    place: Steps = ("Parameters", name)
    yield set_value((*place, "Default"), "")
    if (pattern := parameter.text("AllowedPattern")) is not None:
        yield set_value((*place, "AllowedPattern"), f"^$|{pattern}")
    if parameter.node.get("MinLength") is not None:
        yield Edit(action=Action.REMOVE, path=(*place, "MinLength"))
    given = {"Fn::Not": [{"Fn::Equals": [{"Ref": name}, ""]}]}
    yield set_value(("Conditions", condition), given)
    yield from subscriptions.values()


def _without_password(case: Case, template: Template, name: str) -> Iterator[Edit]:
    """Let the databases that a parameter is the password of manage it themselves, where nothing else uses the parameter."""
    uses = template.uses.get(name, ())
    if all(use.section == "Resources" and use.path[1:2] == ("MasterUserPassword",) for use in uses):
        for owner in dict.fromkeys(use.owner for use in uses):
            yield from password_of(case, template, template.resources[owner])


def _matches(pattern: str, value: str) -> bool:
    """Whether a simple pattern takes a value; a pattern of a response that could take long is not run."""
    return len(pattern) <= 60 and not re.search(r"[*+}][*+{]|\(.*[*+].*\)[*+{]", pattern) and _full(pattern, value)


def _full(pattern: str, value: str) -> bool:
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        return False


def without_parameter(case: Case, finding: Finding) -> Iterator[Edit]:
    """Remove a parameter that nothing uses, and conditions that are made of it and used nowhere."""
    template = template_of(case, finding)
    if template is None:
        return
    name = finding.facts.get("parameter", finding.resource)
    conditions = unused_conditions(template, name)
    gone = [("Conditions", condition) for condition in conditions]
    for path in gone:
        yield from without_names(template, [path[1]], *gone)
    yield from without_names(template, [name], *gone)


def unused_conditions(template: Template, parameter: str) -> list[str]:
    """Return the conditions that depend on a parameter and that nothing but such conditions uses."""
    names = template.conditions_using(parameter)
    kept = {use.target for use in template.references if use.section != "Conditions" and use.kind == "Condition"}
    return [name for name in names if name not in kept]


def without_condition(case: Case, finding: Finding) -> Iterator[Edit]:
    """Remove a condition that nothing uses, and the parameters that only it uses."""
    template = template_of(case, finding)
    name = finding.facts.get("name", finding.resource)
    if template is None or name not in template.conditions:
        return
    gone = ("Conditions", name)
    edits = without_names(template, [name], gone)
    if edits:
        yield from edits
        names = [use.target for use in template.references if use.section == "Conditions" and use.owner == name]
        yield from without_names(template, [one for one in names if one in template.parameters], gone)
