"""Files that users write, checked: every error names the file, the line and the field."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from grader.errors import InputError
from grader.support.files import plain_file, read_written

MAX_DEPTH = 100  # of nesting
MAX_NODES = 1_000_000
DIALECT = "https://json-schema.org/draft/2020-12/schema"
Model = TypeVar("Model", bound=BaseModel)


def load_yaml(path: Path) -> Any:
    """Return the value of a YAML file. Raises InputError with the line where it cannot be read."""
    return parse_yaml(read_written(path), path)


def parse_yaml(text: str, path: Path) -> Any:
    """Return the value of a YAML text. Raises InputError with the line where it cannot be parsed."""
    try:
        _bounded(text, path)
        return yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise InputError(f"not valid YAML: {error.problem}", path, mark.line + 1 if mark else 0) from None
    except (
        yaml.YAMLError,
        ValueError,
        RecursionError,
        LookupError,
        AttributeError,
        TypeError,
        ArithmeticError,
    ) as error:
        raise InputError(f"not valid YAML: {error}", path) from None  # a tag over a text that does not fit it, for one


def _bounded(text: str, path: Path) -> None:
    """Raise InputError for YAML that is nested too deep for libyaml's stack, or larger than can be used once aliases are expanded."""
    sizes: dict[str, int] = {}
    stack: list[tuple[str | None, int]] = [(None, 0)]  # the anchor and the size of each collection that is open
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            stack.append((event.anchor, 1))
            if len(stack) > MAX_DEPTH:
                raise InputError(f"nested more than {MAX_DEPTH} levels deep", path, _line(event))
            continue
        if isinstance(event, yaml.CollectionEndEvent):
            anchor, size = stack.pop()
        elif isinstance(event, yaml.AliasEvent):
            anchor, size = None, sizes.get(str(event.anchor), 1)
        elif isinstance(event, yaml.ScalarEvent):
            anchor, size = event.anchor, 1
        else:
            continue
        if anchor:
            sizes[anchor] = size
        outer, before = stack[-1]
        stack[-1] = (outer, before + size)
        if before + size > MAX_NODES:
            raise InputError(f"more than {MAX_NODES:,} values once aliases are expanded", path, _line(event))


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def json_schema(model: type[BaseModel], title: str) -> dict[str, Any]:
    """Return the JSON Schema of a file that a model validates, as editors use it."""
    return {"$schema": DIALECT} | model.model_json_schema(by_alias=True) | {"title": title}


def validate(model: type[Model], data: Any, path: Path) -> Model:
    """Return `data` as a validated model. Raises InputError naming the first wrong field and its line."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = _first(error.errors())
        steps = tuple(step for step in first["loc"] if not _is_type(step))
        name = ".".join(str(step) for step in steps)
        message = first["msg"].removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            known = ", ".join(sorted(model.model_fields))
            message = f"unknown field (known here: {known})" if len(steps) == 1 else "unknown field"
        raise InputError(f"{name}: {message}" if name else message, path, line_of(path, steps)) from None


def _first(errors: Sequence[ErrorDetails]) -> ErrorDetails:
    """Return the first error; where alternatives are allowed, the first inside of one of them."""
    first = errors[0]
    *outer, last = first["loc"] or ("",)
    inside = (one for one in errors if [*one["loc"][: len(outer)]] == outer and len(one["loc"]) > len(first["loc"]))
    return next(inside, first) if _is_type(last) else first


def _is_type(step: int | str) -> bool:
    """Whether a step to an error is the type of an alternative, and not the name of a field."""
    return isinstance(step, str) and (step[:1].isupper() or step in ("str", "int", "float", "bool"))


def line_of(path: Path, steps: tuple[object, ...]) -> int:
    """Return the line of a field in a YAML file, 0 where it is not found."""
    try:
        node = yaml.compose(plain_file(path).read_text("utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, yaml.YAMLError, UnicodeDecodeError):
        return 0
    line = 0
    for step in steps:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == str(step)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
    return line
