"""What all pages share: one file each, nothing fetched, everything of a response escaped."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def environment() -> Environment:
    """Return the environment of the page templates, which escapes all it is given."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(loader=PackageLoader("grader", "writers/templates"), autoescape=True, undefined=StrictUndefined)


def embedded(data: Any) -> str:
    """Return data as JSON that can be in a script element: nothing in it ends the element."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def source_of(name: str) -> str:
    """Return the text of a script or style sheet beside the page templates."""
    loader = environment().loader
    assert loader is not None
    return loader.get_source(environment(), name)[0]


def allowed(script: str) -> str:
    """Return the hash that lets a page's policy run this script and no other."""
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode()
    return f"'sha256-{digest}'"
