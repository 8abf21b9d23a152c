"""Edits that correct parameters: a default that works, or none of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue.corrections import set_value, template_of, without_names
from grader.model import Edit, Finding
from grader.rules.identity._corrections import password_of
from grader.template import Template

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
    if parameter.no_echo or re.search(r"password", parameter.name, re.I):
        yield from _without_password(case, template, parameter.name)
        return
    value = parameter.allowed[0] if parameter.allowed else None
    if value is None and parameter.type == "String":
        value = next((default for pattern, default in _DEFAULTS if pattern.search(parameter.name[:MAX_NAME])), None)
    allowed = parameter.text("AllowedPattern")
    if value is not None and (allowed is None or _matches(allowed, value)):
        yield set_value(("Parameters", parameter.name, "Default"), value)


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
