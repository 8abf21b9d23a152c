"""Values that a task, or the response itself, gives to template parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from grader.bundle import BundleFile, Kind
from grader.errors import InputError
from grader.support.validation import load_yaml

_PAIR = re.compile(r"ParameterKey=[\"']?(\w+)[\"']?\s*,\s*ParameterValue=(\"[^\"\n]*\"|'[^'\n]*'|[^\s\"'\\,]+)")
_OVERRIDES = re.compile(
    r"--parameter-overrides((?:[\s\\]+(?:\"[^\"\n]*\"|'[^'\n]*'|\w+=(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s\\]+)))+)"
)
_ASSIGNMENT = re.compile(r"[\"']?(\w+)=(\"[^\"\n]*\"|'[^'\n]*'|[^\s\\\"']*)")
# What stands for a value that the reader has to know.
_PLACEHOLDER = re.compile(r"<[^>]*>|\$\{?\w+|\$\(|^your|^\[.*\]$|x{4,}|example-|replace|\.\.\.|changeme", re.I)


@dataclass(frozen=True, slots=True)
class Given:
    """A value for a parameter and where it was given. `value` is None where a placeholder stands for it."""

    name: str
    value: str | None
    file: str
    line: int


def parameters_of(value: object, where: Path | str) -> dict[str, str]:
    """Return parameter values by name from a parameters file's data.

    Takes what the AWS CLI and CodePipeline take: a list of ParameterKey and ParameterValue, a map under `Parameters`, or a
    plain map. Raises InputError for any other shape.
    """
    if isinstance(value, dict) and isinstance(value.get("Parameters"), dict | list):
        value = value["Parameters"]
    if isinstance(value, dict):
        pairs: Iterable[tuple[Any, Any]] = value.items()
    elif isinstance(value, list) and all(isinstance(item, dict) and "ParameterKey" in item for item in value):
        pairs = [(item["ParameterKey"], item.get("ParameterValue", "")) for item in value]
    else:
        shapes = "a map of names to values, or a list of ParameterKey and ParameterValue"
        raise InputError(f"not a parameters file: {shapes} is wanted", where)
    found = {}
    for name, item in pairs:
        if isinstance(item, dict) or not isinstance(name, str):
            raise InputError(f"not a parameters file: the value of {name!r} is no text, number or list", where)
        found[name] = ",".join(map(_text, item)) if isinstance(item, list) else _text(item)
    return found


def load_parameters(path: Path) -> dict[str, str]:
    """Read a parameters file that the user names. Raises InputError where it is missing or of another shape."""
    if not path.is_file():
        raise InputError("no such parameters file", path)
    return parameters_of(load_yaml(path), path)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def given_by(files: Iterable[BundleFile]) -> dict[str, Given]:
    """Return the values that a response gives: by its parameters files, else by the commands its documents show."""
    found: dict[str, Given] = {}
    for file in files:
        for given in _in_file(file) if file.kind is Kind.PARAMETERS else ():
            found.setdefault(given.name, given)
    for file in files:
        for given in _in_commands(file) if file.kind in (Kind.DOCUMENT, Kind.SCRIPT) else ():
            found.setdefault(given.name, given)
    return found


def _in_file(file: BundleFile) -> Iterator[Given]:
    try:
        values = parameters_of(yaml.load(file.text, Loader=yaml.CSafeLoader), file.name)
    except (InputError, yaml.YAMLError, ValueError, RecursionError):
        return
    for name, value in values.items():
        line = file.text.count("\n", 0, max(0, file.text.find(name))) + 1
        yield _given(name, value, file.name, line)


def _in_commands(file: BundleFile) -> Iterator[Given]:
    for match in _PAIR.finditer(file.text):
        yield _given(match.group(1), match.group(2), file.name, file.text.count("\n", 0, match.start()) + 1)
    for block in _OVERRIDES.finditer(file.text):
        line = file.text.count("\n", 0, block.start()) + 1
        for match in _ASSIGNMENT.finditer(block.group(1)):
            yield _given(match.group(1), match.group(2), file.name, line)


def _given(name: str, value: str, file: str, line: int) -> Given:
    value = value.strip("\"'")
    return Given(name, None if _PLACEHOLDER.search(value) else value, file, line)
