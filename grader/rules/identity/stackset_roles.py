"""StackSets without the roles that they require."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.case.deployed import created
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.catalogue.sentences import as_quote
from grader.model import Location
from grader.support.markdown import code
from grader.support.text import one_line

MAX_QUOTED = 200  # characters of a line; of a longer line, what names StackSets
_COMMAND = re.compile(r"create-stack-set|create-stack-instances|create_stack_set|create_stack_instances", re.I)
_SETS = r"\bstack ?sets?\b"
_DEPLOYS = r"(deploy|us(e|es|ed|ing)|via|through|implement|roll|launch|with)\w*"
_USES = re.compile(rf"\b{_DEPLOYS}\b[^\n]{{0,80}}{_SETS}|{_SETS}[^\n]{{0,40}}\b(deploy|across)", re.I)
_HEDGES = re.compile(
    r"\b(consider|would|could|may|might|alternative\w*|instead|cannot|pattern|separate|permissions?)\b", re.I
)
_ROLES = (
    r"awscloudformationstackset(administration|execution)role|stackset\w* ?(administration|execution|admin) ?role"
    r"|service[_-]managed|--administration-role-arn|trusted access|execution-role-name"
)
_ADMINISTRATION = re.compile(r"AWSCloudFormationStackSet(Administration|Execution)Role")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report commands and resources that use StackSets where neither a document nor a template provides the roles.

    A document that names StackSets without a command counts where the prompt asks for them.
    """
    if case.documented(_ROLES) or _is_created(case):
        return
    asked = case.request.orders(_USES.pattern)
    found = _first_line(case, _COMMAND) or (_first_line(case, _USES) if asked else None)
    if found is not None:
        place, line = found
        because = (
            f"Line {asked.line} of the prompt asks for StackSets: {as_quote(asked.text)}. The documents name no role for them."
            if asked
            else "The documents show the command and no step before it that creates a role."
        )
        yield RuleFinding(location=place, message=f"uses StackSets: {line}", facts={"value": line, "because": because})
        return
    for template, resource, scope in created(case, "AWS::CloudFormation::StackSet"):
        managed = scope.text(resource.get("PermissionModel")) == "SERVICE_MANAGED"
        if not managed and resource.get("AdministrationRoleARN") is None:
            because = f"{code(resource.name)} is self-managed and has no AdministrationRoleARN."
            message = "is self-managed and has no administration role"
            yield at_property(template, resource, "PermissionModel", message, value=resource.name, because=because)


def _first_line(case: Case, pattern: re.Pattern[str]) -> tuple[Location, str] | None:
    for file in case.documents:
        for number, line in enumerate(file.text.splitlines(), 1):
            found = pattern.search(line)
            if found and (pattern is _COMMAND or not _HEDGES.search(line)):
                quoted = line.strip().rstrip("\\") if len(line) <= MAX_QUOTED else found.group()
                return Location(file=file.name, line=number), one_line(quoted, MAX_QUOTED)
    return None


def _is_created(case: Case) -> bool:
    return any(
        _ADMINISTRATION.search(scope.text(role.get("RoleName"))) for _, role, scope in created(case, "AWS::IAM::Role")
    )


RULE = Rule(
    id="stackset-roles",
    kind="docs-prerequisite",
    level="Medium",
    category="documentation",
    title="StackSets without their roles",
    issue="{file} uses StackSets ({value}). Self-managed StackSets require AWSCloudFormationStackSetAdministrationRole in the "
    "administrator account and AWSCloudFormationStackSetExecutionRole in each target account; no document or template provides "
    "them, and without them CloudFormation refuses the operation.",
    fix="Document how to create both roles and the trust between them, or use service-managed permissions with AWS Organizations and "
    "document that trusted access has to be enabled.",
    root_cause="{because}",
    lesson="Document the administration and execution roles of StackSets, or the service-managed model.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs.html",
    aws_behaviour="CreateStackSet and CreateStackInstances of self-managed StackSets are refused without the two roles.",
    security="The execution role decides what the stack set may do in each target account.",
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
        example(
            """
Resources:
  Topic:
    Type: AWS::SNS::Topic
=== README.md
Deploy the template through StackSets.  # finds
""",
            prompt="A topic in each account of ours, deployed with StackSets.",
        ),
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
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
=== README.md
For several regions, consider StackSets.
"""),
    ),
)
