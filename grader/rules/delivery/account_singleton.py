"""What exists once in a region of an account."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location

# Source: the quotas page of each service; each of these exists once per region and account.
_ONCE = (
    "AWS::ApiGateway::Account",
    "AWS::Config::ConfigurationRecorder",
    "AWS::Config::DeliveryChannel",
    "AWS::GuardDuty::Detector",
    "AWS::Inspector2::Configuration",
    "AWS::Macie::Session",
    "AWS::SecurityHub::Hub",
)


def check(case: Case) -> Iterator[RuleFinding]:
    """Report resources that exist once per region and that a template creates without asking."""
    for template, resource in case.resources(*_ONCE):
        if resource.condition is None:
            message = f"{resource.type} exists once in a region of an account, and this creates it unconditionally"
            facts = {"value": resource.type}
            yield RuleFinding(
                location=Location(
                    file=template.file, line=resource.line, resource=resource.name, type=resource.type, path="Condition"
                ),
                message=message,
                facts=facts,
            )


RULE = Rule(
    id="account-singleton",
    kind="account-singleton",
    level="Medium",
    category="account",
    title="Created unconditionally, though it exists once per account and region",
    issue="{resources} in {file} ({types}) exist once in each region of an account. Where one is set up already, as in "
    "any account that has been in use, and for a second copy of this stack, the creation fails.",
    fix="Put {resources} behind a condition with a parameter, and document when to switch it off.",
    root_cause="The template assumes an account that nobody has used.",
    lesson="Make what exists once per account optional.",
    reference="https://docs.aws.amazon.com/config/latest/developerguide/configlimits.html",
    cost="The deployment is rolled back.",
    security="Two owners of one recorder overwrite each other.",
    performance="None.",
    check=check,
    fails=(
        example("""
Resources:
  Detector:  # finds
    Type: AWS::GuardDuty::Detector
    Properties: {Enable: true}
"""),
    ),
    passes=(
        example("""
Parameters: {CreateDetector: {Type: String, Default: 'true', AllowedValues: ['true', 'false']}}
Conditions: {Creates: !Equals [!Ref CreateDetector, 'true']}
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Detector:
    Type: AWS::GuardDuty::Detector
    Condition: Creates
    Properties: {Enable: true}
"""),
    ),
)
