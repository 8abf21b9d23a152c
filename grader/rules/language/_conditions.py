"""What is wrong with a condition, in plain words, and what corrects it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue.corrections import node_at, set_value, steps_of, template_of
from grader.model import Edit, Finding
from grader.rules._shared import with_facts
from grader.support.markdown import code
from grader.template import Call, items_of, plain, text_of

# What each function of conditions takes.
# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
_TAKES = {
    "And": "two to ten conditions",
    "Equals": "two values",
    "If": "the name of a condition and two values",
    "Not": "a list with one condition",
    "Or": "two to ten conditions",
}
_FUNCTION = re.compile(r"Fn::(And|Equals|If|Not|Or)\b")
_TEXT = re.compile(r"element \d+: '(\w+)' is not of type 'boolean'")
_CONDITIONAL = re.compile(r"^Reference to '(\w+)' which is conditional on '(\w+)'")


def because_condition(case: Case, finding: Finding) -> Finding:
    """Say of a condition that cannot be evaluated what its function takes, and what to write."""
    del case
    function, where = _FUNCTION.search(finding.message), f"(line {finding.line})"
    if function is None:
        plain = f"a condition cannot be evaluated: {code(finding.message)} {where}"
        because = f"The condition at line {finding.line} is not one that CloudFormation can work out before it creates resources."
        remedy = (
            "Write the condition with Fn::Equals, Fn::And, Fn::Or and Fn::Not over parameters and other conditions."
        )
        return with_facts(finding, plain=plain, because=because, remedy=remedy)
    name = function.group(1)
    takes = f"Fn::{name} takes {_TAKES[name]}."
    text = _TEXT.search(finding.message)
    if text:
        return with_facts(
            finding,
            plain=f"Fn::{name} has the text {code(text.group(1))} in place of a condition {where}",
            because=takes,
            remedy=f"Write {code(f'!Condition {text.group(1)}')} in place of {code(text.group(1))}.",
        )
    return with_facts(
        finding,
        plain=f"the operands of Fn::{name} are not those that it takes {where}",
        because=takes,
        remedy="Define the condition under `Conditions`, and give Fn::If its name."
        if name == "If"
        else f"Give Fn::{name} {_TAKES[name]}.",
    )


def named_condition(case: Case, finding: Finding) -> Iterator[Edit]:
    """Define the condition that an Fn::If has in place of a name, and name it."""
    template = template_of(case, finding)
    steps = steps_of(template, finding) if template else None
    node = node_at(template, steps) if template and steps else None
    if template is None or not steps or not isinstance(node, Call) or node.name != "Fn::Equals":
        return
    value = plain(node)
    name = re.sub(r"\W", "", f"{_first_name(node)}Is{_second_text(node).title()}")
    taken = template.conditions.get(name)
    if name[:1].isalpha() and taken is None:
        yield set_value(("Conditions", name), value)
        yield set_value(steps, name)


def _first_name(node: Call) -> str:
    first = items_of(node.argument)[:1]
    reference = first[0] if first and isinstance(first[0], Call) and first[0].name == "Ref" else None
    return text_of(reference.argument) or "" if reference else ""


def _second_text(node: Call) -> str:
    second = items_of(node.argument)[1:2]
    return text_of(second[0]) or "" if second else ""


def because_ineffective(case: Case, finding: Finding) -> Finding:
    """Say of a condition without effect what is used where it is false, or that it has one outcome."""
    del case
    used, where = _CONDITIONAL.match(finding.message), f"(line {finding.line})"
    if used:
        target, condition = code(used.group(1)), code(used.group(2))
        owner = code(finding.resource) if finding.resource else "an output"
        return with_facts(
            finding,
            plain=f"{owner} refers to {target}, which is created only where the condition {condition} is true {where}; with the "
            "other outcome CloudFormation rejects the template",
            because=f"{owner} does not depend on {condition}.",
            remedy=f"Refer to {target} in an Fn::If on {condition}, or give {owner} the condition {condition}.",
        )
    return with_facts(
        finding,
        plain=f"a condition has the same outcome for every value of the parameters {where}",
        because=f"The condition at line {finding.line} compares values that do not depend on a parameter.",
        remedy="Compare a parameter with its values, or remove the condition.",
    )
