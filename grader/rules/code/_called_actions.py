"""The IAM actions that calls of the AWS SDK need."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from grader.case import Case
from grader.case.iam import grants, role_of
from grader.case.inline_code import python_nodes, python_tree
from grader.facts.calls import calls, operation_of, signing_name
from grader.plan.iam_actions import actions_of, is_known_action
from grader.rules.code._functions import created_functions

# IAM prefixes that differ from the name under which the SDK signs.
# Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_PREFIX = {"cloudwatch": "cloudwatch", "iot-data": "iot", "docdb": "rds", "neptune": "rds"}
# API operations and settings whose action has another name, in lower case.
# Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
# Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
CALLED = {
    "dynamodb:transactgetitems": "dynamodb:GetItem",
    "dynamodb:transactwriteitems": "dynamodb:PutItem",
    "kms:reencrypt": "kms:ReEncrypt*",
    "lambda:invoke": "lambda:InvokeFunction",
    "s3:completemultipartupload": "s3:PutObject",
    "s3:copyobject": "s3:PutObject",
    "s3:createmultipartupload": "s3:PutObject",
    "s3:deletebucketencryption": "s3:PutEncryptionConfiguration",
    "s3:deleteobjects": "s3:DeleteObject",
    "s3:getbucketencryption": "s3:GetEncryptionConfiguration",
    "s3:getbucketlifecycle": "s3:GetLifecycleConfiguration",
    "s3:getbucketlifecycleconfiguration": "s3:GetLifecycleConfiguration",
    "s3:getbucketreplication": "s3:GetReplicationConfiguration",
    "s3:getobjectmetadata": "s3:GetObject",
    "s3:getpublicaccessblock": "s3:GetBucketPublicAccessBlock",
    "s3:headbucket": "s3:ListBucket",
    "s3:headobject": "s3:GetObject",
    "s3:listbuckets": "s3:ListAllMyBuckets",
    "s3:listobjects": "s3:ListBucket",
    "s3:listobjectsv2": "s3:ListBucket",
    "s3:putbucketencryption": "s3:PutEncryptionConfiguration",
    "s3:putbucketlifecycleconfiguration": "s3:PutLifecycleConfiguration",
    "s3:putbucketreplication": "s3:PutReplicationConfiguration",
    "s3:putpublicaccessblock": "s3:PutBucketPublicAccessBlock",
    "s3:uploadpart": "s3:PutObject",
    "sns:publishbatch": "sns:Publish",
    "sqs:changemessagevisibilitybatch": "sqs:ChangeMessageVisibility",
    "sqs:deletemessagebatch": "sqs:DeleteMessage",
    "sqs:sendmessagebatch": "sqs:SendMessage",
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


@dataclass(frozen=True, slots=True)
class CalledAction:
    """A call of the SDK: the service and the operation as the name of an action, and the action that IAM checks."""

    name: str
    action: str


@dataclass(frozen=True, slots=True)
class Misnamed:
    """A call of inline code that fails: the role lists it only under a name that IAM does not have."""

    file: str
    role: str
    function: str
    name: str


def called_actions(tree: ast.Module) -> list[CalledAction]:
    """Return the actions of the calls on boto3's clients and tables that a module makes, each once, in order."""
    found = [_called(call.service, call.method) for call in calls(tree)]
    found += [_called("dynamodb", method) for method in _table_calls(tree)]
    return list(dict.fromkeys(one for one in found if one is not None))


def misnamed_calls(case: Case) -> Iterator[Misnamed]:
    """Yield the calls of inline Python that a role lists under a name that IAM does not have, and allows under no other."""
    for code in created_functions(case):
        role = role_of(code.template, code.function) if code.is_python else None
        tree = python_tree(code.text) if role else None
        if role is None or not isinstance(tree, ast.Module):
            continue
        granted = grants(case, code.template, role)
        listed = {action.lower() for action in granted.actions if not is_known_action(action)}
        for call in called_actions(tree) if granted.is_complete else ():
            if call.name.lower() in listed and not granted.allow(call.action):
                yield Misnamed(code.template.file, role.name, code.function.name, call.name.lower())


def _table_calls(tree: ast.Module) -> Iterator[str]:
    """Yield the methods that are called on tables of DynamoDB's resource: on `x.Table(name)`, or on a name for it."""
    names = {
        node.targets[0].id
        for node in python_nodes(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and _is_table(node.value)
    }
    for node in python_nodes(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _TABLE:
            owner = node.func.value
            if _is_table(owner) or (isinstance(owner, ast.Name) and owner.id in names):
                yield node.func.attr


def _is_table(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "Table"


def _called(service: str, method: str) -> CalledAction | None:
    """Return the action that IAM checks for a method of a client, None where it is not known."""
    if service in _UNSIGNED:
        return None
    if service == "s3" and method in _TRANSFERS:
        return CalledAction(_TRANSFERS[method], _TRANSFERS[method])
    operation = operation_of(service, method)
    prefix = _PREFIX.get(service) or (signing_name(service) if operation else "")
    name = f"{prefix}:{operation}"
    special = CALLED.get(name.lower(), "")
    if special and not special.endswith("*"):
        return CalledAction(name, special)
    if not operation or operation not in _PLAIN.get(service, {operation}) or not actions_of(prefix):
        return None
    return CalledAction(name, name)
