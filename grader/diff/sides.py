"""A bundle as a comparison sees it: resources, parameters and outputs in a canonical form, names left symbolic."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from grader.case import Case
from grader.template import AnyNode, Call, Map, Resource, Scalar, Scope, Sequence, Template, Unknown, as_text

Canonical = Any  # str, list or dict of canonical values; a scalar is the text that CloudFormation would see
Key = tuple[str, str]  # a resource of a bundle: file and logical id

NAME = re.compile(r"\$\{([A-Za-z0-9]+)((?:\.[A-Za-z0-9.]+)?)\}")
_UNRESOLVED = re.compile(r"\$\{[A-Za-z:]+@\d+\}")


class _Symbolic(Scope):
    """A scope in which parameters, resources and the account are unknown, so that only functions are worked out."""

    def name_of(self, resource: Resource) -> object:
        return Unknown("${" + resource.name + "}")


def symbolic(template: Template) -> Scope:
    """Return the scope in which a template's functions are resolved while its names stay names."""
    return _Symbolic(template, {name: Unknown("${" + name + "}") for name in template.parameters}, {}, ())


def canonical(node: AnyNode | None, scope: Scope) -> Canonical:
    """Return the canonical form of a node: `!Ref X`, `!Sub '${X}'` and `{"Ref": "X"}` are all the text `${X}`.

    A call that cannot be worked out without values stays a mapping of its long name to its canonical argument.
    """
    if node is None:
        return None
    if isinstance(node, Scalar):
        return _text(node.value)
    if isinstance(node, Sequence):
        return [canonical(item, scope) for item in node.items]
    if isinstance(node, Map):
        return {key: canonical(item, scope) for key, item in node.values.items()}
    return _call(node, scope)


def _call(call: Call, scope: Scope) -> Canonical:
    value = scope.value(call)
    if isinstance(value, Unknown):
        value = value.expression
    if isinstance(value, str) and not _UNRESOLVED.search(value):
        return value
    if isinstance(value, list | dict) and "@" not in json.dumps(value, default=str):
        return _plain(value)
    return {call.name: canonical(call.argument, scope)}


def _plain(value: object) -> Canonical:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return value.expression if isinstance(value, Unknown) else _text(value)


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else as_text(value)


def leaves(value: Canonical, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield (path, text) of every scalar of a canonical value; places in lists are all `[]`."""
    stack: list[tuple[tuple[str, ...], Canonical]] = [(path, value)]
    while stack:
        where, current = stack.pop()
        if isinstance(current, dict):
            stack.extend(((*where, key), item) for key, item in current.items())
        elif isinstance(current, list):
            stack.extend(((*where, "[]"), item) for item in current)
        elif current is not None:
            yield where, current


@dataclass(frozen=True)
class Item:
    """A resource of one side, in canonical form: its attributes (`DependsOn`, `DeletionPolicy` ...) and properties."""

    key: Key
    template: Template
    resource: Resource
    attributes: Mapping[str, Canonical]
    properties: Mapping[str, Canonical]

    @cached_property
    def said(self) -> tuple[tuple[str, str], ...]:
        """Every scalar that the resource holds, with its path in one word, in order."""
        found = leaves({**self.properties, **self.attributes})
        return tuple(sorted((".".join(path), text) for path, text in found))

    @cached_property
    def names_others(self) -> bool:
        """Whether a scalar may hold a name."""
        return any("$" in text for _, text in self.said)

    @property
    def type(self) -> str:
        """The resource's type."""
        return self.resource.type

    @property
    def name(self) -> str:
        """The resource's logical id."""
        return self.resource.name

    @property
    def file(self) -> str:
        """The file of the bundle that the resource is in."""
        return self.template.file


_ATTRIBUTES = ("Condition", "DeletionPolicy", "UpdateReplacePolicy", "CreationPolicy", "UpdatePolicy")


@dataclass(frozen=True)
class Side:
    """One of the two bundles that are compared."""

    case: Case

    @cached_property
    def scopes(self) -> Mapping[str, Scope]:
        """The symbolic scope of each template, by file."""
        return {template.file: symbolic(template) for template in self.case.templates}

    @cached_property
    def items(self) -> Mapping[Key, Item]:
        """All resources in canonical form, by file and logical id."""
        return {(template.file, one.name): self._item(template, one) for template, one in self.case.resources()}

    def _item(self, template: Template, resource: Resource) -> Item:
        scope = self.scopes[template.file]
        attributes = {
            name: canonical(node, scope) for name in _ATTRIBUTES if (node := resource.node.get(name)) is not None
        }
        if resource.depends_on:
            attributes["DependsOn"] = sorted("${" + name.text + "}" for name in resource.depends_on)
        properties = {key: canonical(node, scope) for key, node in resource.properties.values.items()}
        return Item((template.file, resource.name), template, resource, attributes, properties)

    @cached_property
    def by_type(self) -> Mapping[str, tuple[Item, ...]]:
        """The resources by type."""
        found: dict[str, list[Item]] = {}
        for item in self.items.values():
            found.setdefault(item.type, []).append(item)
        return {name: tuple(items) for name, items in found.items()}

    @cached_property
    def used_by(self) -> Mapping[Key, tuple[tuple[str, str], ...]]:
        """For each resource, who refers to it: the type of the user and the path of the use."""
        found: dict[Key, list[tuple[str, str]]] = {}
        for template in self.case.templates:
            for use in template.references:
                if use.target not in template.resources:
                    continue
                owner = template.resources.get(use.owner) if use.section == "Resources" else None
                path = ".".join(step for step in use.path if isinstance(step, str))
                who = owner.type if owner else use.section
                found.setdefault((template.file, use.target), []).append((who, path))
        return {key: tuple(uses) for key, uses in found.items()}
