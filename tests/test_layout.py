"""The shape of the package; the layers themselves are a table in pyproject.toml, which lint-imports checks."""

from __future__ import annotations

from pathlib import Path

import grimp
import networkx

import grader

PACKAGE = Path(grader.__file__).parent


def test_no_modules_import_each_other() -> None:
    """Imports in functions and for the type checker count, and so do those of a package's `__init__`."""
    graph = grimp.build_graph("grader", cache_dir=None)
    imports = networkx.DiGraph(
        (module, other) for module in graph.modules for other in graph.find_modules_directly_imported_by(module)
    )
    assert [sorted(circle) for circle in networkx.strongly_connected_components(imports) if len(circle) > 1] == []


def test_the_root_of_the_package_is_small() -> None:
    names = [path.name for path in PACKAGE.iterdir() if not path.name.startswith("__") and path.name != "py.typed"]
    assert len(names) <= 20, names
