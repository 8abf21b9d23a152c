"""Plain values to the text of a template: YAML with the short forms of functions, or JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass

import yaml

from grader.template.node import INTRINSICS

_LINE = 100  # a list of scalars up to this width is written on one line


@dataclass(frozen=True, slots=True)
class Style:
    """How a file writes values: `step` is one level of indentation, `short` whether functions have tags (`!Ref`)."""

    is_json: bool = False
    step: int = 2
    short: bool = True


def inline(value: object, style: Style) -> str:
    """Write a value on one line."""
    if style.is_json:
        return json.dumps(value, ensure_ascii=False)
    call = _call(value, style)
    if call and not _call(call[1], style):
        name, argument = call
        return f"!{name} {_getatt(name, argument) or inline(argument, style)}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key, True)}: {inline(item, style)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(inline(item, style) for item in value) + "]"
    return scalar(value, True)


def after_key(value: object, style: Style, indent: int) -> str:
    """Write a value as it follows `Key:`, whose column is `indent`: a space first, or a new line and an indented block."""
    if style.is_json:
        return " " + _json(value, style, indent)
    call = _call(value, style)
    if call and not _call(call[1], style):
        name, argument = call
        if isinstance(argument, dict | list) and not _getatt(name, argument) and not _fits(value, style):
            return f" !{name}{_block(argument, style, indent)}"
        if isinstance(argument, str) and "\n" in argument:
            return f" !{name}{_literal(argument, style, indent)}"
        return " " + inline(value, style)
    if isinstance(value, str) and "\n" in value:
        return _literal(value, style, indent)
    if isinstance(value, dict | list | tuple) and value and not _is_short_list(value, style):
        return _block(value, style, indent)
    return " " + (inline(value, style) if isinstance(value, dict | list | tuple) else scalar(value))


def item(value: object, style: Style, indent: int) -> str:
    """Write a value as an item of a block list whose dashes are at column `indent`, without the dash."""
    if style.is_json:
        return _json(value, style, indent)
    if isinstance(value, dict) and value and not _call(value, style):
        return _keys(value, style, indent + 2).lstrip("\n ")
    if isinstance(value, list | tuple) and _fits(value, style):
        return inline(value, style)
    return after_key(value, style, indent).lstrip(" ")


def scalar(value: object, flow: bool = False) -> str:
    """Write a scalar of YAML, quoted where it needs quotes."""
    if isinstance(value, str) and flow and any(mark in value for mark in ",[]{}"):
        return "'" + value.replace("'", "''") + "'" if value.isprintable() else json.dumps(value)
    text: str = yaml.safe_dump(value, width=float("inf"), allow_unicode=True, default_flow_style=True)
    return text.removesuffix("\n").removesuffix("\n...")


def _json(value: object, style: Style, indent: int) -> str:
    if not isinstance(value, dict | list) or (len(value) < 2 and _fits(value, style)):
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(value, indent=style.step, ensure_ascii=False).replace("\n", "\n" + " " * indent)


def _call(value: object, style: Style) -> tuple[str, object] | None:
    """Return the short name and the argument of a value that is written with a tag."""
    if not style.short or style.is_json or not isinstance(value, dict) or len(value) != 1:
        return None
    [(name, argument)] = value.items()
    if name not in INTRINSICS or name in ("Fn::ForEach", "Fn::Transform"):
        return None
    return name.removeprefix("Fn::"), argument


def _getatt(name: str, argument: object) -> str:
    parts = argument if name == "GetAtt" and isinstance(argument, list | tuple) else ()
    return ".".join(parts) if parts and all(isinstance(part, str) for part in parts) else ""


def _fits(value: object, style: Style) -> bool:
    return len(inline(value, style)) <= _LINE and not _deep(value)


def _deep(value: object, depth: int = 4) -> bool:
    """Whether a value nests more than four levels."""
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return any(depth == 0 or _deep(part, depth - 1) for part in below)


def _is_short_list(value: object, style: Style) -> bool:
    return (
        isinstance(value, list | tuple) and all(not isinstance(part, dict | list) for part in value) and len(value) < 2
    )


def _block(value: object, style: Style, indent: int) -> str:
    below = indent + style.step
    pad = "\n" + " " * below
    if isinstance(value, dict) and value:
        return _keys(value, style, below)
    if isinstance(value, list | tuple) and value:
        return "".join(f"{pad}- {item(part, style, below)}" for part in value)
    return " " + inline(value, style)


def _keys(value: dict[str, object], style: Style, column: int) -> str:
    pad = "\n" + " " * column
    return "".join(f"{pad}{scalar(key)}:{after_key(part, style, column)}" for key, part in value.items())


def _literal(value: str, style: Style, indent: int) -> str:
    """Write a text of several lines as a literal block; as a quoted line where YAML cannot."""
    lines = value.split("\n")
    plain = lines[0][:1] not in ("", " ") and all(line.isprintable() and line == line.rstrip() for line in lines)
    if not plain:
        return " " + json.dumps(value, ensure_ascii=False)
    mark = "|" if value.endswith("\n") else "|-"
    body = value.removesuffix("\n").split("\n")
    pad = " " * (indent + style.step)
    return f" {mark}" + "".join("\n" + (pad + line if line else "") for line in body)
