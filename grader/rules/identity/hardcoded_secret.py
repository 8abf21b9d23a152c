"""Secrets with a default."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location

_SECRET = re.compile(r"password|passwd|secret|token|apikey|api_key|credential", re.I)
_REFERENCE = re.compile(r"user(?:_?name)?$|arn$|name$|id$|path$|length$|rotation|days|enabled?$|url$", re.I)


def check(case: Case) -> Iterator[RuleFinding]:
    """Report parameters for secrets that have a default."""
    for template in case.templates:
        for parameter in template.parameters.values():
            named = parameter.no_echo or _SECRET.search(parameter.name)
            secret = named and not _REFERENCE.search(parameter.name)
            if (
                parameter.type == "String"
                and secret
                and parameter.default
                and "{{resolve:" not in parameter.default
                and not parameter.allowed
            ):
                message = "has a default, and a secret that everybody can read is none"
                place = f"Parameters.{parameter.name}.Default"
                yield RuleFinding(
                    location=Location(
                        file=template.file, line=parameter.line_of("Default"), resource=parameter.name, path=place
                    ),
                    message=message,
                    facts={"parameter": parameter.name},
                )


RULE = Rule(
    id="hardcoded-secret",
    kind="hardcoded-secret",
    level="Medium",
    category="security",
    title="Secrets with a default: {parameters}",
    issue="{parameters} in {file} are secrets and have a default. Whoever reads the template knows it, and most "
    "deployments will keep it.",
    fix="Remove the default; generate the secret in Secrets Manager and resolve it.",
    root_cause="The default makes the template deployable without questions.",
    lesson="Never give a secret a default.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices.html",
    cost="None.",
    security="The secret is public with the template.",
    performance="None.",
    check=check,
    fails=(
        example("""
Parameters:
  AdminPassword:
    Type: String
    NoEcho: true
    Default: ChangeMe123  # finds
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !Ref AdminPassword}
"""),
    ),
    passes=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
"""),
    ),
)
