"""StackSets without the roles they need."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.model import Location

_SHOWN = re.compile(
    r"create-stack-set|create-stack-instances|create_stack_set|stack-set-name"
    r"|\b(deploy|roll|launch|distribut|us(e|ing)|via|with|through)\w*\b[^\n]{0,60}\bstack ?sets?\b",
    re.I,
)
_ROLES = (
    r"awscloudformationstackset(administration|execution)role|stackset\w* ?(administration|execution|admin) ?role"
    r"|service[_-]managed|--administration-role-arn|trusted access|execution-role-name"
)
_ADMINISTRATION = re.compile(r"AWSCloudFormationStackSet(Administration|Execution)Role")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report commands and resources that use StackSets where neither a document nor a template provides the roles."""
    if case.documented(_ROLES) or _created(case):
        return
    for file in case.documents:
        for number, line in enumerate(file.text.splitlines(), 1):
            if _SHOWN.search(line):
                command = line.strip().rstrip("\\").strip()
                yield RuleFinding(
                    location=Location(file=file.name, line=number),
                    message=f"shows {command} without the roles it needs",
                    facts={"value": command},
                )
                return
    for template, resource in case.resources("AWS::CloudFormation::StackSet"):
        managed = resource.text("PermissionModel") == "SERVICE_MANAGED"
        if not managed and resource.get("AdministrationRoleARN") is None:
            message = "is self-managed and has no administration role"
            yield at_property(template, resource, "PermissionModel", message, value=resource.name)


def _created(case: Case) -> bool:
    return any(
        _ADMINISTRATION.search(case.scopes[template.file].text(role.get("RoleName")))
        for template, role in case.resources("AWS::IAM::Role")
    )


RULE = Rule(
    id="stackset-roles",
    kind="docs-prerequisite",
    level="Medium",
    category="documentation",
    title="StackSets shown without the roles they need",
    issue="{file} uses StackSets ({value}) and says nothing of the two roles that self-managed StackSets work with: "
    "AWSCloudFormationStackSetAdministrationRole in the administrator account and AWSCloudFormationStackSetExecutionRole in "
    "every target account. Without them the operation is refused.",
    fix="Show how to create both roles and the trust between them, or use service-managed permissions with Organizations and say "
    "that trusted access must be on.",
    root_cause="The command was shown as it looks in an organization where StackSets are already set up.",
    lesson="With StackSets, document the administration and execution roles, or the service-managed model.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs.html",
    cost="None beyond failed operations.",
    security="The execution role can do in a target account whatever it allows: it deserves a deliberate policy.",
    performance="None.",
    check=check,
    fails=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
=== README.md
Roll out to the other accounts:

    aws cloudformation create-stack-set --stack-set-name topics --template-body file://template.yml  # finds
"""),
    ),
    passes=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
=== README.md
Create AWSCloudFormationStackSetAdministrationRole and AWSCloudFormationStackSetExecutionRole first, then:

    aws cloudformation create-stack-set --stack-set-name topics --template-body file://template.yml
"""),
    ),
)
