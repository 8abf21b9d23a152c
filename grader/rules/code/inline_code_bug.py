"""Inline code that fails at each call."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.case import Case
from grader.case.inline_code import InlineCode, javascript_error, python_nodes, python_tree
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._fragments import resource, resources, role, worker
from grader.rules.code._functions import created_functions, level_of_failure, stack_waits
from grader.support.markdown import code as span

_UNKNOWN = re.compile(r"\$\{[^{}]*\}")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report inline Python and JavaScript that does not parse, and handlers that the code does not define."""
    for code in created_functions(case):
        error, handler = _error(code), ""
        if not error:
            handler = _handler(code)
        if error or handler:
            path = code.path if error else "Handler"
            because = (_cause(code, error) if error else _handler_cause(code)) + stack_waits(code)
            message = error or handler
            level = level_of_failure(code)
            names = _defined(code) if handler else []
            needed = f"index.{names[0]}" if len(names) == 1 else ""
            facts = {"value": message, "because": because, "handler": needed}
            yield at_property(code.template, code.function, path, message, level=level, **facts)


def _error(code: InlineCode) -> str:
    """Say what does not parse, whatever the values are that only a deployment gives."""
    if code.is_python:
        errors = [python_tree(_UNKNOWN.sub(stand_in, code.text)) for stand_in in ("0", "x")]
        return f"the code does not parse: {errors[0]}" if all(isinstance(error, str) for error in errors) else ""
    line = javascript_error(code.text) if code.is_javascript else None
    return f"the code does not parse (line {line})" if line else ""


def _cause(code: InlineCode, error: str) -> str:
    """Say what in the text leads to the error."""
    if re.fullmatch(r"\W*[A-Z][A-Z0-9_ ]+\W*", code.text.strip()):
        return f"The text {span(code.text.strip())} stands where the code belongs."
    if "\\n" in code.text and "\n" not in code.text.strip():
        return "The line breaks are written as a backslash and an n, twice escaped, so that the code is one line."
    if code.is_python and javascript_error(code.text) is None and re.search(r"=>|\bconst |\bexports\.", code.text):
        return f"The code is JavaScript, and the runtime is {span(code.runtime)}."
    if code.is_javascript and not isinstance(python_tree(code.text), str) and re.search(r"^def ", code.text, re.M):
        return f"The code is Python, and the runtime is {span(code.runtime)}."
    match = re.search(r"\(line (\d+)\)$", error)
    lines, number = code.text.split("\n"), int(match.group(1)) if match else 0
    return f"Line {number} of the code is {span(lines[number - 1].strip())}." if 0 < number <= len(lines) else ""


def _handler(code: InlineCode) -> str:
    """Say what is wrong with the handler: its module is not the inline one, or the code does not define it."""
    module, _, name = code.handler.rpartition(".")
    if not module or "${" in code.handler or not (code.is_python or code.is_javascript):
        return ""
    if module != "index":
        return f"the handler is {code.handler}, and inline code is the module index"
    return "" if name in _names(code) else f"the handler is {code.handler}, and the code does not define {name}"


def _handler_cause(code: InlineCode) -> str:
    names = _defined(code)
    if not names:
        return "The code defines no function with two parameters."
    return f"The code defines {', '.join(span(name) for name in names[:3])}; as a handler that is {span('index.' + names[0])}."


def _defined(code: InlineCode) -> list[str]:
    """Return the functions that may be the handler: those of a module with an event and a context, or exported functions."""
    if code.is_javascript:
        return re.findall(r"exports\.(\w+)\s*=", code.text)
    tree = python_tree(_UNKNOWN.sub("0", code.text))
    body = tree.body if isinstance(tree, ast.Module) else []
    functions = [one for one in body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [one.name for one in functions if len(one.args.args) == 2 and "context" in one.args.args[1].arg]


def _names(code: InlineCode) -> set[str]:
    if code.is_javascript:
        return set(re.findall(r"[A-Za-z_$][\w$]*", code.text))
    tree = python_tree(_UNKNOWN.sub("0", code.text))
    if not isinstance(tree, ast.Module):
        return {code.handler.rpartition(".")[2]}
    names = {
        one.name for one in python_nodes(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    names |= {
        alias.asname or alias.name
        for one in python_nodes(tree)
        if isinstance(one, ast.ImportFrom)
        for alias in one.names
    }
    return names | {one.id for one in python_nodes(tree) if isinstance(one, ast.Name)}


_HANDLER = "def handler(event, context):\n    return None"

RULE = Rule(
    id="inline-code-bug",
    kind="inline-code-bug",
    level="High",
    category="code",
    title="Inline code that fails at each invocation: {resources}",
    issue="In the inline code of {resources} in {file}: {values}. Lambda creates the function, and each invocation fails.",
    fix="Correct the code of {resources}, and let Handler be `index.` with a function that the code defines.",
    root_cause="{because}",
    lesson="Parse inline code before it is delivered, and compare Handler with what it defines.",
    reference="https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html",
    aws_behaviour="Lambda does not look into the code at creation; each invocation fails with a syntax or import error. The stack fails "
    "where a custom resource waits for the function (Critical).",
    cost="Each failed invocation is charged, and asynchronous invocations are repeated.",
    needed=lambda finding: (finding.facts.get("handler") or None) if finding.path.endswith("Handler") else None,
    check=check,
    fails=(
        example(
            resources(
                role(),
                worker("exports.handler = async (event => { return 1; };", "  # finds", runtime="nodejs22.x"),
            )
        ),
        example(resources(role(), worker(_HANDLER, properties="Handler: index.main  # finds"))),
        example(
            resources(role(), worker("import json\ndef handler(event, context)\n    return '${Region}'", "  # finds"))
        ),
    ),
    passes=(
        example(
            resources(
                role(),
                worker(
                    "exports.handler = async (event) => ({ statusCode: 200, body: `${event.id}` });",
                    runtime="nodejs22.x",
                ),
            )
        ),
        example(resources(role(), worker(_HANDLER))),
        example(
            resources(
                role(),
                resource(
                    "Worker",
                    "AWS::Lambda::Function",
                    """
                    Runtime: python3.13
                    Handler: worker.handler
                    Role: !GetAtt Role.Arn
                    Code: {ZipFile: 'def handler(event, context): return None'}
                    """,
                    "Condition: Never",
                ),
                head="Conditions: {Never: !Equals [a, b]}",
            )
        ),
    ),
)
