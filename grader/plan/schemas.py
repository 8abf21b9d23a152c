"""What resource types exist and return, from the schemas that cfn-lint ships, read without importing it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, cast

from grader.support.aws_types import resource_types, schema_folder
from grader.support.text import is_natural

# Attributes that these return beside their schema's read-only properties.
# Source: "Return values" of each type, https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
_OPEN = ("AWS::CloudFormation::Stack", "AWS::CloudFormation::CustomResource", "AWS::Serverless::Application")


def type_names(region: str) -> tuple[str, ...]:
    """Return the names of the types that CloudFormation offers in a region, sorted; none where the region is not known."""
    return tuple(sorted(resource_types(region)))


def is_known_type(name: str, region: str) -> bool:
    """Whether CloudFormation offers a resource type in a region; types of modules, macros and third parties always pass."""
    if not name.startswith("AWS::") or name.startswith(("AWS::Serverless::", "AWS::CloudFormation::")):
        return True
    known = resource_types(region)
    return not known or name in known


@dataclass(frozen=True, slots=True)
class _Attributes:
    """What a type's schema says of GetAtt: its read-only properties as dotted paths, and the names of all properties."""

    read_only: frozenset[str]
    properties: frozenset[str]


@lru_cache(maxsize=32)  # whole schemas of all types would fill the memory of a long run
def _schema(name: str, region: str) -> dict[str, Any] | None:
    """Read a type's schema."""
    file = resource_types(region).get(name)
    path = schema_folder() / "resources" / f"{file}.json"
    if not file or not path.is_file():
        return None
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


@cache
def _attributes(name: str, region: str) -> _Attributes | None:
    schema = _schema(name, region)
    if schema is None:
        return None
    read_only = (path.removeprefix("/properties/").replace("/", ".") for path in schema.get("readOnlyProperties", ()))
    return _Attributes(frozenset(read_only), frozenset(schema.get("properties", ())))


def has_attribute(name: str, attribute: str, region: str) -> bool:
    """Whether GetAtt of a type may read an attribute; True where the type's schema is not known."""
    if name.startswith(("Custom::", *_OPEN)):
        return True
    schema = _attributes(name, region)
    if schema is None or attribute in schema.read_only:
        return True
    if any(path.startswith(attribute + ".") for path in schema.read_only):
        return False  # an object: its parts are attributes, it is none
    first = attribute.split(".")[0]
    return any(path.split(".")[0] == first for path in schema.read_only) or first in schema.properties


@cache
def identifier(name: str, region: str) -> str:
    """Return the property that identifies a type and that Ref returns; empty where several do, or where it is not known."""
    found = (_schema(name, region) or {}).get("primaryIdentifier", ())
    return str(found[0]).removeprefix("/properties/") if len(found) == 1 else ""


def is_returned_by_ref(name: str, attribute: str, region: str) -> bool:
    """Whether an attribute that a type does not have is what Ref of it returns: its identifier, or the end of its name."""
    own = identifier(name, region).lower()
    return own.endswith(attribute.lower()) and len(attribute) > 3


def attribute_names(name: str, region: str) -> tuple[str, ...]:
    """Return the attributes that GetAtt of a type may read, as far as its schema lists them, sorted."""
    schema = _attributes(name, region)
    return tuple(sorted(schema.read_only)) if schema else ()


def property_names(name: str, steps: Sequence[str], region: str) -> tuple[str, ...]:
    """Return the properties that a type has at a path of properties and places in lists, sorted; none where it is not known."""
    return tuple(sorted(_schema_at(name, steps, region).get("properties", ())))


def is_list(name: str, steps: Sequence[str], region: str) -> bool:
    """Whether a type's schema has a list at a path of properties and places in lists; False where it is not known."""
    return _schema_at(name, steps, region).get("type") == "array"


def homes_of(name: str, steps: Sequence[str], property: str, region: str, depth: int = 2) -> list[tuple[str, ...]]:
    """Return the paths of properties below a path, in no list and at most `depth` deep, that have a property of a name."""
    found: list[tuple[str, ...]] = []
    for child in property_names(name, steps, region):
        below = property_names(name, [*steps, child], region)
        if property in below:
            found.append((child,))
        elif below and depth > 1:
            found += [(child, *path) for path in homes_of(name, [*steps, child], property, region, depth - 1)]
    return found


def required_properties(name: str, region: str) -> tuple[str, ...]:
    """Return the properties that a type requires, none where its schema is not known."""
    return tuple((_schema(name, region) or {}).get("required", ()))


def pattern_at(name: str, steps: Sequence[str], region: str) -> str:
    """Return the pattern that a type's schema has for the value at a path, empty where it has none or is not known."""
    return str(_schema_at(name, steps, region).get("pattern", ""))


# Types whose primary identifier is an ARN under another name.
# Source: "Return values" of each type, https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
_ARN_IDENTIFIERS = frozenset(
    {
        "AWS::ACMPCA::CertificateAuthority",
        "AWS::CertificateManager::Certificate",
        "AWS::SecretsManager::Secret",
        "AWS::StepFunctions::StateMachine",
    }
)
_NAME_IDENTIFIER = re.compile(r"(Name|KeyId|QueueUrl|FileSystemId|TableName|VolumeId|GroupId|InstanceId)$")


@cache
def reference_returns(name: str, region: str) -> str:
    """Return what Ref of a type gives, by its schema's primaryIdentifier: `arn`, `name` (or an id), or empty where unknown."""
    if name in _ARN_IDENTIFIERS:
        return "arn"
    identifier = (_schema(name, region) or {}).get("primaryIdentifier", ())
    if len(identifier) != 1:
        return ""
    last = str(identifier[0]).rpartition("/")[2]
    if last.lower().endswith("arn"):
        return "arn"
    return "name" if _NAME_IDENTIFIER.search(last) else ""


def is_typed(name: str, steps: Sequence[str], region: str) -> bool:
    """Whether a type's schema says what the value at a path is: not where any JSON may be, nor where it is not known."""
    node = _schema_at(name, steps, region)
    kind = node.get("type")
    kinds = set(kind if isinstance(kind, list) else [kind])
    return (bool(node) and kinds <= {"string", "integer", "number", "boolean", "array"}) or "properties" in node


def _schema_at(name: str, steps: Sequence[str], region: str) -> dict[str, Any]:
    schema = _schema(name, region) or {}
    node: Any = schema
    for step in (*steps, None):
        while isinstance(node, dict) and "$ref" in node:
            node = schema.get("definitions", {}).get(str(node["$ref"]).rpartition("/")[2])
        if not isinstance(node, dict):
            return {}
        if step is not None:
            node = node.get("items") if is_natural(step) else node.get("properties", {}).get(step)
    return cast("dict[str, Any]", node)
