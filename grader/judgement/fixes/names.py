"""Edits for names that the plan cannot resolve: the one name of the template that is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from grader.case import Case
from grader.catalogue.corrections import depends_on, node_at, removed, replaced, set_value, steps_of, text_of_sub
from grader.model import Edit, Finding, Steps
from grader.plan.schemas import attribute_names, is_returned_by_ref
from grader.support.scripts import is_variable_of_script
from grader.template import Scalar, Template, at, plain, text_of

_UNDEFINED = re.compile(r"^(?:the condition |the mapping )?([\w:]+) is not defined$")
_OF_POLICIES = re.compile(r"(aws|iam|s3|saml|ec2|redshift|transfer):\w+")
_WAITS = re.compile(r"^nothing makes (\w+) wait for (\w+(?:(?:, | and )\w+)*)$")
_ATTRIBUTE = re.compile(r"returns no attribute (?P<plan>[\w.]+)$|^'(?P<engine>[\w.]+)' is not one of \[")


def by_name(case: Case, template: Template, finding: Finding) -> Iterator[Edit]:
    """Yield the edit for a name: the defined name in place of one that is not, a DependsOn that is missing; none where no name is meant."""
    steps = steps_of(template, finding)
    if not steps:
        return
    if match := _WAITS.match(finding.message):
        yield from _waiting(template, match.group(1), re.split(", | and ", match.group(2)))
    elif match := _UNDEFINED.match(finding.message):
        yield from _defined(template, steps, match.group(1), finding.message)
    elif match := _ATTRIBUTE.search(finding.message):
        yield from _attribute(case, template, steps, match["plan"] or match["engine"])


def _waiting(template: Template, name: str, others: Sequence[str]) -> Iterator[Edit]:
    """Let a resource wait for others; nothing where one of them is not a resource."""
    if any(one not in template.resources for one in (name, *others)):
        return
    present = plain(template.resources[name].node.get("DependsOn"))
    if len(others) == 1 or isinstance(present, list):
        yield from (depends_on(template, name, one) for one in others)
    else:
        yield set_value(("Resources", name, "DependsOn"), [*([] if present is None else [present]), *others])


def _defined(template: Template, steps: Steps, name: str, message: str) -> Iterator[Edit]:
    if message.startswith("the condition"):
        known = list(template.conditions)
    elif message.startswith("the mapping"):
        known = list(template.section("Mappings").values)
    else:
        known = [*template.resources, *([] if steps[-1] in ("Fn::GetAtt", "DependsOn") else template.parameters)]
    text = text_of_sub(template, steps)
    near = None if is_variable_of_script(text, name) else _meant(name, known) or _attachment(template, name)
    if near is None:
        if steps[-1:] == ("DependsOn",):
            yield from _without(template, steps, name)
        elif steps[-1:] == ("Fn::Sub",) and (_OF_POLICIES.fullmatch(name) or is_variable_of_script(text, name)):
            yield from _kept_variable(template, steps, name)
        return
    node = node_at(template, steps)
    if steps[-1] == "Fn::Sub":
        yield from _in_text(template, steps, "${" + name, "${" + near)
    elif isinstance(node, Scalar) and node.text == name:
        yield set_value(steps, near)
    else:
        for index in range(20):
            item = node_at(template, (*steps, index))
            if isinstance(item, Scalar) and item.text == name:
                yield from _named(template, (*steps, index), near)


def _named(template: Template, steps: Steps, name: str) -> Iterator[Edit]:
    """Write a name as an item of a list or as the first argument of a function."""
    call = node_at(template, steps[:-1])
    if steps[-2] == "Fn::GetAtt":
        attribute = ".".join(text_of(node) or "" for node in getattr(call, "items", ())[1:])
        yield set_value(steps[:-1], [name, attribute])
    elif steps[-2] == "DependsOn":
        yield set_value(steps, name)


def _without(template: Template, steps: Steps, name: str) -> Iterator[Edit]:
    """Remove a name that nothing defines from DependsOn."""
    node = node_at(template, steps)
    path = steps
    if not isinstance(node, Scalar):
        index = next((i for i in range(50) if text_of(at(node, i)) == name), None)
        if index is None:
            return
        path = (*steps, index)
    edit = removed(template, path)
    if edit:
        yield edit


def _in_text(template: Template, steps: Steps, old: str, new: str) -> Iterator[Edit]:
    path = steps if isinstance(node_at(template, steps), Scalar) else (*steps, 0)
    if old in text_of_sub(template, steps):
        yield replaced(path, old, new)


def _kept_variable(template: Template, steps: Steps, name: str) -> Iterator[Edit]:
    """Write a variable so that Fn::Sub leaves it: `${!name}`, also in place of `$${name}`, which is the escape of other languages."""
    text, plain, doubled, kept = text_of_sub(template, steps), f"${{{name}}}", f"$${{{name}}}", f"${{!{name}}}"
    if 0 < text.count(doubled) < text.count(plain):
        path = steps if isinstance(node_at(template, steps), Scalar) else (*steps, 0)
        yield set_value(path, text.replace(doubled, plain).replace(plain, kept))
    else:
        yield from _in_text(template, steps, doubled if doubled in text else plain, kept)


def _meant(name: str, known: list[str]) -> str | None:
    """Return the one name that differs in case, in a few letters or in a usual ending; None where none or several do."""
    folded = [one for one in known if one.lower() == name.lower()]
    if len(folded) == 1:
        return folded[0]
    near = get_close_matches(name, known, 2, 0.82)
    if len(near) == 1:
        return near[0]
    ending = [one for one in known if one.lower().endswith(name.lower()) or name.lower().endswith(one.lower())]
    return ending[0] if len(ending) == 1 and min(len(name), len(ending[0])) > 3 else None


def _attachment(template: Template, name: str) -> str | None:
    """Return the attachment of the gateway, where a name means it and the template has one under another name."""
    found = list(template.of_type("AWS::EC2::VPCGatewayAttachment"))
    is_meant = re.search(r"gateway", name, re.I) and re.search(r"attach", name, re.I)
    return found[0].name if is_meant and len(found) == 1 else None


def _attribute(case: Case, template: Template, steps: Steps, attribute: str) -> Iterator[Edit]:
    """Write the attribute that the type has in place of one that it has not; a Ref where that is what is meant."""
    while steps[-1] not in ("Fn::GetAtt", "Fn::Sub"):  # an engine goes on to the argument
        steps = steps[:-1]
        if not steps:
            return
    if steps[-1] == "Fn::GetAtt":
        target = text_of(at(node_at(template, steps), 0)) or ""
        meant = _attribute_of(case, template, target, attribute)
        if meant is not None:
            yield set_value(steps, [target, meant]) if meant else set_value(steps[:-1], {"Ref": target})
        return
    path = steps if isinstance(node_at(template, steps), Scalar) else (*steps, 0)
    form = r"\$\{(\w+)\." + re.escape(attribute) + r"\}"
    for target in sorted(set(re.findall(form, text_of_sub(template, steps)))):
        meant = _attribute_of(case, template, target, attribute)
        if meant is not None:
            yield replaced(path, f"${{{target}.{attribute}}}", f"${{{target}.{meant}}}" if meant else f"${{{target}}}")


def _attribute_of(case: Case, template: Template, target: str, attribute: str) -> str | None:
    """Return the attribute that is meant; empty for what Ref returns, None where neither is near."""
    resource = template.resources.get(target)
    if resource is None:
        return None
    if is_returned_by_ref(resource.type, attribute, case.account.region):
        return ""
    known = attribute_names(resource.type, case.account.region)
    folded = [one for one in known if one.lower() == attribute.lower()]
    arn = ["Arn"] if attribute.endswith("Arn") and "Arn" in known else []
    near = folded or arn or get_close_matches(attribute, known, 1, 0.75)
    return near[0] if near else None
