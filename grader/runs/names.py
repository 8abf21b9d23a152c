"""Names of models, tasks and samples as names of folders: safe on every file system, and never the same for two."""

from __future__ import annotations

import hashlib
import re

from grader.model import RESULT

MAX_LENGTH = 120  # of a folder's name, in bytes; most file systems take 255
_SAFE = re.compile(r"[^\w.+@=-]", re.A)
_RESERVED = frozenset({RESULT, "results.jsonl", "run.json", "model_failures.md"})


def folder_name(text: str) -> str:
    """Return a text as a folder's name; different texts give different names.

    Characters that are not letters, digits or one of `._+@=-` are written as %XX of their UTF-8 bytes, and so are a first dot
    and the first character of a name that files of a run have. What is too long ends in a hash.
    """
    name = _SAFE.sub(lambda match: _escaped(match.group()), text)
    if name.startswith(".") or name.casefold() in _RESERVED:
        name = _escaped(name[0]) + name[1:]
    if len(name) <= MAX_LENGTH:
        return name
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20]
    return f"{name[: MAX_LENGTH - 22]}%~{digest}"


def _escaped(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))
