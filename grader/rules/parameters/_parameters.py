"""Parameters as they are used, and the prompt's sentences that ask for them."""

from __future__ import annotations

import re

from grader.case import Case
from grader.template import Parameter, Template

# A sentence of a prompt that leaves a value to whoever deploys.
_LEFT_OPEN = r"\bno defaults?\b|\bwithout (a )?defaults?\b|\brequired (input )?parameters?\b|\bmust be (provided|supplied|passed)\b"


def is_reached(case: Case, template: Template, name: str) -> bool:
    """Whether something that is created uses a parameter: a resource, or a condition of it, in a branch that is taken."""
    scope = case.scopes[template.file]
    conditions = set(template.conditions_using(name))
    for resource in template.resources.values():
        if scope.exists(resource) is False:
            continue
        if resource.condition in conditions:
            return True
        used = [use for use in template.uses.get(name, ()) if use.section == "Resources" and use.owner == resource.name]
        if any("Fn::If" not in use.path for use in used):
            return True
        if used and "${" + name + "}" in str(scope.value(resource.properties)):
            return True
    return False


def spoken(name: str) -> str:
    """Return a pattern for a parameter's name as prompts write it: `VpcId`, `vpc id`, `vpc_id`."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)
    return r"(?<!\w)" + r"[\s_-]?".join(map(re.escape, words)) + r"s?(?!\w)"


def ordered(case: Case, name: str) -> bool:
    """Whether the prompt names a parameter, in words of its own or as the template writes it."""
    return case.request.orders(spoken(name)) is not None


def is_left_open(case: Case, parameter: Parameter) -> bool:
    """Whether the prompt wants a parameter to have no default."""
    return case.request.orders(_LEFT_OPEN, near=spoken(parameter.name)) is not None
