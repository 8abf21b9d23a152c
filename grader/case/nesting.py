"""Which file of a bundle a nested stack names."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence


def nested_file(url: str, parent: str, files: Sequence[str]) -> str | None:
    """Return the file that an address names in the template `parent`: None where the bundle has no such file.

    A local path starts at the parent's folder, as `aws cloudformation package` and `sam build` take it. Of an address
    elsewhere, the last folders and the name count: the file that shares most of them, and never the parent.
    """
    path = url.split("?")[0].rstrip("/").casefold()
    if not path:
        return None
    if "://" not in path and not path.startswith("$"):
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(parent.casefold()), path))
        exact = next((file for file in files if file.casefold() == wanted), None)
        if exact is not None:
            return exact
    shared = {file: _shared_end(path, file.casefold()) for file in files if file != parent}
    best = max(shared.values(), default=0)
    return next((file for file, count in shared.items() if count == best), None) if best else None


def _shared_end(one: str, other: str) -> int:
    """Return how many steps two paths share at their end."""
    count = 0
    for mine, theirs in zip(reversed(one.split("/")), reversed(other.split("/")), strict=False):
        if mine != theirs:
            break
        count += 1
    return count
