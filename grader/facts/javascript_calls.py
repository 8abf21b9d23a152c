"""Commands of the AWS SDK for JavaScript, version 3, in inline code, against the models of botocore."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from grader.case.inline_code import javascript_tree
from grader.facts.calls import Strictness, model_of, request_problem, services

if TYPE_CHECKING:
    from tree_sitter import Node

_PACKAGE = re.compile(r"^@aws-sdk/client-([a-z0-9-]+)$")
# Packages that are not named as botocore names the service, hyphens aside.
# Source: https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/
_SERVICES = {
    "cloudwatch-logs": "logs",
    "cloudwatch-events": "events",
    "cognito-identity-provider": "cognito-idp",
    "config-service": "config",
    "cost-explorer": "ce",
    "elastic-load-balancing-v2": "elbv2",
    "eventbridge": "events",
    "sfn": "stepfunctions",
}
# Commands of the document client, with the operations that they send. Values are JavaScript's own there.
# Source: https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/Package/-aws-sdk-lib-dynamodb/
_DOCUMENTS = "@aws-sdk/lib-dynamodb"
_DOCUMENT_COMMANDS: Mapping[str, str] = {
    "BatchExecuteStatementCommand": "BatchExecuteStatement",
    "BatchGetCommand": "BatchGetItem",
    "BatchWriteCommand": "BatchWriteItem",
    "DeleteCommand": "DeleteItem",
    "ExecuteStatementCommand": "ExecuteStatement",
    "ExecuteTransactionCommand": "ExecuteTransaction",
    "GetCommand": "GetItem",
    "PutCommand": "PutItem",
    "QueryCommand": "Query",
    "ScanCommand": "Scan",
    "TransactGetCommand": "TransactGetItems",
    "TransactWriteCommand": "TransactWriteItems",
    "UpdateCommand": "UpdateItem",
}
MAX_NESTED = 30


def problems(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line (from 1) and what is wrong: a command that its package does not have, and a required parameter that is missing.

    Unknown parameters are left alone: the SDK does not send them and reports nothing.
    """
    root = javascript_tree(text)
    imported: dict[str, tuple[str, str]] = {}  # the package and the operation, by the name here
    for node, package, names in _imports(root):
        if package != _DOCUMENTS and not _service(package):
            continue
        for here, name in names:
            operation = _operation(package, name)
            if name.endswith("Command") and not operation:
                yield node.start_point[0] + 1, f"{package} has no {name}"
            elif operation:
                imported[here] = (package, operation)
    for node in _walk(root):
        if node.type == "new_expression" and (found := _rejected(node, imported)):
            yield node.start_point[0] + 1, found


def _operation(package: str, name: str) -> str:
    """Return the operation that a name of a package sends, empty where it is not a command that the package has."""
    if package == _DOCUMENTS:
        return _DOCUMENT_COMMANDS.get(name, "")
    operation = name.removesuffix("Command")
    return operation if operation != name and operation in model_of(_service(package))["operations"] else ""


def _walk(root: Node) -> Iterator[Node]:
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))


def _text(node: Node | None) -> str:
    return node.text.decode("utf-8", "replace") if node is not None and node.text is not None else ""


def _imports(root: Node) -> Iterator[tuple[Node, str, list[tuple[str, str]]]]:
    """Yield each import of a package with the names that it takes: the name here, and the name there."""
    for node in _walk(root):
        if node.type == "import_statement":
            names = [
                (
                    _text(one.child_by_field_name("alias")) or _text(one.child_by_field_name("name")),
                    _text(one.child_by_field_name("name")),
                )
                for one in _walk(node)
                if one.type == "import_specifier"
            ]
            yield node, _text(node.child_by_field_name("source")).strip("'\"`"), names
        elif node.type == "variable_declarator":
            value, pattern = node.child_by_field_name("value"), node.child_by_field_name("name")
            required = re.fullmatch(r"require\(\s*['\"`]([^'\"`]+)['\"`]\s*\)", _text(value))
            if required and pattern is not None and pattern.type == "object_pattern":
                yield node, required.group(1), list(_taken(pattern))


def _taken(pattern: Node) -> Iterator[tuple[str, str]]:
    for one in pattern.named_children:
        if one.type == "shorthand_property_identifier_pattern":
            yield _text(one), _text(one)
        elif one.type == "pair_pattern":
            yield _text(one.child_by_field_name("value")), _text(one.child_by_field_name("key"))


def _service(package: str) -> str:
    """Return botocore's name of the service of a package, empty where it is none of a service that botocore knows."""
    found = _PACKAGE.match(package)
    if not found:
        return ""
    name = _SERVICES.get(found.group(1), found.group(1).replace("-", ""))
    name = name if name in services() else found.group(1)
    return name if name in services() else ""


def _rejected(node: Node, imported: Mapping[str, tuple[str, str]]) -> str:
    """Say what the service rejects about a command with a literal object; empty where nothing is sure."""
    name = _text(node.child_by_field_name("constructor"))
    arguments = node.child_by_field_name("arguments")
    if name not in imported or arguments is None:
        return ""
    package, operation = imported[name]
    given = [one for one in arguments.named_children if one.type != "comment"]
    if len(given) > 1 or (given and given[0].type != "object"):
        return ""
    literal = _literal(given[0], 0) if given else ast.Dict(keys=[], values=[])
    if not isinstance(literal, ast.Dict):
        return ""
    keys = [key.value if isinstance(key, ast.Constant) else None for key in literal.keys]
    fields = {key if isinstance(key, str) else None: value for key, value in zip(keys, literal.values, strict=True)}
    if package == _DOCUMENTS:
        unknown: ast.expr = ast.Name(id="unknown")
        return request_problem("dynamodb", operation, dict.fromkeys(fields, unknown), name, Strictness(names=False))
    service = _service(package)
    is_json = model_of(service)["metadata"]["protocol"] == "json"  # other protocols send every value as text
    return request_problem(service, operation, fields, name, Strictness(names=False, types=is_json))


def _literal(node: Node, depth: int) -> ast.expr:
    """Return a literal of JavaScript as one of Python; a name stands for everything that is not a literal."""
    unknown = ast.Name(id="unknown")
    if depth > MAX_NESTED:
        return unknown
    if node.type == "object":
        return _object(node, depth)
    if node.type == "array":
        items = [one for one in node.named_children if one.type != "comment"]
        return ast.List(elts=[_literal(one, depth + 1) for one in items if one.type != "spread_element"])
    text = _text(node)
    if node.type == "string":
        return ast.Constant(text[1:-1]) if "\\" not in text else unknown
    if node.type == "number" and re.fullmatch(r"\d{1,15}(\.\d{1,15})?", text):
        return ast.Constant(float(text) if "." in text else int(text))
    return ast.Constant(node.type == "true") if node.type in ("true", "false") else unknown


def _object(node: Node, depth: int) -> ast.Dict:
    keys: list[ast.expr | None] = []
    values: list[ast.expr] = []
    for one in node.named_children:
        if one.type == "comment":
            continue
        key = one.child_by_field_name("key") if one.type == "pair" else one
        value = one.child_by_field_name("value") if one.type == "pair" else None
        is_named = key is not None and key.type in ("property_identifier", "string", "shorthand_property_identifier")
        keys.append(ast.Constant(_text(key).strip("'\"")) if is_named else None)
        values.append(_literal(value, depth + 1) if value is not None else ast.Name(id="unknown"))
    return ast.Dict(keys=keys, values=values)
