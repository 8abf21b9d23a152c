"""Values of the ideal answer in the words of the response: its names of resources and parameters, no conditions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.diff import Difference
from grader.rules._shared import environment_parameters
from grader.support.text import is_natural
from grader.template import NO_VALUE, SUB_VARIABLE, Scope, Template, is_known, plain

_NOTHING: dict[str, Any] = {"Ref": "AWS::NoValue"}


class UntranslatableError(ValueError):
    """A value of the ideal answer names something that the response does not have. `name` is its logical id."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the response has nothing that is called {name} in the ideal answer")
        self.name = name


@dataclass(frozen=True)
class Translation:
    """What the response calls the resources and parameters of a template of the ideal answer.

    A parameter that the response does not have is written as its value in the ideal answer, where that is a text or a number;
    or it is kept, and noted in `parameters`, where that is not None.
    """

    names: Mapping[str, str]
    scope: Scope
    added: dict[str, str] = field(default_factory=dict)  # of resources that a fix adds to the response
    parameters: dict[str, Any] | None = None  # the declarations of those that a fix adds
    environment: str = ""  # the response's parameter that tells environments apart

    def value(self, value: object) -> Any:
        """Return a plain value translated. Raises UntranslatableError."""
        if isinstance(value, list):
            return [part for item in value if (part := self.value(item)) != _NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(key, argument)] = value.items()
            if key == "Ref":
                return self._ref(str(argument))
            if key == "Fn::GetAtt" and isinstance(argument, list):
                return {"Fn::GetAtt": [self.resource(str(argument[0])), *map(self.value, argument[1:])]}
            if key == "Fn::Sub":
                return self._sub(argument)
            if key == "Fn::If":
                return self._branch(argument)
            if key in ("Fn::FindInMap", "Fn::ImportValue", "Fn::Transform", "Condition"):
                raise UntranslatableError(key)
        parts = {key: self.value(part) for key, part in value.items()}
        return {key: part for key, part in parts.items() if part != _NOTHING}

    def resource(self, name: str) -> str:
        """Return the response's name of a resource of the ideal answer. Raises UntranslatableError."""
        found = self.names.get(name) or self.added.get(name)
        if not found:
            raise UntranslatableError(name)
        return found

    def _ref(self, name: str) -> Any:
        if name.startswith("AWS::"):
            return {"Ref": name}
        if name in self.names or name in self.added:
            return {"Ref": self.resource(name)}
        return self._literal(name)

    def _literal(self, name: str) -> Any:
        """Return the value of a parameter that the response does not have. Raises UntranslatableError."""
        parameter = self.scope.template.parameters.get(name)
        value = self.scope.parameter(name) if parameter else None
        is_plain = parameter is not None and parameter.type in ("String", "Number") and is_known(value)
        if not is_plain or value in ("", None, NO_VALUE):
            raise UntranslatableError(name)
        if self.parameters is not None and parameter is not None:
            self.parameters[name] = plain(parameter.node)
            return {"Ref": name}
        if name in environment_parameters(self.scope.template):
            if not self.environment:  # the ideal answer's own environment is not the response's
                raise UntranslatableError(name)
            return {"Ref": self.environment}
        is_whole = isinstance(value, str) and parameter is not None and parameter.type == "Number" and is_natural(value)
        return int(str(value)) if is_whole else value

    def _branch(self, argument: object) -> Any:
        if not isinstance(argument, list) or len(argument) != 3:
            raise UntranslatableError("Fn::If")
        holds = self.scope.condition(str(argument[0]))
        if holds is None:
            raise UntranslatableError(str(argument[0]))
        return self.value(argument[1] if holds else argument[2])

    def _sub(self, argument: object) -> Any:
        variables = argument[1] if isinstance(argument, list) and len(argument) == 2 else {}
        text = argument[0] if isinstance(argument, list) and argument else argument
        if not isinstance(text, str) or not isinstance(variables, dict):
            raise UntranslatableError("Fn::Sub")
        own = {name: self.value(value) for name, value in variables.items()}

        def replaced(match: re.Match[str]) -> str:
            name, dot, attribute = match.group(1).strip().partition(".")
            if name in own or name.startswith("AWS::"):
                return match.group(0)
            if dot:
                return "${" + self.resource(name) + dot + attribute + "}"
            value = self._ref(name)
            return "${" + str(value["Ref"]) + "}" if isinstance(value, dict) else str(value)

        written = SUB_VARIABLE.sub(replaced, text)
        if own:
            return {"Fn::Sub": [written, own]}
        return {"Fn::Sub": written} if "${" in written else written


def translation(difference: Difference, theirs: Template, ours: Template) -> Translation:
    """Return how names of a template of the ideal answer are written in a template of the response."""
    names = {one: one for one in theirs.parameters if one in ours.parameters}
    for (file, name), (other, twin) in difference.pairs.items():
        if file == ours.file and other == theirs.file:
            names[twin] = name
    own = environment_parameters(ours)
    return Translation(names, difference.right.case.scopes[theirs.file], environment=own[0] if own else "")
