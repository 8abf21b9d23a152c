"""Calls that the role does not allow."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.case import Case
from grader.case.iam import grants, role_of
from grader.case.inline_code import inline_functions, python_tree
from grader.catalogue import Rule, RuleFinding, at_property, example

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
    for code in inline_functions(case):
        role = role_of(code.template, code.function) if code.is_python else None
        tree = python_tree(code.text) if role else None
        if role is None or not isinstance(tree, ast.Module):
            continue
        granted = grants(case, code.template, role)
        refused = [action for action in _calls(tree) if not granted.allow(action)] if granted.is_complete else []
        if refused:
            message = f"calls {', '.join(refused[:3])}, which its role {role.name} does not allow"
            yield at_property(code.template, code.function, code.path, message, value=refused[0], role=role.name)
            yield at_property(
                code.template, role, "Policies", f"does not allow {refused[0]}", value=refused[0], role=role.name
            )


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
    title="Calls that the role does not allow",
    issue="The inline code of {resource} in {file} calls {values}, and none of the policies of {role} allows it: the "
    "call is refused.",
    fix="Allow {values} on the resource that is called, in the policies of {role}.",
    root_cause="Code and policy were written apart.",
    lesson="Hold the calls of code against the policies of its role.",
    reference="https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html",
    cost="Invocations fail and are tried again.",
    security="None.",
    performance="None.",
    check=check,
    fails=(
        example("""
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
      Policies:  # finds
        - PolicyName: work
          PolicyDocument:
            Version: '2012-10-17'
            Statement: [{Effect: Allow, Action: ['dynamodb:GetItem', 'logs:*'], Resource: '*'}]
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Code:
        ZipFile: |  # finds
          import boto3
          client = boto3.client("dynamodb")
          def handler(event, context):
              client.put_item(TableName="orders", Item={})
"""),
    ),
    passes=(
        example("""
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
      Policies:
        - PolicyName: work
          PolicyDocument:
            Version: '2012-10-17'
            Statement: [{Effect: Allow, Action: ['dynamodb:GetItem', 'logs:*'], Resource: '*'}]
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Code:
        ZipFile: |
          import boto3
          client = boto3.client("dynamodb")
          def handler(event, context):
              client.get_item(TableName="orders", Key={})
"""),
    ),
)
