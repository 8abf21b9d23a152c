"""Whether policies allow an action: one evaluator of IAM statements for roles, resource policies and trust policies."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from grader.case.case import Case
from grader.case.managed_policies import MANAGED
from grader.template import Resource, Template, items_of

_ATTACHED = ("AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy")
_UNKNOWN = re.compile(r"\$\{[^{}]*\}")
Statement = Mapping[str, Any]


def statements_in(document: object) -> Iterator[Statement]:
    """Yield the statements of the value of a policy document; what is not a statement is left out."""
    found = document.get("Statement") if isinstance(document, dict) else None
    for statement in found if isinstance(found, list) else [found]:
        if isinstance(statement, dict):
            yield statement


def texts_in(value: object) -> list[str]:
    """Return the value of an element of a statement as a list of texts: IAM accepts a single value for a list."""
    items = value if isinstance(value, list) else [value]
    return [str(item) for item in items if item is not None and not isinstance(item, dict | list)]


def matches(pattern: str, wanted: str) -> bool:
    """Return whether two patterns may mean the same: `*` and `?` are wildcards, and so is what only a deployment knows."""
    left, right = (_UNKNOWN.sub("*", text).lower() for text in (pattern, wanted))
    return fnmatch.fnmatchcase(right, left) or fnmatch.fnmatchcase(left, right)


def _concerns_action(statement: Statement, action: str) -> bool:
    if "Action" in statement:
        return any(matches(pattern, action) for pattern in texts_in(statement["Action"]))
    return "NotAction" in statement and not any(matches(one, action) for one in texts_in(statement["NotAction"]))


def _concerns_principal(statement: Statement, principals: Sequence[str]) -> bool:
    given = statement.get("Principal")
    if given == "*":
        return True
    if not isinstance(given, dict):
        return "NotPrincipal" in statement
    named = [text for value in given.values() for text in texts_in(value)]
    return any(matches(name, wanted) for name in named for wanted in principals)


def allowed(documents: Iterable[object], action: str, principals: Sequence[str] = (), resource: str = "") -> bool:
    """Whether some statement allows an action, to one of the principals and on the resource where these are given.

    Conditions are left open: a statement with one may apply. A deny without conditions wins.
    """
    found = False
    for statement in (one for document in documents for one in statements_in(document)):
        if not _concerns_action(statement, action):
            continue
        if principals and not _concerns_principal(statement, principals):
            continue
        if resource and not _concerns_resource(statement, resource):
            continue
        if statement.get("Effect") == "Allow":
            found = True
        elif statement.get("Effect") == "Deny" and not statement.get("Condition"):
            return False
    return found


def _concerns_resource(statement: Statement, resource: str) -> bool:
    if "Resource" in statement:
        return any(matches(pattern, resource) for pattern in texts_in(statement["Resource"]))
    return "NotResource" not in statement or not any(
        matches(one, resource) for one in texts_in(statement["NotResource"])
    )


def trust_of(case: Case, template: Template, role: Resource) -> object:
    """Return a role's trust policy, resolved."""
    return case.scopes[template.file].value(role.get("AssumeRolePolicyDocument"))


def documents_of(case: Case, template: Template, role: Resource) -> tuple[list[tuple[str, object]], bool]:
    """Return a role's policies, each with the logical id that holds it, and whether nothing else can grant anything.

    The second is False where the role has managed policies that are not known here, or policies that cannot be resolved.
    """
    scope = case.scopes[template.file]
    found: list[tuple[str, object]] = []
    complete = True
    inline = role.get("Policies")
    if inline is not None and not isinstance(scope.value(inline), list):
        complete = False
    for node in items_of(inline):
        value = scope.value(node)
        document = value.get("PolicyDocument") if isinstance(value, dict) else None
        complete = complete and isinstance(document, dict)
        found.append((role.name, document))
    for policy in template.of_type(*_ATTACHED):
        if scope.exists(policy) is not False and _belongs(template, policy, role):
            found.append((policy.name, scope.value(policy.get("PolicyDocument"))))
    for node in items_of(role.get("ManagedPolicyArns")):
        arn = scope.text(node)
        actions = MANAGED.get(arn.rpartition("/")[2])
        own = [one for one in template.of_type("AWS::IAM::ManagedPolicy") if f"${{{one.name}}}" in arn]
        if actions is not None:
            found.append((role.name, {"Statement": {"Effect": "Allow", "Action": list(actions), "Resource": "*"}}))
        elif not own:
            complete = False
    return found, complete


def _belongs(template: Template, policy: Resource, role: Resource) -> bool:
    for use in template.references:
        if use.owner == policy.name and use.target == role.name and use.path[1:2] in (("Roles",), ("RoleName",)):
            return True
        if use.owner == role.name and use.target == policy.name and "ManagedPolicyArns" in use.path:
            return True
    return False
