"""Parameter values: there, allowed, and, where they name something of the account, held by it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import regex

from grader.case import Case
from grader.model import Location
from grader.plan.model import PlanCode, Problem, at_parameter
from grader.support.text import is_natural
from grader.template import Map, Parameter, Scope, Template, as_text, at, is_known, items_of

_SECONDS = 0.02  # a pattern comes from the response: matching it is bounded in time
_SSM = "AWS::SSM::Parameter::Value<"
# Types whose values CloudFormation looks up in the account before it creates anything.
# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
_LOOKED_UP = {
    "AWS::EC2::Instance::Id": "ids",
    "AWS::EC2::KeyPair::KeyName": "key_pairs",
    "AWS::EC2::SecurityGroup::GroupName": "ids",
    "AWS::EC2::SecurityGroup::Id": "ids",
    "AWS::EC2::Subnet::Id": "ids",
    "AWS::EC2::VPC::Id": "ids",
    "AWS::EC2::Volume::Id": "ids",
    "AWS::Route53::HostedZone::Id": "hosted_zones",
}
# Zones are checked against the region; which public images exist, no account says.
_UNCHECKED = ("AWS::EC2::AvailabilityZone::Name", "AWS::EC2::Image::Id")
_TYPES = frozenset(
    {"String", "Number", "List<Number>", "CommaDelimitedList", "List<String>", "AWS::SSM::Parameter::Name"}
)


def check_parameters(case: Case, template: Template, scope: Scope) -> Iterator[Problem]:
    """Report parameters of a root stack without a value, and values that CloudFormation would not take."""
    nested = template.file in case.parents
    for parameter in template.parameters.values():
        yield from _type(template, parameter)
        value = scope.given.get(parameter.name)
        if value is None:
            if parameter.default is None and not nested and not _is_given(case, parameter.name):
                message = "has no default, and no value is given for it"
                yield at_parameter(template, parameter, "", PlanCode.PARAMETER_MISSING, message)
            value = parameter.default
        if value is not None and is_known(value):
            yield from _value(case, template, parameter, as_text(value))


def _is_given(case: Case, name: str) -> bool:
    return name in case.task.parameters or name in case.given


def _type(template: Template, parameter: Parameter) -> Iterator[Problem]:
    kind = parameter.type
    inner = re.sub(rf"^{re.escape(_SSM)}(.*)>$", r"\1", kind)
    base = re.sub(r"^List<(.*)>$", r"\1", inner)
    if kind in _TYPES or inner in _TYPES or base in _LOOKED_UP or base in _UNCHECKED:
        return
    yield at_parameter(
        template, parameter, "Type", PlanCode.PARAMETER_TYPE, f"{kind} is no type of parameters", value=kind
    )


def _value(case: Case, template: Template, parameter: Parameter, value: str) -> Iterator[Problem]:
    key = "Default" if parameter.default is not None else ""

    def refuse(code: PlanCode, message: str) -> Problem:
        return at_parameter(template, parameter, key, code, message, value=value)

    kind = parameter.type
    if kind.startswith(_SSM):
        return  # grader.plan.sources looks it up in the account
    wrong = _constraint(parameter, value)
    if wrong:
        yield refuse(PlanCode.PARAMETER_VALUE, wrong)
    base = re.sub(r"^List<(.*)>$", r"\1", kind)
    if base == "AWS::EC2::AvailabilityZone::Name":
        for zone in value.split(","):
            if zone.strip() not in {f"{case.account.region}{letter}" for letter in case.account.zones}:
                yield refuse(
                    PlanCode.PARAMETER_VALUE, f"{zone.strip() or 'an empty text'} is no zone of {case.account.region}"
                )
    elif base in _LOOKED_UP:
        held = getattr(case.account, _LOOKED_UP[base])
        missing = [item.strip() for item in value.split(",") if item.strip() not in held]
        if missing:
            code = PlanCode.KEY_PAIR_MISSING if base.endswith("KeyName") else PlanCode.PLACEHOLDER
            yield refuse(code, f"names {missing[0] or 'nothing'}, which the account does not hold ({base})")


def _constraint(parameter: Parameter, value: str) -> str:
    """Return why a value breaks a parameter's own constraints, or an empty string."""
    items = value.split(",") if parameter.type in ("CommaDelimitedList", "List<Number>", "List<String>") else [value]
    items = [item.strip() for item in items] if len(items) > 1 else items
    allowed = parameter.allowed
    for item in items:
        if allowed and item not in allowed:
            return f"{item} is not among the allowed values {', '.join(allowed[:8])}"
        is_number = parameter.type in ("Number", "List<Number>")
        wrong = _number(parameter, item) if is_number else _length(parameter, item) or _pattern(parameter, item)
        if wrong:
            return wrong
    return ""


def _number(parameter: Parameter, item: str) -> str:
    try:
        number = float(item)
    except ValueError:
        return f"{item or 'an empty text'} is no number"
    for key, below in (("MinValue", True), ("MaxValue", False)):
        bound = parameter.text(key)
        try:
            limit = float(bound) if bound is not None else None
        except ValueError:
            continue
        if limit is not None and (number < limit if below else number > limit):
            return f"{item} is {'below' if below else 'above'} {key} {bound}"
    return ""


def _length(parameter: Parameter, item: str) -> str:
    for key, short in (("MinLength", True), ("MaxLength", False)):
        bound = parameter.text(key)
        if bound is not None and is_natural(bound) and (len(item) < int(bound) if short else len(item) > int(bound)):
            return f"{item or 'an empty text'} is {'shorter' if short else 'longer'} than {key} {bound}"
    return ""


def _pattern(parameter: Parameter, item: str) -> str:
    pattern = parameter.text("AllowedPattern")
    if pattern is None or _match(pattern, item) != "no":
        return ""
    return f"{item or 'an empty text'} does not match {pattern}"


@lru_cache(maxsize=1_000)
def _match(pattern: str, text: str) -> str:
    """Return whether a pattern matches the whole of a text: yes, no, slow where that takes too long, or invalid."""
    try:
        return "no" if regex.fullmatch(pattern, text, timeout=_SECONDS) is None else "yes"
    except TimeoutError:
        return "slow"
    except (regex.error, ValueError, OverflowError, RecursionError):
        return "invalid"


def has_slow_pattern(template: Template) -> bool:
    """Whether matching a parameter's default with its pattern takes so long that an engine may never end."""
    given = ((one.text("AllowedPattern"), one.default) for one in template.parameters.values())
    return any(_match(pattern, default) == "slow" for pattern, default in given if pattern and default is not None)


def check_rules(template: Template, scope: Scope) -> Iterator[Problem]:
    """Report assertions of the Rules section that are false for the values at hand."""
    for name, rule in template.section("Rules").values.items():
        condition = at(rule, "RuleCondition")
        if condition is not None and scope.value(condition) is not True:
            continue
        for index, assertion in enumerate(items_of(at(rule, "Assertions"))):
            node = at(assertion, "Assert")
            if isinstance(assertion, Map) and node is not None and scope.value(node) is False:
                text = scope.text(assertion.get("AssertDescription")) or "no description"
                path = f"Rules.{name}.Assertions.{index}"
                yield Problem(
                    code=PlanCode.RULE_ASSERTION,
                    location=Location(file=template.file, line=node.line, resource=name, path=path),
                    message=f"asserts what is false: {text}",
                )
