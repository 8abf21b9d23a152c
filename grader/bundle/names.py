"""Names of files: found in a response, and made safe before they name anything of a bundle."""

from __future__ import annotations

import re

_EXTENSIONS = (
    "yaml|yml|json|template|cfn|py|js|mjs|ts|sh|bash|md|txt|toml|cfg|ini|tf|hcl|java|go|rb|sql|html|css|ps1|guard|env"
    "|conf|xml|zip"
)
_NAME = re.compile(rf"(?<![\w./@:-])((?:[\w.@-]+/)*[\w.@-]*[\w-]\.(?:{_EXTENSIONS}))(?![\w-])(?!\.\w)", re.I)
_BARE = re.compile(r"(?<![\w./-])((?:[\w.-]+/)*(?:Dockerfile|Makefile))(?![\w.-])")
_COMMENT = re.compile(r"^\s*(?:#|//|--|;|<!--|/\*)+\s*(?:file(?:name)?\s*[:=]\s*)?(.+?)\s*(?:-->|\*/)?\s*$", re.I)
_WINDOWS = re.compile(r"^(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?$", re.I)
_BAD = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
MAX_NAME = 200


def find_name(text: str) -> str:
    """Return the first thing in a line that looks like a file's name, or an empty string."""
    text = text[:500]
    match = _NAME.search(text) or _BARE.search(text)
    return match.group(1) if match else ""


def name_in_comment(first_line: str) -> str:
    """Return the file name that the first line of a block gives as a comment, or an empty string."""
    match = _COMMENT.match(first_line[:300])
    if not match:
        return ""
    words = match.group(1).split()
    name = find_name(match.group(1))
    return name if name and len(words) <= 4 else ""


def safe_name(raw: str) -> str:
    """Return a name that stays inside the bundle: relative, without `..`, control characters or reserved names.

    An empty string where nothing is left of it.
    """
    visible = "".join(char for char in raw if char.isprintable())
    parts = []
    for part in visible.replace("\\", "/").split("/"):
        part = _BAD.sub("_", part).strip().rstrip(". ")
        if part in ("", ".", "..") or set(part) <= {"."}:
            continue
        parts.append("_" + part if _WINDOWS.match(part) else part[-MAX_NAME:])
    return "/".join(parts[-10:])[-MAX_NAME * 2 :].lstrip("/")


def unique_name(name: str, taken: set[str]) -> str:
    """Return the name, numbered where it is taken already (without regard to case), and take it."""
    stem, dot, suffix = name.rpartition(".")
    if not stem or "/" in suffix:
        stem, dot, suffix = name, "", ""
    number, candidate = 1, name
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{stem}-{number}{dot}{suffix}"
    taken.add(candidate.casefold())
    return candidate
