"""Inline code that imports what its runtime does not have."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator

from grader.case import Case
from grader.case.inline_code import InlineCode, python_nodes, python_tree
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._fragments import resources, role, worker
from grader.rules.code._functions import created_functions, level_of_failure, stack_waits
from grader.support.markdown import code as span
from grader.support.markdown import listed

# What the Python runtimes of Lambda have besides the standard library; cfnresponse comes with ZipFile.
# Source: https://docs.aws.amazon.com/lambda/latest/dg/python-package.html
_PYTHON = sys.stdlib_module_names | {
    "boto3",
    "botocore",
    "cfnresponse",
    "awslambdaric",
    "s3transfer",
    "jmespath",
    "dateutil",
    "urllib3",
    "six",
}
_IMPORT = re.compile(r"^[ ]*(?:import|from)[ ]+([a-zA-Z_]\w*)", re.M)
_REQUIRE = re.compile(r"""(?:require\(|from[ ]+)['"]([a-z@][\w@./-]*)['"]""")
_NODE = frozenset(
    (
        "assert async_hooks buffer child_process cluster console constants crypto dgram dns domain events fs http http2 https "
        "inspector module net os path perf_hooks process punycode querystring readline repl stream string_decoder timers tls tty "
        "url util v8 vm worker_threads zlib cfn-response aws-sdk"
    ).split()
)
_WITH_SDK_2 = ("nodejs12.x", "nodejs14.x", "nodejs16.x")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report modules that inline functions without layers import and that their runtime does not have."""
    for code in created_functions(case):
        missing = [] if code.function.get("Layers") is not None else _imports(code)
        if missing:
            always = any(_is_at_top(code.text, name) for name in missing)
            yield at_property(
                code.template,
                code.function,
                code.path,
                f"imports {', '.join(missing)}, which {code.runtime} does not have",
                level=level_of_failure(code) if always else "",
                value=", ".join(missing),
                runtime=code.runtime,
                remedy=_remedy(missing),
                because=_because(code, missing) + (stack_waits(code) if always else ""),
            )


def _is_at_top(text: str, name: str) -> bool:
    """Whether a module is imported where the file begins to run, and not only inside a function."""
    module = re.escape(name)
    return (
        re.search(rf"^(import|from) +{module}\b|^(const|let|var)\b.*require\(['\"]{module}\b", text, re.M) is not None
    )


def _because(code: InlineCode, missing: list[str]) -> str:
    if "aws-sdk" in missing:
        return f"{span('aws-sdk')} is version 2 of the SDK; runtimes from Node.js 18 on have version 3, the modules {span('@aws-sdk/…')}."
    return f"{span(code.function.name)} has no Layers, and {span('ZipFile')} is one file without {listed(missing)}."


def _remedy(missing: list[str]) -> str:
    package = f"Provide {listed(missing)} in a layer or a deployment package"
    if missing == ["aws-sdk"]:
        return f"Use the clients of version 3, such as {span('@aws-sdk/client-sns')}, which the runtime has. Or {package[0].lower()}{package[1:]}."
    return f"{package}, or write the code with the standard library and the AWS SDK."


def _imports(code: InlineCode) -> list[str]:
    """Return the modules that a text imports and that its runtime lacks, in order; the text is only read, never run."""
    if code.is_python:
        return [name for name in dict.fromkeys(_python_imports(code.text)) if name not in _PYTHON]
    if code.is_javascript:
        found = [name for name in _REQUIRE.findall(code.text) if not name.startswith((".", "@aws-sdk/", "@smithy/"))]
        names = [name.removeprefix("node:").split("/")[0] for name in found]
        has_sdk = code.runtime in _WITH_SDK_2
        return [name for name in dict.fromkeys(names) if name not in _NODE or (name == "aws-sdk" and not has_sdk)]
    return []


def _python_imports(text: str) -> Iterator[str]:
    """Yield the top-level names of imported modules, without those whose failure the code expects."""
    tree = python_tree(text)
    if not isinstance(tree, ast.Module):
        yield from _IMPORT.findall(text)
        return
    expected = {
        id(inner)
        for one in python_nodes(tree)
        if isinstance(one, ast.Try) and any(_takes_import_error(handler) for handler in one.handlers)
        for statement in one.body
        for inner in ast.walk(statement)
    }
    for node in python_nodes(tree):
        if id(node) in expected:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def _takes_import_error(handler: ast.ExceptHandler) -> bool:
    names = {one.id for one in ast.walk(handler.type) if isinstance(one, ast.Name)} if handler.type else set()
    return handler.type is None or bool(names & {"ImportError", "ModuleNotFoundError", "Exception"})


RULE = Rule(
    id="inline-code-dependency",
    kind="inline-code-missing-dependency",
    level="High",
    category="code",
    title="Inline code with modules that its runtime does not have: {values}",
    issue="The inline code of {resources} in {file} imports {values}, which the runtime ({runtimes}) does not have. Inline code "
    "cannot bring packages along, and the function fails at the import.",
    fix="{remedy}",
    root_cause="{because}",
    lesson="Use the standard library and the AWS SDK of the runtime in inline code, and nothing else.",
    reference="https://docs.aws.amazon.com/lambda/latest/dg/python-package.html",
    aws_behaviour="Lambda creates the function; each invocation that reaches the import fails. The stack fails where a custom resource "
    "waits for a function with the import at its top (Critical).",
    cost="Each failed invocation is charged, and asynchronous invocations are repeated.",
    check=check,
    fails=(
        example(
            resources(
                role(),
                worker(
                    "import json\nimport psycopg2\ndef handler(event, context):\n    return json.dumps({})", "  # finds"
                ),
            )
        ),
        example(
            resources(
                role(),
                worker(
                    "const AWS = require('aws-sdk');\nexports.handler = async () => new AWS.S3();",
                    "  # finds",
                    runtime="nodejs20.x",
                ),
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
                    try:
                        from aws_xray_sdk.core import xray_recorder
                    except ImportError:
                        xray_recorder = None
                    def handler(event, context):
                        '''Import orders from psycopg2 dumps.'''
                        return None
                    """
                ),
            )
        ),
    ),
)
