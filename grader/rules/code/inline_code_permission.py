"""Calls of inline code that the role of the function does not allow."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.case import Case
from grader.case.iam import Grants, grants, role_of
from grader.case.inline_code import python_tree
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.plan.iam_actions import is_known_action
from grader.rules._fragments import resources, role, worker
from grader.rules.code._functions import created_functions
from grader.support.markdown import code as span
from grader.support.markdown import listed

# Services whose actions have another prefix than boto3's client, and methods whose action has another name.
# Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_PREFIX = {"stepfunctions": "states", "elbv2": "elasticloadbalancing", "events": "events", "ses": "ses", "sesv2": "ses"}
_KNOWN = frozenset(
    "cloudwatch dynamodb ec2 events kinesis lambda rds s3 secretsmanager sns sqs ssm stepfunctions".split()
)
_ACTIONS = {
    ("lambda", "invoke"): "lambda:InvokeFunction",
    ("s3", "head_object"): "s3:GetObject",
    ("s3", "download_file"): "s3:GetObject",
    ("s3", "download_fileobj"): "s3:GetObject",
    ("s3", "upload_file"): "s3:PutObject",
    ("s3", "upload_fileobj"): "s3:PutObject",
    ("s3", "copy_object"): "s3:PutObject",
    ("s3", "copy"): "s3:PutObject",
    ("s3", "delete_objects"): "s3:DeleteObject",
    ("s3", "list_objects"): "s3:ListBucket",
    ("s3", "list_objects_v2"): "s3:ListBucket",
    ("s3", "head_bucket"): "s3:ListBucket",
    ("s3", "list_buckets"): "s3:ListAllMyBuckets",
    ("sqs", "send_message_batch"): "sqs:SendMessage",
    ("sqs", "delete_message_batch"): "sqs:DeleteMessage",
    ("sns", "publish_batch"): "sns:Publish",
    ("dynamodb", "transact_write_items"): "dynamodb:PutItem",
    ("dynamodb", "transact_get_items"): "dynamodb:GetItem",
}
_PLAIN = {
    "s3": {"get_object", "put_object", "delete_object"}
}  # elsewhere, S3's actions are called otherwise than its methods
_NO_CALL = frozenset(
    "get_paginator get_waiter exceptions meta can_paginate generate_presigned_url generate_presigned_post close".split()
)
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
    clients: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            service = _service(node.value)
            if service:
                clients[node.targets[0].id] = service
    found: dict[str, None] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            service = clients.get(owner.id, "") if isinstance(owner, ast.Name) else _service(owner)
            action = _action(service, node.func.attr) if service else ""
            if action:
                found[action] = None
    return list(found)


def _service(node: ast.expr) -> str:
    """Return the service of `boto3.client(name)`, `table` for a table of DynamoDB's resource; empty for anything else."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return ""
    name = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else ""
    if node.func.attr == "client" and isinstance(name, str):
        return name if name in _KNOWN else ""
    return "table" if node.func.attr == "Table" else ""


def _action(service: str, method: str) -> str:
    if service == "table":
        service, method = "dynamodb", method if method in _TABLE else ""
    if not method or method in _NO_CALL:
        return ""
    if (service, method) not in _ACTIONS and method not in _PLAIN.get(service, {method}):
        return ""
    camel = "".join(word.capitalize() for word in method.split("_"))
    return _ACTIONS.get((service, method)) or f"{_PREFIX.get(service, service)}:{camel}"


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
