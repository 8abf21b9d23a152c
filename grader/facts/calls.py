"""Calls of the AWS SDK for Python in inline code, against the models of botocore: client or table, method and parameters.

What is written for Python judges the literals of JavaScript as well, as nodes of Python: see grader.facts.javascript_calls.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from grader.case.inline_code import python_nodes

MAX_DEPTH = 12
# Methods of clients that are not operations of their service.
# Source: https://docs.aws.amazon.com/boto3/latest/guide/clients.html and the pages of the services
_COMMON = frozenset(
    "can_paginate close exceptions generate_presigned_post generate_presigned_url get_paginator get_waiter meta "
    "waiter_names".split()
)
_ADDED: Mapping[str, frozenset[str]] = {
    "s3": frozenset("copy download_file download_fileobj upload_file upload_fileobj".split()),
    "rds": frozenset({"generate_db_auth_token"}),
    "dsql": frozenset({"generate_db_connect_auth_token", "generate_db_connect_admin_auth_token"}),
}
# The methods of a table of the resource for DynamoDB: those that call an operation, and others.
# Source: https://docs.aws.amazon.com/boto3/latest/reference/services/dynamodb/table/index.html
_TABLE_OPERATIONS: Mapping[str, str] = {
    "delete": "DeleteTable",
    "delete_item": "DeleteItem",
    "get_item": "GetItem",
    "put_item": "PutItem",
    "query": "Query",
    "scan": "Scan",
    "update": "UpdateTable",
    "update_item": "UpdateItem",
}
_TABLE_METHODS = frozenset(
    "batch_writer get_available_subresources load reload wait_until_exists wait_until_not_exists".split()
)
# Names that the SDK takes for parameters whose own names are words of Python. Source: botocore/handlers.py
_ALIASES = {"fromTime": "from", "returnFields": "return"}
_ANY_FORM = frozenset({"CopySource"})  # Amazon S3: a text or a dictionary
_FILLED = frozenset({"glacier"})  # services whose required parameters the SDK fills itself
# What Python values a type of the model takes. Source: botocore's documentation of parameter validation,
# https://docs.aws.amazon.com/botocore/latest/reference/config.html
_TAKES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "boolean": (bool,),
    "float": (int, float),
    "double": (int, float),
}
MAX_SHOWN = 6  # values that a message lists
MAX_ENUM = 60  # values; longer lists grow faster than our model of the service
Model = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Strictness:
    """What is rejected: names that the model does not have, and values of another type."""

    names: bool = True
    types: bool = True


_PYTHON = Strictness()


@dataclass(frozen=True, slots=True)
class Call:
    """A call on a client whose service the code names: `client.put_item(TableName='orders')`."""

    service: str
    method: str
    node: ast.Call


@dataclass(frozen=True, slots=True)
class TableCall:
    """A call on a table of the resource for DynamoDB: `boto3.resource('dynamodb').Table('orders').put_item(Item={})`."""

    method: str
    node: ast.Call


@cache
def services() -> frozenset[str]:
    """Return the names of the services that the SDK knows."""
    return frozenset(_loader().list_available_services("service-2"))


@cache
def _loader() -> Any:
    from botocore.loaders import Loader

    return Loader()


@lru_cache(maxsize=32)
def model_of(service: str) -> Model:
    """Return botocore's model of a service that it knows."""
    model: Model = _loader().load_service_model(service, "service-2")
    return model


@lru_cache(maxsize=32)
def _operations(service: str) -> Mapping[str, str]:
    """Return the operation of each method of a service's client."""
    from botocore import xform_name

    return {xform_name(name): name for name in model_of(service)["operations"]}


def operation_of(service: str, method: str) -> str:
    """Return the operation that a method calls, empty where the service has none."""
    return _operations(service).get(method, "") if service in services() else ""


def signing_name(service: str) -> str:
    """Return the name under which requests of a service are signed, which most IAM actions have as prefix."""
    metadata = model_of(service)["metadata"] if service in services() else {}
    return str(metadata.get("signingName") or metadata.get("endpointPrefix") or service)


def unknown_services(tree: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    """Yield the clients and resources of services that the SDK does not know."""
    for node in python_nodes(tree):
        name = _client_of(node)
        if name and name not in services() and isinstance(node, ast.Call):
            yield node, name


def calls(tree: ast.Module) -> Iterator[Call]:
    """Yield the calls on clients: on `boto3.client('s3')` itself, and on names that are bound to such a client only."""
    clients = _clients(tree)
    for node in python_nodes(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            service = clients.get(owner.id, "") if isinstance(owner, ast.Name) else _client_of(owner)
            if service in services():
                yield Call(service, node.func.attr, node)


def table_calls(tree: ast.Module) -> Iterator[TableCall]:
    """Yield the calls on tables of the resource for DynamoDB: on the table itself, and on names bound to such a table only."""
    if not any(isinstance(node, ast.Attribute) and node.attr == "Table" for node in python_nodes(tree)):
        return
    resources = _bound(tree, _resource_of)

    def table_of(node: ast.AST) -> str:
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "Table"):
            return ""
        owner = node.func.value
        service = resources.get(owner.id, "") if isinstance(owner, ast.Name) else _resource_of(owner)
        return "table" if service == "dynamodb" else ""

    tables = _bound(tree, table_of)
    for node in python_nodes(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if tables.get(owner.id) if isinstance(owner, ast.Name) else table_of(owner):
                yield TableCall(node.func.attr, node)


@lru_cache(maxsize=64)
def _clients(tree: ast.Module) -> dict[str, str]:
    """Return the names that a module binds to clients of one service and to nothing else."""
    return _bound(tree, _client_of)


def _bound(tree: ast.Module, meaning: Callable[[ast.AST], str]) -> dict[str, str]:
    """Return the names that a module binds to values of one meaning and to nothing else."""
    bound: dict[str, set[str]] = {}
    for node in python_nodes(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            bound.setdefault(node.targets[0].id, set()).add(meaning(node.value))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            bound.setdefault(node.target.id, set()).add(meaning(node.value))
        elif isinstance(node, ast.arg):
            bound.setdefault(node.arg, set()).add("")
    for node in python_nodes(tree):
        for name in _other_bindings(node):
            bound.setdefault(name, set()).add("")
    return {name: next(iter(found)) for name, found in bound.items() if len(found) == 1 and "" not in found}


def _other_bindings(node: ast.AST) -> Iterator[str]:
    """Yield the names that a statement binds by anything but a plain assignment."""
    targets: list[ast.expr | None] = []
    if isinstance(node, ast.Assign) and (len(node.targets) > 1 or not isinstance(node.targets[0], ast.Name)):
        targets = list(node.targets)
    elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension | ast.NamedExpr | ast.AugAssign):
        targets = [node.target]
    elif isinstance(node, ast.withitem):
        targets = [node.optional_vars]
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.alias):
        yield (node.asname or node.name).split(".")[0]
    for target in targets:
        yield from (one.id for one in ast.walk(target) if isinstance(one, ast.Name)) if target is not None else ()


def _client_of(node: ast.AST) -> str:
    """Return the service of `boto3.client('s3')`, empty for anything else."""
    return _made_by(node, "client")


def _resource_of(node: ast.AST) -> str:
    """Return the service of `boto3.resource('dynamodb')`, empty for anything else."""
    return _made_by(node, "resource")


def _made_by(node: ast.AST, factory: str) -> str:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == factory):
        return ""
    owner = node.func.value
    if not (isinstance(owner, ast.Name) and owner.id == "boto3"):
        return ""
    given = node.args[:1] or [one.value for one in node.keywords if one.arg == "service_name"]
    value = given[0].value if given and isinstance(given[0], ast.Constant) else ""
    return value if isinstance(value, str) and "${" not in value else ""


def problem(call: Call) -> str:
    """Say what the SDK rejects about a call before it is sent; empty where nothing is sure."""
    name = operation_of(call.service, call.method)
    if not name:
        if call.method in _COMMON or call.method in _ADDED.get(call.service, ()):
            return ""
        return f"a client of {call.service} has no method {call.method}"
    if call.service in _FILLED:
        return ""
    if call.node.args:
        return f"{call.service}.{call.method} takes keyword arguments only"
    given = {_ALIASES.get(one.arg or "", one.arg): one.value for one in call.node.keywords}
    return request_problem(call.service, name, given, f"{call.service}.{call.method}", _PYTHON)


def table_problem(call: TableCall) -> str:
    """Say what the SDK rejects about a call on a table; the values of attributes are those of Python, whatever they are."""
    operation = _TABLE_OPERATIONS.get(call.method)
    if operation is None:
        known = call.method in _TABLE_METHODS or call.method.startswith("_")
        return "" if known else f"a table of DynamoDB has no method {call.method}"
    if call.node.args:
        return f"table.{call.method} takes keyword arguments only"
    given: dict[str | None, ast.expr] = {one.arg: one.value for one in call.node.keywords}
    if "TableName" in given:
        return ""  # accepted, and of no use
    given["TableName"] = ast.Name("table")
    model = model_of("dynamodb")
    shapes = {**model["shapes"], "AttributeValue": {"type": "structure", "members": {}, "document": True}}
    shape = shapes[model["operations"][operation]["input"]["shape"]]
    return _structure(_Request(shapes, _PYTHON), shape, given, f"table.{call.method}", 0)


def request_problem(
    service: str, operation: str, given: Mapping[str | None, ast.expr], where: str, strict: Strictness
) -> str:
    """Say what is wrong with the parameters of a request; None among their names stands for others that are not known."""
    shapes = model_of(service)["shapes"]
    shape = shapes.get(model_of(service)["operations"][operation].get("input", {}).get("shape", ""), {"members": {}})
    return _structure(_Request(shapes, strict), shape, given, where, 0)


@dataclass(frozen=True, slots=True)
class _Request:
    """What the parts of a request are judged by."""

    shapes: Model
    strict: Strictness


def _structure(request: _Request, shape: Model, given: Mapping[str | None, ast.expr], where: str, depth: int) -> str:
    """Say what is wrong with the parameters of a structure; None among the names stands for `**` of others."""
    members = shape.get("members", {})
    unknown = [name for name in given if name is not None and name not in members]
    if unknown and request.strict.names:
        return f"{where} has no parameter {unknown[0]}"
    lacking = [name for name in shape.get("required", ()) if name not in given and not is_filled(members[name])]
    if lacking and None not in given:
        return f"{where} requires the parameter {lacking[0]}"
    for name, value in given.items():
        if name in members and name not in _ANY_FORM and not members[name].get("jsonvalue"):
            found = _value(request, request.shapes[members[name]["shape"]], value, f"{where}, {name},", depth + 1)
            if found:
                return found
    return ""


def is_filled(member: Model) -> bool:
    """Whether the SDK fills a parameter itself, as it does with tokens for idempotency."""
    return bool(member.get("idempotencyToken"))


def _value(request: _Request, shape: Model, value: ast.expr, where: str, depth: int) -> str:
    kind = shape["type"]
    if shape.get("document") or shape.get("jsonvalue") or depth > MAX_DEPTH:
        return ""
    if isinstance(value, ast.Constant):
        return (_constant(kind, value.value, where) if request.strict.types else "") or _enum(shape, value.value, where)
    if isinstance(value, ast.Dict):
        return _dictionary(request, shape, value, where, depth)
    if isinstance(value, ast.List):
        if kind not in ("list", "timestamp", "blob"):
            return f"{where} takes a {kind}, not a list" if request.strict.types else ""
        return _first(request, shape["member"], value.elts, where, depth) if kind == "list" else ""
    return ""


def _enum(shape: Model, value: object, where: str) -> str:
    """Say that the service does not know a text of a short list of values."""
    known = shape.get("enum", ())
    if not isinstance(value, str) or not known or value in known or len(known) > MAX_ENUM or "${" in value:
        return ""
    shown = ", ".join(known[:MAX_SHOWN]) + (" and others" if len(known) > MAX_SHOWN else "")
    return f"{where} takes one of {shown}, not {value!r}" if value else ""


def _dictionary(request: _Request, shape: Model, value: ast.Dict, where: str, depth: int) -> str:
    kind = shape["type"]
    if kind not in ("structure", "map", "timestamp", "blob"):
        return f"{where} takes a {kind}, not a dictionary" if request.strict.types else ""
    if kind == "map":
        return _first(request, shape["value"], value.values, where, depth)
    if kind != "structure":
        return ""
    keys = [key.value if isinstance(key, ast.Constant) else None for key in value.keys]
    named = [key if isinstance(key, str) else None for key in keys]
    return _structure(request, shape, dict(zip(named, value.values, strict=True)), where, depth)


def _first(request: _Request, member: Model, values: Sequence[ast.expr], where: str, depth: int) -> str:
    """Return what is wrong with the first of the values that is not as the model says."""
    shape = request.shapes[member["shape"]]
    return next((found for one in values if (found := _value(request, shape, one, where, depth + 1))), "")


def _constant(kind: str, value: object, where: str) -> str:
    """Say that a constant has a type that the SDK rejects."""
    if value is Ellipsis:
        return ""
    takes = _TAKES.get(kind)
    if takes is None:
        if kind in ("structure", "map", "list"):
            return f"{where} takes a {kind}, not {value!r}"
        return ""
    return "" if isinstance(value, takes) else f"{where} takes a {kind}, not {value!r}"
