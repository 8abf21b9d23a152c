"""The names under which Inspect registers what this package brings."""

from __future__ import annotations

import site

PACKAGE = "grader"


def registered(name: str) -> str:
    """Return the name to register something with, so that it is `grader/<name>` for Inspect.

    Inspect puts the package's name before it, but only in front of what is installed in a folder of packages: an editable
    installation gets the prefix here.
    """
    installed = (*site.getsitepackages(), site.getusersitepackages())
    return name if __file__.startswith(installed) else f"{PACKAGE}/{name}"
