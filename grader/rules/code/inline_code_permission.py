"""Calls of inline code that the role of the function does not allow."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.case import Case
from grader.case.iam import Grants, grants, role_of
from grader.case.inline_code import python_tree
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.facts.calls import calls, operation_of, signing_name
from grader.plan.iam_actions import actions_of, is_known_action
from grader.rules._fragments import resources, role, worker
from grader.rules.code._functions import created_functions
from grader.support.markdown import code as span
from grader.support.markdown import listed

# IAM prefixes that differ from the name under which the SDK signs, and operations whose action has another name.
# Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_PREFIX = {"cloudwatch": "cloudwatch", "iot-data": "iot", "docdb": "rds", "neptune": "rds"}
_ACTIONS = {
    ("lambda", "Invoke"): "lambda:InvokeFunction",
    ("s3", "HeadObject"): "s3:GetObject",
    ("s3", "CopyObject"): "s3:PutObject",
    ("s3", "DeleteObjects"): "s3:DeleteObject",
    ("s3", "ListObjects"): "s3:ListBucket",
    ("s3", "ListObjectsV2"): "s3:ListBucket",
    ("s3", "HeadBucket"): "s3:ListBucket",
    ("s3", "ListBuckets"): "s3:ListAllMyBuckets",
    ("sqs", "SendMessageBatch"): "sqs:SendMessage",
    ("sqs", "DeleteMessageBatch"): "sqs:DeleteMessage",
    ("sqs", "ChangeMessageVisibilityBatch"): "sqs:ChangeMessageVisibility",
    ("sns", "PublishBatch"): "sns:Publish",
    ("dynamodb", "TransactWriteItems"): "dynamodb:PutItem",
    ("dynamodb", "TransactGetItems"): "dynamodb:GetItem",
}
_TRANSFERS = {
    "download_file": "s3:GetObject",
    "download_fileobj": "s3:GetObject",
    "upload_file": "s3:PutObject",
    "upload_fileobj": "s3:PutObject",
    "copy": "s3:PutObject",
}
# S3's actions are otherwise called unlike its operations; no permission is needed for some calls of the others.
# Sources: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html,
# https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flows-public-server-side.html
_PLAIN = {"s3": frozenset({"GetObject", "PutObject", "DeleteObject"})}
_UNSIGNED = frozenset({"sts", "cognito-idp", "cognito-identity", "sso-oidc", "sso", "apigateway"})
_TABLE = {"put_item", "get_item", "update_item", "delete_item", "query", "scan"}


def check(case: Case) -> Iterator[RuleFinding]:
    """Report calls of inline Python that no policy of the function's role allows, where all of its policies are known."""
    for code in created_functions(case):
        own = role_of(code.template, code.function) if code.is_python else None
        tree = python_tree(code.text) if own else None
        if own is None or not isinstance(tree, ast.Module):
            continue
        granted = grants(case, code.template, own)
        refused = [one for one in _calls(tree) if not granted.allow(one) and is_known_action(one)]
        if not granted.is_complete or not refused:
            continue
        facts = {
            "value": ", ".join(refused[:4]),
            "function": code.function.name,
            "role": own.name,
            "because": _because(own.name, refused[0], granted),
        }
        message = f"calls {facts['value']}, which its role {own.name} does not allow"
        yield at_property(code.template, code.function, code.path, message, **facts)
        message = f"does not allow {facts['value']}, which {code.function.name} calls"
        yield at_property(code.template, own, "Policies", message, **facts)


def _because(role: str, refused: str, granted: Grants) -> str:
    """Say what the role allows of the same service."""
    service = refused.partition(":")[0]
    similar = sorted(action for action in granted.actions if action.startswith(f"{service}:"))
    if similar:
        return f"The policies of {span(role)} allow {listed(similar)}, and not {span(refused)}."
    return f"The policies of {span(role)} allow nothing of the service {span(service)}."


def _calls(tree: ast.Module) -> list[str]:
    """Return the actions of the calls on boto3's clients and tables that a module makes, each once, in order."""
    found = [_action(call.service, call.method) for call in calls(tree)]
    found += [_action("dynamodb", method) for method in _table_calls(tree)]
    return list(dict.fromkeys(filter(None, found)))


def _table_calls(tree: ast.Module) -> Iterator[str]:
    """Yield the methods that are called on tables of DynamoDB's resource: on `x.Table(name)`, or on a name for it."""
    names = {
        node.targets[0].id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and _is_table(node.value)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _TABLE:
            owner = node.func.value
            if _is_table(owner) or (isinstance(owner, ast.Name) and owner.id in names):
                yield node.func.attr


def _is_table(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "Table"


def _action(service: str, method: str) -> str:
    """Return the action that IAM checks for a method of a client, empty where it is not known."""
    if service in _UNSIGNED:
        return ""
    if service == "s3" and method in _TRANSFERS:
        return _TRANSFERS[method]
    operation = operation_of(service, method)
    special = _ACTIONS.get((service, operation))
    if special or not operation:
        return special or ""
    if operation not in _PLAIN.get(service, {operation}):
        return ""
    prefix = _PREFIX.get(service) or signing_name(service)
    return f"{prefix}:{operation}" if actions_of(prefix) else ""


RULE = Rule(
    id="inline-code-permission",
    kind="missing-iam-permission",
    level="High",
    category="code",
    title="Missing permissions for inline code: {values}",
    issue="The inline code of {functions} in {file} calls {values}, and no policy of its role {roles} allows that. AWS answers the call "
    "with AccessDenied.",
    fix="Allow {values} on the resource that is called, in the policies of {roles}.",
    root_cause="{because}",
    lesson="Compare the calls of code with the policies of its role.",
    reference="https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html",
    aws_behaviour="IAM denies what no policy allows: the call fails at each invocation that reaches it.",
    cost="Failed invocations are charged, and asynchronous ones are repeated.",
    check=check,
    fails=(
        example(
            resources(
                role(["dynamodb:GetItem", "logs:*"], "  # finds"),
                worker(
                    "import boto3\nclient = boto3.client('dynamodb')\ndef handler(event, context):\n"
                    "    client.put_item(TableName='orders', Item={})",
                    "  # finds",
                ),
            )
        ),
    ),
    passes=tuple(
        example(
            resources(
                allowed,
                worker(
                    "import boto3\nclient = boto3.client('dynamodb')\ndef handler(event, context):\n"
                    "    client.get_item(TableName='orders', Key={})"
                ),
            )
        )
        for allowed in (
            role(["dynamodb:GetItem", "logs:*"]),
            role(["dynamodb:Get*"]),
            role(["logs:*"], properties="ManagedPolicyArns: ['arn:aws:iam::999988887777:policy/orders']"),
        )
    ),
)
