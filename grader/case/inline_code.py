"""Code written into a template, parsed and never run."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from grader.case.case import Case
from grader.template import Map, Resource, Scope, Template

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

MAX_CODE = 200_000
_TYPES = {"AWS::Lambda::Function": "Code.ZipFile", "AWS::Serverless::Function": "InlineCode"}


@dataclass(frozen=True, slots=True)
class InlineCode:
    """The code of one function. `text` has `${Name}` where only a deployment gives the value."""

    template: Template
    function: Resource
    scope: Scope
    path: str
    text: str
    runtime: str
    handler: str

    @property
    def is_python(self) -> bool:
        """Whether the runtime is Python's."""
        return self.runtime.startswith("python")

    @property
    def is_javascript(self) -> bool:
        """Whether the runtime is Node.js."""
        return self.runtime.startswith("nodejs")

    @property
    def has_unknowns(self) -> bool:
        """Whether a part of the text is only known once deployed."""
        return "${" in self.text and not self.is_javascript

    @property
    def variables(self) -> frozenset[str]:
        """The names of the environment variables that the template sets."""
        node = self.function.get("Environment.Variables")
        return frozenset(node.values) if isinstance(node, Map) else frozenset()

    @property
    def is_open(self) -> bool:
        """Whether the environment is an intrinsic, so that its names are not known."""
        node = self.function.get("Environment.Variables") or self.function.get("Environment")
        return node is not None and not isinstance(node, Map)


def inline_functions(case: Case) -> Iterator[InlineCode]:
    """Yield the functions of all templates whose code is in the template, up to 200,000 characters each."""
    for template, function in case.resources(*_TYPES):
        path = _TYPES[function.type]
        scope = case.scopes[template.file]
        text = scope.text(function.get(path)) if function.get(path) is not None else ""
        if text.strip() and len(text) <= MAX_CODE and not re.fullmatch(r"\$\{[^}]*\}", text):
            runtime, handler = scope.text(function.get("Runtime")), scope.text(function.get("Handler"))
            yield InlineCode(template, function, scope, path, text, runtime, handler)


@lru_cache(maxsize=32)  # several rules look at the functions of one response
def python_tree(text: str) -> ast.Module | str | None:
    """Parse Python: the tree, a sentence on what is wrong, or None where the parser gives up."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return ast.parse(text)
    except SyntaxError as error:
        return f"{error.msg} (line {error.lineno})"
    except (ValueError, RecursionError, MemoryError):
        return None


@lru_cache(maxsize=64)
def python_nodes(tree: ast.Module) -> tuple[ast.AST, ...]:
    """Return all nodes of a tree, as `ast.walk` yields them; it is walked once for all rules."""
    return tuple(ast.walk(tree))


def javascript_tree(text: str) -> Node:
    """Parse JavaScript; what is none is in nodes of the type ERROR."""
    return _javascript().parse(text.encode("utf-8", "replace")).root_node


def javascript_error(text: str) -> int | None:
    """Return the line (from 1) of the first thing in a text that is not JavaScript, None where all of it is."""
    node = javascript_tree(text)
    if not node.has_error:
        return None
    return _first_error(node)


def _first_error(root: Node) -> int:
    stack = [root]
    while stack:
        node = stack.pop()
        if node.is_error or node.is_missing:
            return int(node.start_point[0]) + 1
        stack.extend(child for child in reversed(node.children) if child.has_error)
    return 1


@cache
def _javascript() -> Parser:
    import tree_sitter_javascript
    from tree_sitter import Language, Parser

    language: Any = tree_sitter_javascript.language()
    return Parser(Language(language))
