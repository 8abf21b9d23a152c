"""The order of creation, as far as references and DependsOn give it."""

from __future__ import annotations

from collections.abc import Mapping


def needed_by(name: str, graph: Mapping[str, set[str]]) -> set[str]:
    """Return every resource that one needs first, directly or through others."""
    found: set[str] = set()
    stack = [name]
    while stack:
        for need in graph.get(stack.pop(), ()):
            if need not in found:
                found.add(need)
                stack.append(need)
    return found
