"""Patterns that reject ordinary values."""

from __future__ import annotations

import re
from collections.abc import Iterator

import regex

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.rules._fragments import but, unmarked
from grader.rules.parameters._parameters import spoken
from grader.support.markdown import code
from grader.support.text import is_natural
from grader.template import Parameter

# A sentence of a prompt that says which values a parameter takes.
_FORM = r"\b(patterns?|regex|format|allowed ?pattern|must match|alphanumeric|characters|lower-?case|digits)\b"
_SECONDS = 0.05  # a pattern comes from the response: matching it is bounded in time
# Ordinary values by what a parameter's name says it holds. A pattern should take most of them.
_ORDINARY: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        r"(?<!random)(?<!unique)suffix$",
        ("dev", "prod", "staging", "pr123", "pr-4567", "test1", "101912473", "feature-login", "synth8"),
    ),
    (r"(environment|env|stage)(name|id|tag|label|code|key)?$", ("dev", "prod", "staging", "test", "qa")),
    (r"(project|application|app|service|company)(name)?$", ("shop", "order-service", "payments2", "my-app")),
    (r"(email|emailaddress)$", ("ops@example.com", "first.last@example.co.uk", "a+b@mail.example.org")),
    (r"(vpcid|^vpc)$", ("vpc-0a1b2c3d4e5f60718", "vpc-1a2b3c4d")),
    (r"subnetid$", ("subnet-0a1b2c3d4e5f60718", "subnet-1a2b3c4d")),
    (r"(accountid|account)$", ("123456789012", "999988887777")),
    (r"domain(name)?$", ("example.com", "app.example.co.uk", "xn--bcher-kva.example")),
    (r"certificatearn$", ("arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012",)),
    (r"(rolearn)$", ("arn:aws:iam::123456789012:role/Deploy", "arn:aws:iam::123456789012:role/team/deploy-role")),
)


def check(case: Case) -> Iterator[RuleFinding]:
    """Report parameters whose AllowedPattern takes fewer than half of the values that their name makes one expect.

    Silent where the prompt describes the form of the value.
    """
    for template in case.templates:
        for parameter in template.parameters.values():
            pattern = parameter.text("AllowedPattern")
            rejected, total = _rejected(parameter, pattern) if pattern else ([], 0)
            if not rejected or len(rejected) * 2 <= total or _is_asked(case, parameter, str(pattern)):
                continue
            shown = ", ".join(rejected[:4])
            because = (
                f"The default {code(parameter.default)} has the only form that the pattern accepts."
                if parameter.default
                else "The parameter has no default that shows the form."
            )
            if not parameter.text("ConstraintDescription"):
                because += (
                    " ConstraintDescription is missing, so that a rejected value is reported with the pattern only."
                )
            yield RuleFinding(
                location=Location(
                    file=template.file,
                    line=parameter.line_of("AllowedPattern"),
                    resource=parameter.name,
                    path=f"Parameters.{parameter.name}.AllowedPattern",
                ),
                message=f"the pattern {pattern} rejects {shown}",
                facts={"parameter": parameter.name, "value": str(pattern), "example": shown, "because": because},
            )


def _is_asked(case: Case, parameter: Parameter, pattern: str) -> bool:
    """Whether the prompt describes the form, or has the words that the pattern demands: a company's domain, for instance."""
    words = [word.lower() for word in re.findall(r"[A-Za-z]{5,}", pattern)]
    return any(word in case.prompt for word in words) or bool(case.request.orders(_FORM, near=spoken(parameter.name)))


def _rejected(parameter: Parameter, pattern: str) -> tuple[list[str], int]:
    name = re.sub(r"[^a-z]", "", parameter.name.lower())
    values = next((values for role, values in _ORDINARY if re.search(role, name)), ())
    low, high = (
        int(text) if is_natural(text := parameter.text(key) or "") else None for key in ("MinLength", "MaxLength")
    )
    values = tuple(value for value in values if (low or 0) <= len(value) <= (high or 1_000))
    try:
        compiled = regex.compile(pattern)
        return [value for value in values if not compiled.fullmatch(value, timeout=_SECONDS)], len(values)
    except (regex.error, TimeoutError, ValueError, OverflowError, RecursionError):
        return [], 0


_TEMPLATE = """
Parameters:
  NameSuffix:
    Type: String
    Default: dev-001
    AllowedPattern: '^[a-z]{3}-[0-9]{3}$'  # finds
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {TopicName: !Sub 'orders-${NameSuffix}'}
"""

RULE = Rule(
    id="parameter-pattern",
    kind="parameter-pattern",
    level="Medium",
    category="parameters",
    title="Pattern of {parameter} rejects ordinary values",
    issue="{parameter} in {file} accepts only values that match {value}. Ordinary values such as {example} do not match, and "
    "CloudFormation rejects a stack with them.",
    fix="Widen the pattern to what the resources that use {parameter} accept, for instance `^[a-z][a-z0-9-]*$`, and describe the "
    "form in ConstraintDescription.",
    root_cause="{because}",
    lesson="Constrain a parameter to what AWS rejects, not to one naming scheme.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html",
    is_choice=True,
    aws_behaviour="CloudFormation rejects a value that does not match AllowedPattern before it creates anything.",
    check=check,
    fails=(example(_TEMPLATE),),
    passes=(
        example(
            unmarked(_TEMPLATE),
            prompt="A topic with a name suffix. The name suffix has the format abc-123.",
        ),
        example(but(_TEMPLATE, {"AllowedPattern: '^[a-z]{3}-[0-9]{3}$'  # finds": "AllowedPattern: '^[a-z0-9-]+$'"})),
    ),
)
