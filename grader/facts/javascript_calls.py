"""Commands of the AWS SDK for JavaScript, version 3, in inline code, against the models of botocore."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from grader.case.inline_code import javascript_tree
from grader.facts.calls import is_filled, model_of, services

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


def problems(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line (from 1) and what is wrong: a command that its package does not have, and a required parameter that is missing.

    Unknown parameters are left alone: the SDK does not send them and reports nothing.
    """
    root = javascript_tree(text)
    imported: dict[str, tuple[str, str]] = {}  # the package and the name there, by the name here
    for node, package, names in _imports(root):
        service = _service(package)
        if not service:
            continue
        operations = model_of(service)["operations"]
        for here, name in names:
            if name.endswith("Command") and name.removesuffix("Command") not in operations:
                yield node.start_point[0] + 1, f"{package} has no {name}"
            elif name.endswith("Command"):
                imported[here] = (service, name.removesuffix("Command"))
    for node in _walk(root):
        if node.type == "new_expression" and (found := _lacking(node, imported)):
            yield node.start_point[0] + 1, found


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


def _lacking(node: Node, imported: dict[str, tuple[str, str]]) -> str:
    """Say which required parameter a command with a literal object lacks; empty where nothing is sure."""
    name = _text(node.child_by_field_name("constructor"))
    arguments = node.child_by_field_name("arguments")
    if name not in imported or arguments is None:
        return ""
    service, operation = imported[name]
    given = arguments.named_children
    if len(given) > 1 or (given and given[0].type != "object"):
        return ""
    fields = given[0].named_children if given else []
    if any(one.type not in ("pair", "shorthand_property_identifier", "comment", "method_definition") for one in fields):
        return ""
    keys = [one.child_by_field_name("key") if one.type == "pair" else one for one in fields]
    if any(key is not None and key.type == "computed_property_name" for key in keys):
        return ""
    names = {_text(key).strip("'\"") for key in keys}
    model = model_of(service)
    shape = model["shapes"].get(model["operations"][operation].get("input", {}).get("shape", ""), {})
    for required in shape.get("required", ()):
        if required not in names and not is_filled(shape["members"][required]):
            return f"{name} requires the parameter {required}"
    return ""
