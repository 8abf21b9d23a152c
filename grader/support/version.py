"""The version of this package, and of those that it grades with."""

from __future__ import annotations

from functools import cache

VERSION = "0.1.0"


@cache
def installed(package: str) -> str:
    """Return the version of an installed package: looked up once, as it means searching the file system."""
    from importlib.metadata import version

    return version(package)
