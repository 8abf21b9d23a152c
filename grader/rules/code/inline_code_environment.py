"""Inline code that reads environment variables which the template does not set."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.case import Case
from grader.case.inline_code import InlineCode, python_nodes, python_tree
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._fragments import resources, role, worker
from grader.rules.code._functions import created_functions
from grader.support.markdown import code as span
from grader.support.markdown import listed

# Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
_GIVEN = re.compile(r"AWS_|LAMBDA_|_HANDLER|_X_AMZN|TZ$|PATH$|LANG$|LD_LIBRARY_PATH$|PYTHONPATH$|NODE_PATH$")
_TAKES_IT = {"KeyError", "LookupError", "Exception"}


def check(case: Case) -> Iterator[RuleFinding]:
    """Report environment variables that inline Python requires and that the template does not set."""
    for code in created_functions(case):
        tree = python_tree(code.text) if code.is_python and not code.is_open else None
        if not isinstance(tree, ast.Module):
            continue
        names = [name for name in dict.fromkeys(_required(tree)) if not _GIVEN.match(name)]
        unset = [name for name in names if name not in code.variables]
        if unset:
            yield at_property(
                code.template,
                code.function,
                code.path,
                f"reads {', '.join(unset)}, which the template does not set",
                value=", ".join(unset),
                because=_because(code),
            )


def _because(code: InlineCode) -> str:
    others = sorted(code.variables)
    return (
        f"Environment.Variables of {span(code.function.name)} has {listed(others)}."
        if others
        else f"{span(code.function.name)} has no Environment."
    )


def _required(tree: ast.Module) -> Iterator[str]:
    """Yield the names that `os.environ[name]` reads, without those that are tested, set, or whose absence is handled."""
    spared: set[int] = set()
    tested: set[str] = set()
    for node in python_nodes(tree):
        if isinstance(node, ast.Try) and any(_takes(handler) for handler in node.handlers):
            spared |= {id(inner) for statement in node.body for inner in ast.walk(statement)}
        elif isinstance(node, ast.Compare) and isinstance(node.left, ast.Constant) and _is_environ(node.comparators[0]):
            tested.add(str(node.left.value))
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store) and _is_environ(node.value):
            tested.add(_name(node))
    for node in python_nodes(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and _is_environ(node.value):
            name = _name(node)
            if name and name not in tested and id(node) not in spared:
                yield name


def _is_environ(node: ast.expr) -> bool:
    return (isinstance(node, ast.Attribute) and node.attr == "environ") or (
        isinstance(node, ast.Name) and node.id == "environ"
    )


def _name(node: ast.Subscript) -> str:
    return node.slice.value if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str) else ""


def _takes(handler: ast.ExceptHandler) -> bool:
    names = {one.id for one in ast.walk(handler.type) if isinstance(one, ast.Name)} if handler.type else set()
    return handler.type is None or bool(names & _TAKES_IT)


RULE = Rule(
    id="inline-code-environment",
    kind="inline-code-bug",
    level="High",
    category="code",
    title="Missing environment variables: {values}",
    issue="The inline code of {resources} in {file} reads {values} from `os.environ`, which the template does not set. The function "
    "fails there with a KeyError.",
    fix="Add {values} to Environment.Variables of {resources}.",
    root_cause="{because}",
    lesson="Compare the environment variables that code reads with those that the template sets.",
    reference="https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
    aws_behaviour="Lambda creates the function; reading the variable raises KeyError at each invocation that reaches it.",
    cost="Each failed invocation is charged, and asynchronous invocations are repeated.",
    check=check,
    fails=(
        example(
            resources(
                role(),
                worker("import os\ndef handler(event, context):\n    return os.environ['TABLE']", "  # finds"),
            )
        ),
    ),
    passes=(
        example(
            resources(
                role(),
                worker(
                    """
                    import os
                    os.environ['MODE'] = 'test'
                    def handler(event, context):
                        try:
                            queue = os.environ['QUEUE']
                        except KeyError:
                            queue = None
                        region = os.environ['AWS_REGION'] if 'STAGE' not in os.environ else os.environ['STAGE']
                        return os.environ['TABLE'], os.environ.get('TOPIC'), os.environ['MODE'], queue, region
                    """,
                    properties="Environment: {Variables: {TABLE: orders}}",
                ),
            )
        ),
    ),
)
