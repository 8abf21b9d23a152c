"""The statements of a template's policies, and what the role of a function may do as far as the templates say it."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grader.case.case import Case
from grader.case.deployed import created, deployed, entries
from grader.template import AnyNode, Map, Resource, Scope, Template, dotted, items_of

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


# Resources whose properties hold policies that say what an identity may do.
IDENTITY_POLICIES = (
    "AWS::IAM::Group",
    "AWS::IAM::GroupPolicy",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::User",
    "AWS::IAM::UserPolicy",
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy that is deployed: `path` is its dotted path below the resource."""

    template: Template
    resource: Resource
    scope: Scope
    path: str
    node: Map

    @property
    def allows(self) -> bool:
        """Whether its effect is Allow."""
        return self.scope.text(self.node.get("Effect")) == "Allow"

    @property
    def is_conditional(self) -> bool:
        """Whether it has a condition."""
        return self.node.get("Condition") is not None

    @property
    def has_principal(self) -> bool:
        """Whether it says to whom it applies, as policies of resources and trust policies do."""
        return self.node.get("Principal") is not None or self.node.get("NotPrincipal") is not None

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions as texts; empty where NotAction is used."""
        return tuple(text for _, _, text in self.items("Action"))

    def items(self, key: str) -> Iterator[tuple[str, AnyNode, str]]:
        """Yield the items of an element (`Action`, `Resource` ...): path, node and text, a single value as a list of it."""
        for path, node in entries(self.scope, self.node.get(key)):
            yield dotted((self.path, key, *path)), node, self.scope.text(node)

    def principals(self) -> frozenset[str]:
        """Return the principals as texts: `*`, ARNs, account ids, service principals."""
        value = self.scope.value(self.node.get("Principal"))
        lists = value.values() if isinstance(value, dict) else (value,)
        return frozenset(str(item) for one in lists for item in (one if isinstance(one, list) else [one]))


def statements(case: Case, *types: str) -> Iterator[Statement]:
    """Yield the statements of all policies in the resources of the given types, as deployed; all types where none is given."""
    for template, resource, scope in created(case, *types):
        yield from statements_of(template, resource, scope)


def statements_of(template: Template, resource: Resource, scope: Scope) -> Iterator[Statement]:
    """Yield the statements in a resource's properties: every mapping with an Effect and something to apply it to."""
    for path, node in deployed(scope, resource.properties, ("Properties",)):
        if (
            isinstance(node, Map)
            and "Effect" in node.values
            and ("Action" in node.values or "NotAction" in node.values)
        ):
            yield Statement(template, resource, scope, dotted(path), node)


@dataclass(frozen=True, slots=True)
class Grants:
    """The actions that a role is allowed, as written, wildcards kept. `is_complete` tells that nothing else is granted."""

    actions: frozenset[str]
    is_complete: bool

    def allow(self, action: str) -> bool:
        """Whether an action (`dynamodb:PutItem`) is allowed on some resource."""
        wanted = action.lower()
        return any(fnmatch.fnmatchcase(wanted, pattern.lower()) for pattern in self.actions)


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


def statements_in(document: object) -> Iterator[Mapping[str, Any]]:
    """Yield the statements of the value of a policy document; what is not a statement is left out."""
    found = document.get("Statement") if isinstance(document, dict) else None
    for statement in found if isinstance(found, list) else [found]:
        if isinstance(statement, dict):
            yield statement


def texts_in(value: object) -> list[str]:
    """Return the value of an element of a statement as a list of texts: IAM accepts a single value for a list."""
    items = value if isinstance(value, list) else [value]
    return [str(item) for item in items if item is not None and not isinstance(item, dict | list)]


def _actions(policy: object) -> Iterator[str]:
    for statement in statements_in(policy.get("PolicyDocument") if isinstance(policy, dict) else None):
        if statement.get("Effect") != "Allow":
            continue
        yield from texts_in(statement.get("Action"))
        if "NotAction" in statement:
            yield "*"
