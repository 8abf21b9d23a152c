"""Floats on their way to DynamoDB."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from grader.case import Case
from grader.case.inline_code import InlineCode, python_nodes, python_tree
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._fragments import resources, role, worker
from grader.rules.code._functions import created_functions
from grader.support.markdown import code as span

_WRITES = {
    "put_item": ("Item",),
    "update_item": ("ExpressionAttributeValues",),
    "delete_item": ("ExpressionAttributeValues",),
}
# Functions whose result is a float, and those whose result is not whatever goes in.
_FLOATS = {"float", "time.time", "random.random", "random.uniform", "statistics.mean", "math.sqrt"}
_OTHERS = {"Decimal", "decimal.Decimal", "str", "int", "len", "json.dumps", "bool"}
_MONEY = re.compile(r"^(\w*_)?(amount|price|total|balance|cost|fee|subtotal)$", re.I)
_CLIENT_VALUE = {"S", "N", "B", "BOOL", "L", "M", "SS", "NS", "NULL"}


@dataclass
class _Values:
    """What the names of a module hold: floats, or what was parsed from JSON without parse_float."""

    floats: set[str] = field(default_factory=set)
    parsed: set[str] = field(default_factory=set)


def check(case: Case) -> Iterator[RuleFinding]:
    """Report inline Python that hands floats to boto3's table resource, which takes only Decimal."""
    for code in created_functions(case):
        tree = python_tree(code.text) if code.is_python and _uses_table(code) else None
        if not isinstance(tree, ast.Module):
            continue
        found = _first_float(tree)
        if found is None:
            continue
        line, text, is_float = found
        because = (
            f"Line {line} of the code writes {span(text)}, which is a float."
            if is_float
            else f"Line {line} of the code writes {span(text)} as json.loads returns it: a float for each number with a fraction."
        )
        yield at_property(
            code.template,
            code.function,
            code.path,
            f"writes {text} to DynamoDB without Decimal (line {line} of the code)",
            value=text,
            because=because,
            consequence=_consequence(code),
        )


def _consequence(code: InlineCode) -> str:
    """Say what the failed records cost, for a function that an event source mapping invokes."""
    mappings = code.template.of_type("AWS::Lambda::EventSourceMapping")
    is_mapped = any(
        use.target == code.function.name
        for one in mappings
        for use in code.template.references
        if use.owner == one.name
    )
    return "Records that fail are processed again until they expire, and each attempt is charged." if is_mapped else ""


def _first_float(tree: ast.Module) -> tuple[int, str, bool] | None:
    """Return the first write of a float, a sure one before others; nothing where expressions nest too deeply to follow."""
    try:
        values = _values(tree)
        sure = next((found for found in _written(tree, values) if found[2]), None)
        return sure or next(_written(tree, values), None)
    except RecursionError:
        return None


def _uses_table(code: InlineCode) -> bool:
    return re.search(r"\.(put_item|update_item|delete_item)\(", code.text) is not None and bool(
        re.search(r"resource\(\s*['\"]dynamodb", code.text)
    )


def _values(tree: ast.Module) -> _Values:
    """Follow assignments twice, so that a name may come from one that is assigned below it."""
    values = _Values()
    assigned = [one for one in python_nodes(tree) if isinstance(one, ast.Assign) and len(one.targets) == 1]
    for _ in range(2):
        for one in assigned:
            target = one.targets[0]
            if isinstance(target, ast.Name):
                if _is_float(one.value, values):
                    values.floats.add(target.id)
                if _is_parsed(one.value, values):
                    values.parsed.add(target.id)
    for one in assigned:  # a name that is also assigned something else is left alone
        target = one.targets[0]
        if isinstance(target, ast.Name):
            if not _is_float(one.value, values):
                values.floats.discard(target.id)
            if not _is_parsed(one.value, values):
                values.parsed.discard(target.id)
    return values


def _called(node: ast.expr) -> str:
    """Return the dotted name of what a call calls, empty where it is not a call."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def _is_float(node: ast.expr, values: _Values) -> bool:
    """Whether an expression is a float whatever the input is."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, float)
    if isinstance(node, ast.Name):
        return node.id in values.floats
    if isinstance(node, ast.Call):
        name = _called(node)
        rounds = name == "round" and len(node.args) == 2 and _is_float(node.args[0], values)
        return name in _FLOATS or name.endswith(".timestamp") or rounds
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.Div):
            return not any(_called(side) in ("Decimal", "decimal.Decimal") for side in (node.left, node.right))
        arithmetic = isinstance(node.op, ast.Add | ast.Sub | ast.Mult)
        return arithmetic and (_is_float(node.left, values) or _is_float(node.right, values))
    return isinstance(node, ast.UnaryOp) and _is_float(node.operand, values)


def _is_parsed(node: ast.expr, values: _Values) -> bool:
    """Whether an expression is JSON parsed without parse_float, or a part of it."""
    if isinstance(node, ast.Call):
        name = _called(node)
        if name in ("json.loads", "json.load"):
            return not any(keyword.arg == "parse_float" for keyword in node.keywords)
        return isinstance(node.func, ast.Attribute) and node.func.attr == "get" and _is_parsed(node.func.value, values)
    if isinstance(node, ast.Subscript):
        return _is_parsed(node.value, values)
    return isinstance(node, ast.Name) and node.id in values.parsed


def _written(tree: ast.Module, values: _Values) -> Iterator[tuple[int, str, bool]]:
    """Yield line, text and whether it is surely a float, of each value that a write hands to a table."""
    items = {
        one.targets[0].id: one.value
        for one in python_nodes(tree)
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name) and isinstance(one.value, ast.Dict)
    }
    for node in python_nodes(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        for keyword in node.keywords if node.func.attr in _WRITES else ():
            if keyword.arg in _WRITES[node.func.attr]:
                value = keyword.value
                value = items.get(value.id, value) if isinstance(value, ast.Name) else value
                yield from _inside(value, values)


def _inside(node: ast.expr, values: _Values, key: str = "") -> Iterator[tuple[int, str, bool]]:
    if isinstance(node, ast.Dict):
        names = [one.value if isinstance(one, ast.Constant) else "" for one in node.keys]
        if set(names) & _CLIENT_VALUE:
            return  # the client's form, whose numbers are texts
        for name, value in zip(names, node.values, strict=True):
            yield from _inside(value, values, str(name))
    elif isinstance(node, ast.List | ast.Tuple):
        for item in node.elts:
            yield from _inside(item, values, key)
    elif _called(node) not in _OTHERS:
        if _is_float(node, values):
            yield node.lineno, ast.unparse(node), True
        elif _is_parsed(node, values) and _MONEY.match(_last(node) or key.strip(":")):
            yield node.lineno, ast.unparse(node), False


def _last(node: ast.expr) -> str:
    """Return the key that an expression such as `body['amount']` or `body.get('amount')` ends in."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        return str(node.args[0].value)
    return ""


def _writing(body: str, mark: str = "") -> str:
    lines = "\n".join(f"    {line}" for line in body.split("\n"))
    head = "import boto3, json, time\nfrom decimal import Decimal\ntable = boto3.resource('dynamodb').Table('orders')"
    return resources(role(["dynamodb:*", "logs:*"]), worker(f"{head}\ndef handler(event, context):\n{lines}", mark))


RULE = Rule(
    id="inline-code-number",
    kind="inline-code-bug",
    level="High",
    category="code",
    title="Floats written to DynamoDB: {values}",
    issue="The inline code of {resources} in {file} writes {values} to a table through the boto3 resource, which accepts Decimal and "
    "rejects floats with a TypeError before it calls DynamoDB.",
    fix="Make the number a Decimal: parse with `json.loads(text, parse_float=Decimal)`, and write other numbers as "
    "`Decimal(str(number))`.",
    root_cause="{because}",
    lesson="Use Decimal for numbers with a fraction on their way to DynamoDB.",
    reference="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html",
    aws_behaviour="The boto3 resource raises TypeError for a float before it calls DynamoDB; JSON numbers are floats where they have a "
    "fraction.",
    cost="{consequence}",
    check=check,
    fails=(
        example(_writing("table.put_item(Item={'id': event['id'], 'at': time.time()})", "  # finds")),
        example(
            _writing(
                "order = json.loads(event['body'])\ntable.put_item(Item={'id': order['id'], 'amount': order.get('amount')})",
                "  # finds",
            )
        ),
    ),
    passes=(
        example(
            _writing(
                "order = json.loads(event['body'], parse_float=Decimal)\n"
                "rate = 0.5\n"
                "table.put_item(Item={'id': order['id'], 'amount': order['amount'], 'at': int(time.time()),\n"
                "    'share': Decimal(str(rate)), 'name': str(time.time())})"
            )
        ),
        example(
            _writing(
                "order = json.loads(event['body'])\n"
                "boto3.client('dynamodb').put_item(TableName='orders', Item={'amount': {'N': order['amount']}})\n"
                "table.put_item(Item={'id': order['id'], 'values': order['values'], 'count': 3})"
            )
        ),
    ),
)
