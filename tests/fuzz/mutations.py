"""Mutations of answers on three levels: the tree of a template, the lines of a text, and bytes.

Each takes a source of chance and a value, and returns a changed copy; the same chance makes the same change. Most changed
templates still parse: what is odd about them is what rules, the plan and the engines have to cope with.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from copy import deepcopy
from random import Random
from typing import Any

import yaml

from grader.template.node import INTRINSICS
from grader.template.write import Style, after_key

ODD_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 65_536, 10**30, 1e300, 0.1, "", " ", "\n", "²", "٣", "1_000", "0x1F", "0o17", "1:30:00",
    "2001-01-01", "yes", "null", "~", "NaN", "${", "${}", "${AWS::Region}", "${AWS::Nothing}", "${!Literal}", "${A.B.C}", "$",
    "*", "arn:aws:s3:::", "arn:aws:iam::aws:policy/AdministratorAccess", "arn:::::", "{{resolve:ssm:}}",
    "{{resolve:secretsmanager:a:SecretString:b::}}", "10.0.0.0/33", "10.0.0.0/8", "::/0", "0.0.0.0/0", "-1", "99999999999999999999",
    "us-east-1", "AWS::S3::Bucket", "AWS::Nothing::There", "Custom::", "AWS::", "AWS::CloudFormation::Stack",
    "AWS::Serverless::Function", "AWS::Include", "AWS::LanguageExtensions", "(", "[a-", "(a+)+$", "<script>", "\x00", "\x1b[2J",
    "\ud800", "é" * 300, "x" * 5_000, "a,b,,c", "def handler(event, context):\n  return {", "import boto3\n",
    [], {}, [[]], [None], [{}], {"": None}, {"a": {"b": {"c": []}}}, [1, "a", None, {}], {"Ref": "AWS::NoValue"},
)  # fmt: skip
ODD_KEYS = (
    "", " ", "Ref", "Fn::", "Fn::If", "Fn::ForEach::A", "Fn::Transform", "<<", "Properties", "Type", "Condition", "DependsOn", "0",
    "²", "a.b", "${A}", "Metadata", "\ud800", "x" * 300, "AWS::NoValue", "*", "null", "UpdatePolicy", "DeletionPolicy", "Default",
)  # fmt: skip
ODD_LINES = (
    "", "\t", "---", "...", "%YAML 1.1", "```", "```yaml", "```json", "~~~", "````markdown", "````", "}", "]", "{", "[", "# a", "- ",
    "? a", ": b", "<<: *a", "a: &a [*a]", "a: &a b", "b: *a", "Resources:", "Parameters:", "Outputs:", "  Type: AWS::SNS::Topic",
    "### other.yml", "**File: `main.json`**", "AWSTemplateFormatVersion: '2010-09-09'", "x: !Sub", "x: !GetAtt [a]", "x: !!int",
    "x: !!binary ?", "x: !Ref {a: b}", "x: |", "x: >-", "x: 'a", 'x: "a', "x: {", "x: [a, ", "\ufeff", "\x00", "Corrected version:",
    "# cfn-lint: ignore", "aws cloudformation deploy --template-file main.yml --stack-name s", "// a", "/* a", "Rules:",
    "Mappings:", "Transform: AWS::Serverless-2016-10-31", "Hooks:", "Conditions:", "version: 0.0", "... rest as before",
)  # fmt: skip
HEADS = (
    b"",
    b"PK\x03\x04",
    b"\x1f\x8b\x08",
    b"BZh9",
    b"\xfd7zXZ\x00",
    b"{",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\x00\x00\xfe\xff",
)

_MARKS = (
    (": ", ":"), (":", " :"), ("'", '"'), ("{", "{{"), ("}", ""), ("[", ""), (",", ",,"), ("- ", "-"), ("!", "!!"), ("`", ""), (":", "："),
    ("-", "–"), ("Type", "type"), ("AWS::", "AWS:"), ("${", "$"), ("}", "}}"), ("  ", "\t"), ('"', "“"), ("::", ":"),
)  # fmt: skip

Path = tuple[Any, ...]


def mutated_tree(chance: Random, tree: Any, changes: int = 3) -> Any:
    """Return a copy of a template, as plain values, with some changes."""
    tree = deepcopy(tree)
    for _ in range(chance.randint(1, changes)):
        places = _places(tree)
        if not places:
            break
        path = chance.choice(places)
        chance.choice(_TREE)(chance, tree, path)
    return tree


def written(chance: Random, tree: Any) -> tuple[str, str]:
    """Write a template in one of the forms that people write; return the name of a file and its text.

    What is nested too deeply for the writers of YAML is JSON.
    """
    form = chance.randrange(4)
    if form == 0 or any(len(path) > 60 for path in _places(tree)):
        return "template.json", json.dumps(tree, indent=chance.choice((None, 2)))
    if form == 1 and isinstance(tree, dict):
        return "template.yml", after_key(tree, Style(), -2).lstrip("\n") + "\n"
    try:
        return "template.yml", yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=chance.choice((40, 200)))
    except UnicodeEncodeError:
        return "template.yml", json.dumps(tree)


def mutated_text(chance: Random, text: str, changes: int = 4) -> str:
    """Return a text with some of its lines changed."""
    lines = text.split("\n")
    for _ in range(chance.randint(1, changes)):
        chance.choice(_TEXT)(chance, lines)
    return chance.choice(("\n", "\n", "\n", "\r\n")).join(lines)


def mutated_bytes(chance: Random, data: bytes, changes: int = 4) -> bytes:
    """Return data with some bytes changed, cut, doubled, encoded otherwise or packed."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, changes)):
        chance.choice(_BYTES)(chance, changed)
    kind = chance.randrange(12)
    if kind == 0:
        return gzip.compress(bytes(changed), 1)
    if kind == 1:
        return (
            bytes(changed)
            .decode("utf-8", "replace")
            .encode(chance.choice(("utf-16", "utf-16-le", "utf-32", "latin-1")), "replace")
        )
    return chance.choice(HEADS) + bytes(changed) if kind == 2 else bytes(changed)


# --- trees


def _places(tree: Any) -> list[Path]:
    """Return the paths of all that is below the root of a tree."""
    found: list[Path] = []
    stack: list[tuple[Path, Any]] = [((), tree)]
    while stack and len(found) < 5_000:
        path, value = stack.pop()
        below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, child in below:
            found.append((*path, key))
            stack.append(((*path, key), child))
    return found


def _at(tree: Any, path: Sequence[Any]) -> Any:
    for step in path:
        tree = tree[step]
    return tree


def _put(tree: Any, path: Path, value: Any) -> None:
    _at(tree, path[:-1])[path[-1]] = value


def _names(tree: Any, section: str) -> list[str]:
    held = tree.get(section) if isinstance(tree, dict) else None
    return [*held] if isinstance(held, dict) and held else ["Nothing"]


def _drop(chance: Random, tree: Any, path: Path) -> None:
    del _at(tree, path[:-1])[path[-1]]


def _odd(chance: Random, tree: Any, path: Path) -> None:
    _put(tree, path, deepcopy(chance.choice(ODD_VALUES)))


def _double(chance: Random, tree: Any, path: Path) -> None:
    """Double an item, or a key under another name, some times."""
    holder, value = _at(tree, path[:-1]), _at(tree, path)
    for number in range(chance.choice((1, 2, 30))):
        if isinstance(holder, list):
            holder.append(deepcopy(value))
        else:
            holder[f"{path[-1]}{number}"] = deepcopy(value)


def _rename(chance: Random, tree: Any, path: Path) -> None:
    holder = _at(tree, path[:-1])
    if isinstance(holder, dict):
        old = str(path[-1])
        new = chance.choice((old.lower(), old + "s", old[:-1], old.swapcase(), f" {old}", chance.choice(ODD_KEYS)))
        items = [(new if key == path[-1] else key, value) for key, value in holder.items()]
        holder.clear()
        holder.update(items)


def _other_type(chance: Random, tree: Any, path: Path) -> None:
    value = _at(tree, path)
    _put(
        tree,
        path,
        chance.choice(
            ([value], {"Value": value}, [value, value], json.dumps(value)[:2_000], {str(value)[:50]: value}, [[value]])
        ),
    )


def _exchange(chance: Random, tree: Any, path: Path) -> None:
    """Put a copy of another part of the template in a place."""
    _put(tree, path, deepcopy(_at(tree, chance.choice(_places(tree)))))


def _nest(chance: Random, tree: Any, path: Path) -> None:
    """Nest a value some levels deep, in lists, maps or functions."""
    value = _at(tree, path)
    make: Callable[[Any], Any] = chance.choice(
        (
            lambda inner: [inner],
            lambda inner: {"a": inner},
            lambda inner: {"Fn::If": ["IsThere", inner, {"Ref": "AWS::NoValue"}]},
            lambda inner: {"Fn::Join": ["-", [inner, "a"]]},
            lambda inner: {"Fn::Sub": ["${A}", {"A": inner}]},
            lambda inner: {"Fn::Select": [0, {"Fn::Split": [",", inner]}]},
            lambda inner: {"Fn::Not": [inner]},
        )
    )
    for _ in range(chance.choice((1, 2, 5, 20, 95, 150))):
        value = make(value)
    _put(tree, path, value)


def _call(chance: Random, tree: Any, path: Path) -> None:
    """Put a function in a place, most often with arguments that it accepts."""
    value = _at(tree, path)
    resource, parameter = chance.choice(_names(tree, "Resources")), chance.choice(_names(tree, "Parameters"))
    condition, mapping = chance.choice(_names(tree, "Conditions")), chance.choice(_names(tree, "Mappings"))
    odd = deepcopy(chance.choice(ODD_VALUES))
    calls: tuple[Any, ...] = (
        {"Ref": resource}, {"Ref": parameter}, {"Ref": odd}, {"Fn::GetAtt": [resource, "Arn"]}, {"Fn::GetAtt": f"{resource}.Arn"},
        {"Fn::GetAtt": [resource]}, {"Fn::GetAtt": [resource, {"Ref": parameter}]}, {"Fn::GetAtt": odd},
        {"Fn::If": [condition, value, odd]}, {"Fn::If": [condition, value]}, {"Fn::If": [odd, value, value]},
        {"Fn::Sub": f"${{{resource}}}-${{{parameter}}}-${{{resource}.Arn}}"}, {"Fn::Sub": ["${A}${B}", {"A": value}]},
        {"Fn::Sub": ["${A}", {"A": odd}]}, {"Fn::Sub": odd}, {"Fn::Join": [odd, [value]]}, {"Fn::Join": ["", odd]}, {"Fn::Join": ["", value]},
        {"Fn::Select": [odd, [value, value]]}, {"Fn::Select": [5, {"Fn::GetAZs": ""}]}, {"Fn::Select": [0, value]},
        {"Fn::Split": [odd, "a,b"]}, {"Fn::Split": [",", value]}, {"Fn::GetAZs": odd}, {"Fn::Cidr": ["10.0.0.0/16", odd, 8]},
        {"Fn::Cidr": [value, 6, 8]}, {"Fn::Cidr": ["10.0.0.0/8", 256, 0]}, {"Fn::FindInMap": [mapping, "a", "b"]},
        {"Fn::FindInMap": [mapping, {"Ref": "AWS::Region"}, odd]}, {"Fn::FindInMap": [odd]}, {"Fn::ImportValue": odd},
        {"Fn::ImportValue": {"Fn::Sub": "${AWS::StackName}-a"}}, {"Fn::Base64": value}, {"Fn::Length": value}, {"Fn::ToJsonString": value},
        {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": odd}}}, {"Fn::Transform": odd}, {"Condition": condition},
        {"Fn::ForEach::Each": ["Name", [value, "b"], {"A${Name}": value}]}, {"Fn::ForEach::Each": odd}, {chance.choice(sorted(INTRINSICS)): odd},
        {"Ref": resource, "Fn::Sub": "a"}, {"Fn::And": [{"Condition": condition}]}, {"Fn::Equals": [value, odd]}, {"Fn::Or": odd},
    )  # fmt: skip
    _put(tree, path, chance.choice(calls))


def _depend(chance: Random, tree: Any, path: Path) -> None:
    """Make resources, conditions, parameters, mappings or outputs depend on each other, in a circle where chance wants it."""
    if not isinstance(tree, dict):
        return
    resources = tree.get("Resources")
    names, conditions = _names(tree, "Resources"), _names(tree, "Conditions")
    kind = chance.randrange(6)
    if kind < 3 and isinstance(resources, dict):
        holder = resources.get(chance.choice(names))
        if isinstance(holder, dict):
            other = chance.choice(names)
            key = ("DependsOn", "Condition", "Metadata")[kind]
            holder[key] = chance.choice(
                (other, [other, other], [other, None], chance.choice(conditions), {"Ref": other})
            )
    elif kind == 3:
        held = tree.setdefault("Conditions", {})
        if isinstance(held, dict):
            held["Own"] = {"Fn::Not": [{"Condition": chance.choice(("Own", *conditions))}]}
    elif kind == 4:
        mappings = tree.setdefault("Mappings", {})
        if isinstance(mappings, dict):
            mappings["Own"] = {"a": {"b": {"Fn::FindInMap": ["Own", "a", "b"]}}, "us-east-1": {"c": [1, "x"]}}
    else:
        parameters = tree.setdefault("Parameters", {})
        if isinstance(parameters, dict):
            values: Any = deepcopy(chance.choice((["a", "b"], [1, 2, 3], "a", [None], [[]], {"a": "b"})))
            kinds = (
                "String",
                "Number",
                "List<Number>",
                "CommaDelimitedList",
                "AWS::SSM::Parameter::Value<String>",
                "Nothing",
                ["String"],
            )
            parameters["Own"] = {
                "Type": chance.choice(kinds), "AllowedValues": values, "Default": deepcopy(chance.choice(ODD_VALUES)),
                "AllowedPattern": chance.choice(("(a+)+$", "[", ".*", "^\\p{L}$")), "MinLength": chance.choice((0, "²", -1, 10**9)),
            }  # fmt: skip


def _section(chance: Random, tree: Any, path: Path) -> None:
    """Replace a whole section, or the root of one resource."""
    if isinstance(tree, dict):
        names = (
            "Resources",
            "Parameters",
            "Conditions",
            "Mappings",
            "Outputs",
            "Transform",
            "Metadata",
            "Rules",
            "Description",
            "Hooks",
        )
        tree[chance.choice(names)] = deepcopy(chance.choice(ODD_VALUES))


_TREE: tuple[Callable[[Random, Any, Path], None], ...] = (
    _drop, _drop, _odd, _odd, _odd, _double, _rename, _rename, _other_type, _exchange, _exchange, _nest, _call, _call, _call, _depend, _section,
)  # fmt: skip


# --- texts


def _index(chance: Random, lines: list[str]) -> int:
    return chance.randrange(len(lines))


def _drop_lines(chance: Random, lines: list[str]) -> None:
    start = _index(chance, lines)
    del lines[start : start + chance.choice((1, 1, 2, 10))]
    if not lines:
        lines.append("")


def _double_lines(chance: Random, lines: list[str]) -> None:
    start = _index(chance, lines)
    lines[start:start] = lines[start : start + chance.choice((1, 1, 3, 20))]


def _move_lines(chance: Random, lines: list[str]) -> None:
    start, to = _index(chance, lines), _index(chance, lines)
    moved = lines[start : start + 3]
    del lines[start : start + 3]
    lines[to:to] = moved


def _indent(chance: Random, lines: list[str]) -> None:
    start = _index(chance, lines)
    pad = chance.choice(("  ", "\t", " ", "    ", "> ", "- ", "# ", "\u00a0", "+ ", "1. "))
    for index in range(start, min(len(lines), start + chance.choice((1, 1, 5, 50)))):
        lines[index] = pad + lines[index] if chance.randrange(4) else lines[index][len(pad) :]


def _insert_line(chance: Random, lines: list[str]) -> None:
    lines.insert(_index(chance, lines), chance.choice(("", "  ", "    ", "      ")) + chance.choice(ODD_LINES))


def _replace_mark(chance: Random, lines: list[str]) -> None:
    old, new = chance.choice(_MARKS)
    held = [index for index, line in enumerate(lines) if old in line]
    for index in held if chance.randrange(6) == 0 else [chance.choice(held)] if held else ():
        lines[index] = lines[index].replace(old, new, 1)


def _cut_text(chance: Random, lines: list[str]) -> None:
    """Cut the text off, at its beginning or at its end."""
    at = _index(chance, lines)
    if chance.randrange(3):
        del lines[at + 1 :]
        lines[at] = lines[at][: chance.randrange(len(lines[at]) + 1)]
    else:
        del lines[:at]


def _join_lines(chance: Random, lines: list[str]) -> None:
    at = _index(chance, lines)
    lines[at : at + 2] = [chance.choice((" ", "", "\\n", "\t")).join(lines[at : at + 2])]


def _change_word(chance: Random, lines: list[str]) -> None:
    at = _index(chance, lines)
    words = lines[at].split(" ")
    words[chance.randrange(len(words))] = str(chance.choice(ODD_VALUES))[:500].replace("\ud800", "?")
    lines[at] = " ".join(words)


def _fence(chance: Random, lines: list[str]) -> None:
    """Put a range of lines between fences, sometimes without the last one."""
    start = _index(chance, lines)
    end = min(len(lines), start + chance.choice((3, 30, 300)))
    mark = chance.choice(("```", "~~~", "````", "  ```", "> ```"))
    if chance.randrange(3):
        lines.insert(end, mark)
    lines.insert(
        start, mark + chance.choice(("", "yaml", "json", "bash", "text", "yaml main.yml", "python", "diff", "markdown"))
    )


_TEXT: tuple[Callable[[Random, list[str]], None], ...] = (
    _drop_lines, _double_lines, _move_lines, _indent, _insert_line, _insert_line, _replace_mark, _replace_mark, _cut_text, _join_lines,
    _change_word, _change_word, _fence,
)  # fmt: skip


# --- bytes


def _flip(chance: Random, data: bytearray) -> None:
    if data:
        data[chance.randrange(len(data))] = chance.randrange(256)


def _cut(chance: Random, data: bytearray) -> None:
    start = chance.randrange(len(data) + 1)
    del data[start : start + chance.choice((1, 4, 100, 100_000))]


def _insert(chance: Random, data: bytearray) -> None:
    at = chance.randrange(len(data) + 1)
    data[at:at] = chance.choice(
        (
            b"\x00",
            b"\xff",
            b"\xc3",
            b"\x1b",
            b"\xe2\x80\xae",
            b"\xed\xa0\x80",
            b"\xc2\x85",
            b"\xe2\x80\xa8",
            b"\r",
            b"\x0c",
        )
    )


def _repeat(chance: Random, data: bytearray) -> None:
    start = chance.randrange(len(data) + 1)
    data[start:start] = data[start : start + chance.choice((1, 50))] * chance.choice((1, 20))


_BYTES: tuple[Callable[[Random, bytearray], None], ...] = (_flip, _flip, _cut, _insert, _insert, _repeat)
