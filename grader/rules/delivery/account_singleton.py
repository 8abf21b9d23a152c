"""Resources that exist once in a region of an account."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.rules._fragments import LOGGING_API, resources
from grader.rules._stage_logging import some_stage_logs
from grader.rules.delivery._corrections import optional
from grader.support.markdown import code
from grader.template import Resource, Template

_OF_LOGGING = "AWS::ApiGateway::Account"
# Each of these exists once in a region. Source: the quotas or the reference of each type,
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
_ONCE = (
    _OF_LOGGING,
    "AWS::Config::ConfigurationRecorder",
    "AWS::Config::DeliveryChannel",
    "AWS::Detective::Graph",
    "AWS::GuardDuty::Detector",
    "AWS::Macie::Session",
    "AWS::SecurityHub::Hub",
)


def check(case: Case) -> Iterator[RuleFinding]:
    """Report resources that exist once per region and that a template creates without a condition.

    Silent where a document, or a description in the template, names an existing one. Silent on the role of API Gateway where a
    stage logs: API Gateway rejects that stage in an account without the role, and the resource is the only one that sets it.
    """
    for template, resource in case.resources(*_ONCE):
        if resource.type == _OF_LOGGING and some_stage_logs(case):
            continue
        if resource.condition is None and not _below_condition(case, template) and not _explained(case, resource):
            place = Location(
                file=template.file, line=resource.line, resource=resource.name, type=resource.type, path="Condition"
            )
            switches = [name for name in template.conditions if "create" in name.lower() or "enable" in name.lower()]
            consequence = (
                "It is a setting of the region: this stack overwrites the role that is set there."
                if resource.type == "AWS::ApiGateway::Account"
                else "Where the account has it already, the service rejects the second, and the stack rolls back."
            )
            because = (
                f"{code(template.file)} has the condition {code(switches[0])}, and does not use it here."
                if switches
                else f"{code(template.file)} has no condition that tells whether the account has such a resource already."
            )
            message = f"{resource.type} exists once in a region, and this creates it unconditionally"
            yield RuleFinding(location=place, message=message, facts={"because": because, "consequence": consequence})


def _below_condition(case: Case, template: Template) -> bool:
    parent = case.parents.get(template.file)
    return parent is not None and parent[1].condition is not None


def _explained(case: Case, resource: Resource) -> bool:
    service = (
        resource.type.split("::")[1]
        .lower()
        .replace("securityhub", "security ?hub")
        .replace("apigateway", "api ?gateway")
    )
    word = "recorder|delivery channel|aws config" if service == "config" else service
    exists = r"already (exist|enabled|ha(s|ve)|active|set up)|existing|only one|once (per|in)"
    return case.documented(rf"({word})[^\n]{{0,80}}({exists})|({exists})[^\n]{{0,80}}({word})")


RULE = Rule(
    id="account-singleton",
    kind="account-singleton",
    level="Medium",
    category="account",
    title="Account-wide resource created unconditionally",
    issue="{resources} in {file} {is|are} created in every stack, and an account has one of {types} in a region. {consequence}",
    fix="Put {resources} behind a condition with a parameter such as `CreateAccountResources`, and say when to switch it off.",
    root_cause="{because}",
    lesson="Make resources that exist once in a region optional.",
    reference="https://docs.aws.amazon.com/config/latest/developerguide/configlimits.html",
    is_choice=True,
    aws_behaviour="In an account without one the stack is created; where one exists, the service rejects the second, and an "
    "AWS::ApiGateway::Account overwrites the setting of the region.",
    check=check,
    corrections=optional,
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
        example("""
Resources:
  Detector:
    Type: AWS::GuardDuty::Detector
    Properties: {Enable: true}
=== README.md
Remove the detector from the template if GuardDuty is already enabled in the region.
"""),
        example(resources(LOGGING_API)),
    ),
)
