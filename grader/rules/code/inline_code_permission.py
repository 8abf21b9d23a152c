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
from grader.rules.code._called_actions import called_actions
from grader.rules.code._functions import created_functions
from grader.support.markdown import code as span
from grader.support.markdown import listed


def check(case: Case) -> Iterator[RuleFinding]:
    """Report calls of inline Python that no policy of the function's role allows, where all of its policies are known.

    Silent where a policy lists the call under a name that IAM does not have, which unknown-iam-action reports.
    """
    for code in created_functions(case):
        own = role_of(code.template, code.function) if code.is_python else None
        tree = python_tree(code.text) if own else None
        if own is None or not isinstance(tree, ast.Module):
            continue
        granted = grants(case, code.template, own)
        misnamed = {action.lower() for action in granted.actions if not is_known_action(action)}
        refused = [
            call.action
            for call in called_actions(tree)
            if not granted.allow(call.action) and is_known_action(call.action) and call.name.lower() not in misnamed
        ]
        refused = list(dict.fromkeys(refused))
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
    cost="Failed invocations are charged, and asynchronous invocations are repeated.",
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
