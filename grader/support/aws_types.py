"""The resource types that CloudFormation offers and their settings, from the schemas that cfn-lint ships, read without importing it."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Literal

_MAX_DEPTH = 5
_MAX_SETTINGS = 600


@cache
def schema_folder() -> Path:
    """Return the folder of the schemas. Raises FileNotFoundError where cfn-lint is not installed."""
    spec = importlib.util.find_spec("cfnlint")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("cfn-lint, whose schemas are read, is not installed")
    return Path(spec.origin).parent / "data" / "schemas"


@cache
def resource_types(region: str) -> Mapping[str, str]:
    """Return the types that a region offers, each with the name of its schema file; none for a region that is not known."""
    path = schema_folder() / "providers" / f"{region}.json"
    found: dict[str, str] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return found


@dataclass(frozen=True, slots=True)
class Setting:
    """A property of one value: its path below Properties, its kind, its values where they are listed, and its default."""

    path: str
    kind: Literal["number", "boolean", "choice"]
    choices: tuple[str, ...] = ()
    default: object = None


@lru_cache(maxsize=512)
def settings_of(type: str, region: str = "us-east-1") -> tuple[Setting, ...]:
    """Return the properties of a type that hold a number, a boolean or a choice; none for a type that is not known."""
    file = resource_types(region).get(type)
    path = schema_folder() / "resources" / f"{file}.json"
    if not file or not path.is_file():
        return ()
    schema: dict[str, Any] = json.loads(path.read_text("utf-8"))
    own = {name: value for name, value in schema.get("properties", {}).items() if isinstance(value, dict)}
    hidden = {text.removeprefix("/properties/") for text in schema.get("readOnlyProperties", ())}
    found = _settings(schema, {name: value for name, value in own.items() if name not in hidden}, "", 0)
    return tuple(islice(found, _MAX_SETTINGS))


def _settings(schema: Mapping[str, Any], properties: Mapping[str, Any], above: str, depth: int) -> Iterator[Setting]:
    for name, one in properties.items():
        value = _resolved(schema, one)
        path = f"{above}{name}"
        while value.get("type") == "array" or "items" in value:
            value, path = _resolved(schema, value.get("items")), f"{path}.*"
        kind = value.get("type")
        if kind in ("number", "integer"):
            yield Setting(path, "number", default=value.get("default"))
        elif kind == "boolean":
            yield Setting(path, "boolean", default=value.get("default"))
        elif isinstance(value.get("enum"), list):
            choices = tuple(str(choice) for choice in value["enum"])
            yield Setting(path, "choice", choices, value.get("default"))
        elif isinstance(value.get("properties"), dict) and depth < _MAX_DEPTH:
            yield from _settings(schema, value["properties"], f"{path}.", depth + 1)


def _resolved(schema: Mapping[str, Any], value: object) -> Mapping[str, Any]:
    """Return a part of a schema, in place of a reference to it."""
    for _ in range(_MAX_DEPTH):
        reference = value.get("$ref") if isinstance(value, dict) else None
        if not isinstance(reference, str):
            break
        value = schema.get("definitions", {}).get(reference.rpartition("/")[2])
    return value if isinstance(value, dict) else {}
