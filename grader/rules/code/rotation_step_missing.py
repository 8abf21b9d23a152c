"""Rotation functions that store a new password and do not set it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.case import Case
from grader.case.inline_code import InlineCode, python_nodes, python_tree
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._fragments import resource, resources, role, worker
from grader.rules.code._functions import created_functions, rotates
from grader.support.markdown import code as span

# The call with which a rotation function makes the pending version of the secret the current one.
# Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-lambda-functions.html
_MAKES_CURRENT = "update_secret_version_stage"


def check(case: Case) -> Iterator[RuleFinding]:
    """Report inline functions of rotation schedules that make a new password current and do nothing in the step setSecret."""
    for code in created_functions(case):
        try:
            line = _idle_step(code) if rotates(code) and _MAKES_CURRENT in code.text else 0
        except RecursionError:  # expressions that nest too deeply to be written
            line = 0
        if line:
            text = code.text.split("\n")[line - 1].strip()
            because = f"Line {line} of the code, {span(text)}, is followed by nothing but logging, `pass` or a return."
            message = f"its step setSecret does nothing (line {line} of the code)"
            yield at_property(code.template, code.function, code.path, message, value="setSecret", because=because)


def _idle_step(code: InlineCode) -> int:
    """Return the line of the rotation step setSecret where it does nothing, 0 where it does something or is not found."""
    tree = python_tree(code.text) if code.is_python else None
    for node in python_nodes(tree) if isinstance(tree, ast.Module) else ():
        if (
            isinstance(node, ast.FunctionDef)
            and re.fullmatch(r"_*set_?secret", node.name, re.I)
            and _is_idle(node.body)
        ):
            return node.lineno
        if isinstance(node, ast.If) and "'setsecret'" in ast.unparse(node.test).lower() and _is_idle(node.body):
            return node.lineno
    return 0


def _is_idle(body: list[ast.stmt]) -> bool:
    """Whether statements do nothing but log and return."""
    return all(
        isinstance(one, ast.Pass)
        or (isinstance(one, ast.Return) and not any(isinstance(inner, ast.Call) for inner in ast.walk(one)))
        or (isinstance(one, ast.Expr) and (isinstance(one.value, ast.Constant) or _is_log(one.value)))
        for one in body
    )


def _is_log(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and re.match(r"print$|log(ger|ging)?\.", ast.unparse(node.func)) is not None


_ROTATION = resource(
    "Rotation", "AWS::SecretsManager::RotationSchedule", "SecretId: shop\nRotationLambdaARN: !GetAtt Worker.Arn"
)

RULE = Rule(
    id="rotation-step-missing",
    kind="rotation-config",
    level="High",
    category="code",
    title="Rotation that does not set the new password: {resources}",
    issue="The rotation function {resources} in {file} does nothing in its step {value}. Secrets Manager stores the new password and "
    "makes it current, and the database or service keeps the old one: after the first rotation, clients cannot log in.",
    fix="Write the step {value}: log in with the current password and set the pending one. Or use HostedRotationLambda, or let RDS "
    "manage the password (ManageMasterUserPassword).",
    root_cause="{because}",
    lesson="A rotation function has to set the password where it is used, in the step setSecret.",
    reference="https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets_how.html",
    aws_behaviour="Secrets Manager calls createSecret, setSecret, testSecret and finishSecret, and takes a step that returns for done.",
    security="The old password stays valid in the database.",
    check=check,
    fails=(
        example(
            resources(
                role(),
                worker(
                    """
                    def handler(event, context):
                        if event['Step'] == 'createSecret':
                            print('create')
                        elif event['Step'] == 'setSecret':
                            print('set')
                    def finish_secret(client, event):
                        client.update_secret_version_stage(SecretId=event['SecretId'], VersionStage='AWSCURRENT')
                    """,
                    "  # finds",
                ),
                _ROTATION,
            )
        ),
    ),
    passes=(
        example(
            resources(
                role(),
                worker(
                    """
                    import boto3
                    def handler(event, context):
                        if event['Step'] == 'setSecret':
                            set_secret(event)
                    def set_secret(event):
                        boto3.client('rds').modify_db_instance(DBInstanceIdentifier='shop', MasterUserPassword=event['new'])
                    """
                ),
                _ROTATION,
            )
        ),
        example(
            resources(
                role(), worker("def set_secret(event):\n    pass\ndef handler(event, context):\n    set_secret(event)")
            )
        ),
    ),
)
