"""What the role of a function may do, as far as the templates say it."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass

from grader.case.case import Case
from grader.template import Resource, Template, items_of

_ATTACHED = ("AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy")
# Actions of AWS's managed policies that templates attach to functions.
# Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
_LOGS = ("logs:createloggroup", "logs:createlogstream", "logs:putlogevents")
_NETWORK = ("ec2:createnetworkinterface", "ec2:describenetworkinterfaces", "ec2:deletenetworkinterface")
_MANAGED = {
    "AWSLambdaBasicExecutionRole": _LOGS,
    "AWSLambdaVPCAccessExecutionRole": (*_LOGS, *_NETWORK),
    "AWSXRayDaemonWriteAccess": ("xray:*",),
    "AWSXrayWriteOnlyAccess": ("xray:*",),
    "AWSLambdaSQSQueueExecutionRole": (
        *_LOGS,
        "sqs:receivemessage",
        "sqs:deletemessage",
        "sqs:getqueueattributes",
    ),
    "AWSLambdaDynamoDBExecutionRole": (
        *_LOGS,
        "dynamodb:describestream",
        "dynamodb:getrecords",
        "dynamodb:getsharditerator",
        "dynamodb:liststreams",
    ),
    "AWSLambdaKinesisExecutionRole": (
        *_LOGS,
        "kinesis:describestream",
        "kinesis:getrecords",
        "kinesis:getsharditerator",
        "kinesis:liststreams",
    ),
    "CloudWatchLambdaInsightsExecutionRolePolicy": _LOGS,
}


@dataclass(frozen=True, slots=True)
class Grants:
    """The actions that a role is allowed, in lower case, wildcards kept. `is_complete` tells that nothing else is granted."""

    actions: frozenset[str]
    is_complete: bool

    def allow(self, action: str) -> bool:
        """Whether an action (`dynamodb:PutItem`) is allowed on some resource."""
        wanted = action.lower()
        return any(fnmatch.fnmatchcase(wanted, pattern) for pattern in self.actions)


def role_of(template: Template, function: Resource) -> Resource | None:
    """Return the role of the template that a function runs with, None where it comes from elsewhere."""
    names = (use.target for use in template.references if use.owner == function.name and "Role" in use.path)
    return next(
        (role for name in names if (role := template.resources.get(name)) and role.type == "AWS::IAM::Role"), None
    )


def grants(case: Case, template: Template, role: Resource) -> Grants:
    """Return what a role of a template is granted, inline, by policies beside it and by AWS's managed policies."""
    scope = case.scopes[template.file]
    actions: set[str] = set()
    complete = True
    documents: list[object] = []
    policies = scope.value(role.get("Policies"))
    if role.get("Policies") is not None and not isinstance(policies, list):
        complete = False
    documents += policies if isinstance(policies, list) else []
    for policy in template.of_type(*_ATTACHED):
        if _belongs(template, policy, role):
            documents.append(scope.value(policy.properties))
    for node in items_of(role.get("ManagedPolicyArns")):
        arn = scope.text(node)
        known = _MANAGED.get(arn.rpartition("/")[2])
        if known is not None:
            actions.update(known)
        elif not any(f"${{{policy.name}}}" in arn for policy in template.of_type("AWS::IAM::ManagedPolicy")):
            complete = False
    for document in documents:
        found = list(_actions(document))
        complete = complete and bool(found)
        actions.update(found)
    return Grants(frozenset(actions), complete)


def _belongs(template: Template, policy: Resource, role: Resource) -> bool:
    forth = any(
        use.owner == policy.name and use.target == role.name and use.path[1:2] in (("Roles",), ("RoleName",))
        for use in template.references
    )
    return forth or any(use.owner == role.name and use.target == policy.name for use in template.references)


def _actions(policy: object) -> Iterator[str]:
    document = policy.get("PolicyDocument") if isinstance(policy, dict) else None
    statements = document.get("Statement") if isinstance(document, dict) else None
    for statement in statements if isinstance(statements, list) else [statements]:
        if not isinstance(statement, dict) or statement.get("Effect") != "Allow":
            continue
        actions = statement.get("Action")
        for action in actions if isinstance(actions, list) else [actions]:
            if isinstance(action, str):
                yield action.lower()
        if "NotAction" in statement:
            yield "*"
