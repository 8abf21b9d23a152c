"""What resource types exist and return, from the schemas that cfn-lint ships, read without importing it."""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import Any

# Attributes that these return beside their schema's read-only properties.
# Source: "Return values" of each type, https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
_OPEN = ("AWS::CloudFormation::Stack", "AWS::CloudFormation::CustomResource", "AWS::Serverless::Application")


@cache
def _folder() -> Path:
    spec = importlib.util.find_spec("cfnlint")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("cfn-lint, whose schemas are read, is not installed")
    return Path(spec.origin).parent / "data" / "schemas"


@cache
def _types(region: str) -> dict[str, str]:
    path = _folder() / "providers" / f"{region}.json"
    found: dict[str, str] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return found


def is_known_type(name: str, region: str) -> bool:
    """Whether CloudFormation offers a resource type in a region; types of modules, macros and third parties always pass."""
    if not name.startswith("AWS::") or name.startswith(("AWS::Serverless::", "AWS::CloudFormation::")):
        return True
    known = _types(region)
    return not known or name in known


@cache
def _schema(name: str, region: str) -> dict[str, Any]:
    file = _types(region).get(name)
    path = _folder() / "resources" / f"{file}.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8")) if file and path.is_file() else {}
    return found


def has_attribute(name: str, attribute: str, region: str) -> bool:
    """Whether GetAtt of a type may read an attribute; True where the type's schema is not known."""
    if name.startswith(("Custom::", *_OPEN)):
        return True
    schema = _schema(name, region)
    if not schema:
        return True
    first = attribute.split(".")[0]
    read_only = {path.removeprefix("/properties/").replace("/", ".") for path in schema.get("readOnlyProperties", ())}
    if attribute in read_only:
        return True
    if any(path.startswith(attribute + ".") for path in read_only):
        return False  # an object: its parts are attributes, it is none
    if any(path.split(".")[0] == first for path in read_only):
        return True
    return first in schema.get("properties", {})
