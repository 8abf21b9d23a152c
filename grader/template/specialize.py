"""A template as it would be deployed with the values of a scope: for engines, which judge for every value at once."""

from __future__ import annotations

import json
import math
from collections.abc import Collection

from grader.template.evaluate import Scope, as_text, is_known
from grader.template.model import Template
from grader.template.node import AnyNode, Call, Map, Scalar, Sequence, at, text_of

_DROPPED = frozenset({"Rules"})
_FREE = frozenset({"AllowedPattern", "AllowedValues", "Default"})


def specialized(scope: Scope, only: Collection[str] | None = None) -> str:
    """Return a scope's template as JSON with its parameters' values, without what they do not create or choose.

    Parameters keep no allowed values and patterns, and no default where their value is not known; conditions that are open stay as they are.
    Every key is at the line that it has in the template, so that places stay comparable. With `only`, of the resources
    these alone are there, with the types of those that they refer to, and no outputs.
    """
    return _Writer(scope, only).write()


class _Writer:
    def __init__(self, scope: Scope, only: Collection[str] | None = None) -> None:
        self._scope = scope
        self._only = only
        self._below = frozenset(use.target for use in scope.template.references if only and use.owner in only)
        self._template: Template = scope.template
        self._parts: list[str] = []
        self._line = 1

    def write(self) -> str:
        root = self._template.root
        dropped = _DROPPED if self._only is None else _DROPPED | {"Outputs"}
        sections = {name: node for name, node in root.values.items() if name not in dropped}
        self._open("{", root.line)
        for index, (name, node) in enumerate(sections.items()):
            self._key(name, root.keys[name].line, index)
            self._section(name, node)
        self._parts.append("}")
        return "".join(self._parts)

    def _section(self, name: str, node: AnyNode) -> None:
        if not isinstance(node, Map):
            return self._node(node)
        kept = {key: item for key, item in node.values.items() if not self._is_left_out(name, key, item)}
        self._open("{", node.line)
        for index, (key, item) in enumerate(kept.items()):
            self._key(key, node.keys[key].line, index)
            if name == "Parameters" and isinstance(item, Map):
                self._parameter(key, item)
            elif name == "Conditions":
                self._condition(key, item)
            elif name == "Resources" and isinstance(item, Map) and self._only is not None and key not in self._only:
                self._parts.append(json.dumps({"Type": text_of(item.get("Type"))}))
            elif name in ("Resources", "Outputs") and isinstance(item, Map):
                known = self._truth(item) is True
                self._map(item, frozenset({"Condition"}) if known else frozenset())
            else:
                self._node(item)
        self._parts.append("}")
        return None

    def _is_left_out(self, section: str, name: str, node: AnyNode) -> bool:
        if section == "Resources" and self._only is not None and name not in self._only and name not in self._below:
            return True
        return section in ("Resources", "Outputs") and self._truth(node) is False

    def _truth(self, node: AnyNode) -> bool | None:
        """Whether an entry of a section is created: None where its condition is open or it has none."""
        name = text_of(at(node, "Condition"))
        return None if name is None else self._scope.condition(name)

    def _parameter(self, name: str, node: Map) -> None:
        value = self._scope.parameter(name) if name in self._template.parameters else None
        is_looked_up = (text_of(node.get("Type")) or "").startswith("AWS::SSM::Parameter::Value")
        left = {key: item for key, item in node.values.items() if key not in _FREE or is_looked_up}
        self._open("{", node.line)
        for index, (key, item) in enumerate(left.items()):
            self._key(key, node.keys[key].line, index)
            self._node(item)
        if not is_looked_up and value is not None and is_known(value):
            default = node.keys.get("Default")
            self._key("Default", default.line if default else self._line, len(left))
            self._parts.append(json.dumps(as_text(value)))
        self._parts.append("}")

    def _condition(self, name: str, node: AnyNode) -> None:
        truth = self._scope.condition(name)
        if truth is None:
            self._node(node)
        else:
            self._parts.append(json.dumps({"Fn::Equals": ["true", "true" if truth else "false"]}))

    def _node(self, node: AnyNode) -> None:
        node = self._chosen(node)
        if isinstance(node, Map):
            self._map(node)
        elif isinstance(node, Sequence):
            items = [item for item in node.items if not self._is_nothing(item)]
            self._open("[", node.line)
            for index, item in enumerate(items):
                self._parts.append("," if index else "")
                self._node(item)
            self._parts.append("]")
        elif isinstance(node, Call):
            self._open("{", node.line)
            self._key(node.name, node.line, 0)
            self._node(node.argument)
            self._parts.append("}")
        else:
            self._open(_scalar(node), node.line)

    def _map(self, node: Map, without: frozenset[str] = frozenset()) -> None:
        kept = {key: item for key, item in node.values.items() if key not in without and not self._is_nothing(item)}
        self._open("{", node.line)
        for index, (key, item) in enumerate(kept.items()):
            self._key(key, node.keys[key].line, index)
            self._node(item)
        self._parts.append("}")

    def _chosen(self, node: AnyNode) -> AnyNode:
        """Follow Fn::If to the branch that its condition chooses, as far as conditions are known."""
        while isinstance(node, Call) and node.name == "Fn::If":
            index = self._scope.chosen_branch(node)
            branch = None if index is None else at(node.argument, index)
            if branch is None:
                return node
            node = branch
        return node

    def _is_nothing(self, node: AnyNode) -> bool:
        """Whether a known Fn::If chooses AWS::NoValue; one that is there by itself is left for the engine to see."""
        chosen = self._chosen(node)
        is_none = isinstance(chosen, Call) and chosen.name == "Ref" and text_of(chosen.argument) == "AWS::NoValue"
        return chosen is not node and is_none

    def _key(self, name: str, line: int, index: int) -> None:
        self._parts.append("," if index else "")
        self._open(json.dumps(name) + ":", line)

    def _open(self, text: str, line: int) -> None:
        if line > self._line:
            self._parts.append("\n" * (line - self._line))
            self._line = line
        self._parts.append(text)


def _scalar(node: Scalar) -> str:
    if isinstance(node.value, float) and not math.isfinite(node.value):
        return json.dumps(node.text)
    return json.dumps(node.value)
