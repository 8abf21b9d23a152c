"""Files that users write, checked: every error names the file, the line and the field."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from grader.errors import InputError

Model = TypeVar("Model", bound=BaseModel)


def load_yaml(path: Path) -> Any:
    """Return the value of a YAML file. Raises InputError with the line where it cannot be read."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", path) from None
    return parse_yaml(text, path)


def parse_yaml(text: str, path: Path) -> Any:
    """Return the value of a YAML text. Raises InputError with the line where it cannot be parsed."""
    try:
        return yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise InputError(f"not valid YAML: {error.problem}", path, mark.line + 1 if mark else 0) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InputError(f"not valid YAML: {error}", path) from None


def validate(model: type[Model], data: Any, path: Path) -> Model:
    """Return `data` as a validated model. Raises InputError naming the first wrong field and its line."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        steps = tuple(step for step in first["loc"] if not (isinstance(step, str) and step[:1].isupper()))
        name = ".".join(str(step) for step in steps)
        message = first["msg"]
        if first["type"] == "extra_forbidden":
            known = ", ".join(sorted(model.model_fields))
            message = f"unknown field (known here: {known})" if len(steps) == 1 else "unknown field"
        raise InputError(f"{name}: {message}" if name else message, path, line_of(path, steps)) from None


def line_of(path: Path, steps: tuple[object, ...]) -> int:
    """Return the line of a field in a YAML file, 0 where it is not found."""
    try:
        node = yaml.compose(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
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
