"""A template as rules ask about it: sections, resources, references, without walking raw nodes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from grader.bundle.limits import DEFAULT_LIMITS, Limits
from grader.support.text import is_natural
from grader.template.load import Duplicate, Loaded, TemplateSyntaxError, load
from grader.template.node import (
    AnyNode,
    Call,
    Map,
    Node,
    Path,
    Scalar,
    Sequence,
    at,
    items_of,
    text_of,
    value_text,
    walk,
)

SUB_VARIABLE = re.compile(r"\$\{([^!{}][^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Reference:
    """One use of a name: `kind` is Ref, GetAtt, Sub, Condition, FindInMap or DependsOn.

    `section` and `owner` tell where the use is (`Resources`, logical id); `path` is the rest, below the owner.
    """

    kind: str
    target: str
    attribute: str
    section: str
    owner: str
    path: Path
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Parameter:
    """A template parameter."""

    name: str
    line: int
    node: Map

    def text(self, key: str) -> str | None:
        """Return a field of the parameter (`Type`, `Default`, `Description` ...) as text, None where it is absent."""
        return value_text(self.node.get(key))

    @property
    def type(self) -> str:
        """The parameter's type; String where none is written."""
        return self.text("Type") or "String"

    @property
    def default(self) -> str | None:
        """The default as text, or None."""
        return self.text("Default")

    @property
    def allowed(self) -> tuple[str, ...]:
        """The allowed values as texts; empty where any value is allowed."""
        texts = (value_text(item) for item in items_of(self.node.get("AllowedValues")))
        return tuple(text for text in texts if text is not None)

    @property
    def no_echo(self) -> bool:
        """Whether NoEcho is set."""
        return (self.text("NoEcho") or "").lower() == "true"

    def line_of(self, key: str) -> int:
        """Return the line of a field; the parameter's own where it is absent."""
        scalar = self.node.keys.get(key)
        return scalar.line if scalar else self.line


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a template. `properties` is an empty mapping where none are written."""

    name: str
    type: str
    line: int
    node: Map
    properties: Map

    @property
    def condition(self) -> str | None:
        """The name of the resource's condition, or None."""
        node = self.node.values.get("Condition")
        return None if node is None else text_of(node)

    @property
    def depends_on(self) -> tuple[Scalar, ...]:
        """The names after DependsOn."""
        return tuple(item for item in items_of(self.node.get("DependsOn")) if isinstance(item, Scalar))

    @property
    def deletion_policy(self) -> str | None:
        """DeletionPolicy as text, or None."""
        return text_of(self.node.get("DeletionPolicy"))

    def get(self, path: str) -> AnyNode | None:
        """Return the property at a dotted path below Properties (`VpcConfig.SubnetIds`), or None."""
        return at(self.properties, *_steps(path))

    def text(self, path: str) -> str | None:
        """Return the text of a scalar property, or None."""
        return text_of(self.get(path))

    def flag(self, path: str) -> bool | None:
        """Return a boolean property (true and "true" alike); None where it is absent or not literal."""
        text = self.text(path)
        return None if text is None else {"true": True, "false": False, "yes": True, "no": False}.get(text.lower())

    def line_of(self, path: str) -> int:
        """Return the line of a property's key; of the nearest ancestor that is written where it is absent."""
        line, current = self.line, self.properties
        properties_key = self.node.keys.get("Properties")
        line = properties_key.line if properties_key else line
        steps = _steps(path)
        for index, step in enumerate(steps):
            if isinstance(current, Map) and isinstance(step, str) and step in current.keys:
                line = current.keys[step].line
            below = at(self.properties, *steps[: index + 1])
            if below is None:
                break
            if isinstance(step, int):
                line = below.line
            current = below  # type: ignore[assignment]
        return line


def _steps(path: str) -> tuple[str | int, ...]:
    return tuple(int(step) if is_natural(step) else step for step in path.split(".")) if path else ()


@dataclass(frozen=True)
class Template:
    """One parsed CloudFormation template. Sections that are absent are empty mappings.

    `refused` is why CloudFormation refuses a text whose meaning is clear all the same; None where it reads it.
    """

    file: str
    text: str
    root: Map
    is_json: bool = False
    duplicates: tuple[Duplicate, ...] = ()
    merge_lines: tuple[int, ...] = ()
    refused: TemplateSyntaxError | None = None
    _empty: Map = field(default_factory=lambda: Map(1, 1), repr=False)

    def section(self, name: str) -> Map:
        """Return a top-level section; an empty mapping where it is absent or not a mapping."""
        node = self.root.get(name)
        return node if isinstance(node, Map) else self._empty

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """The parameters by name."""
        section = self.section("Parameters")
        return {
            name: Parameter(name, section.keys[name].line, node)
            for name, node in section.values.items()
            if isinstance(node, Map)
        }

    @cached_property
    def resources(self) -> Mapping[str, Resource]:
        """The resources by logical id."""
        section = self.section("Resources")
        found = {}
        for name, node in section.values.items():
            if not isinstance(node, Map):
                continue
            properties = node.get("Properties")
            found[name] = Resource(
                name,
                text_of(node.get("Type")) or "",
                section.keys[name].line,
                node,
                properties if isinstance(properties, Map) else Map(node.line, node.column),
            )
        return found

    @property
    def conditions(self) -> Mapping[str, AnyNode]:
        """The conditions by name."""
        return self.section("Conditions").values

    @property
    def outputs(self) -> Mapping[str, AnyNode]:
        """The outputs by name."""
        return self.section("Outputs").values

    @cached_property
    def transforms(self) -> tuple[str, ...]:
        """The names of the declared transforms; of one that a function would give, the function's."""
        return tuple(_transforms(self.root.get("Transform")))

    def nodes(self, resource: Resource) -> tuple[tuple[Path, AnyNode], ...]:
        """Return the properties of a resource and everything below, as `walk` yields them; they are walked once for all rules."""
        found = self._nodes.get(resource.name)
        if found is None:
            found = self._nodes[resource.name] = tuple(walk(resource.properties))
        return found

    @cached_property
    def _nodes(self) -> dict[str, tuple[tuple[Path, AnyNode], ...]]:
        return {}

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of the given types, in the template's order."""
        return (resource for resource in self.resources.values() if resource.type in types)

    def line_of(self, section: str, name: str) -> int:
        """Return the line where an entry of a section is; 1 where there is none."""
        key = self.section(section).keys.get(name)
        return key.line if key else 1

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """Every use of a name in the template, in document order."""
        return tuple(_references(self))

    @cached_property
    def uses(self) -> Mapping[str, tuple[Reference, ...]]:
        """The references by the name they use."""
        found: dict[str, list[Reference]] = {}
        for reference in self.references:
            found.setdefault(reference.target, []).append(reference)
        return {name: tuple(uses) for name, uses in found.items()}

    def condition_order(self, name: str) -> tuple[str, ...]:
        """Return a condition behind all those that it is made of, each once."""
        order: dict[str, None] = {}
        seen: set[str] = set()
        stack = [(name, False)]
        while stack:
            current, done = stack.pop()
            if done:
                order[current] = None
            elif current not in seen:
                seen.add(current)
                stack.append((current, True))
                stack.extend((part, False) for part in self._condition_parts.get(current, ()))
        return tuple(order)

    @cached_property
    def _condition_parts(self) -> Mapping[str, tuple[str, ...]]:
        parts: dict[str, list[str]] = {}
        for use in self.references:
            if use.section == "Conditions" and use.kind == "Condition" and use.target in self.conditions:
                parts.setdefault(use.owner, []).append(use.target)
        return {name: tuple(below) for name, below in parts.items()}

    def conditions_using(self, parameter: str) -> tuple[str, ...]:
        """Return the conditions that depend on a parameter, directly or through other conditions."""
        names: list[str] = []
        todo = [parameter]
        while todo:
            for use in self.uses.get(todo.pop(), ()):
                if use.section == "Conditions" and use.owner not in names:
                    names.append(use.owner)
                    todo.append(use.owner)
        return tuple(names)


def parse_template(file: str, text: str, limits: Limits = DEFAULT_LIMITS) -> Template:
    """Parse the text of a template.

    Raises TemplateSyntaxError where the text is not YAML or JSON, has no mapping at its top, or is over a limit.
    """
    loaded: Loaded = load(text, limits.nesting, limits.nodes)
    root = loaded.root
    if not isinstance(root, Map):
        raise TemplateSyntaxError("a template is a mapping with a Resources section", root.line, root.column)
    return Template(file, text, root, loaded.is_json, loaded.duplicates, loaded.merge_lines, loaded.refused)


def _transforms(node: AnyNode | None) -> Iterator[str]:
    for _, part in walk(node) if isinstance(node, Sequence) else [((), node)]:
        name = part.get("Name") if isinstance(part, Map) else part
        if isinstance(name, Call):
            yield name.name
        elif found := text_of(name):
            yield found


def _references(template: Template) -> Iterator[Reference]:
    for section in template.root.values:
        for owner, node in template.section(section).values.items():
            if section in ("Resources", "Outputs") and isinstance(node, Map):
                yield from _attributes(section, owner, node)
            for path, found in walk(node):
                if isinstance(found, Call):
                    yield from _of_call(found, section, owner, path)


def _attributes(section: str, owner: str, node: Map) -> Iterator[Reference]:
    for item in items_of(node.get("DependsOn")):
        if isinstance(item, Scalar) and section == "Resources":
            yield Reference("DependsOn", item.text, "", section, owner, ("DependsOn",), item.line, item.column)
    condition = node.get("Condition")
    if isinstance(condition, Scalar):
        yield Reference(
            "Condition", condition.text, "", section, owner, ("Condition",), condition.line, condition.column
        )


def _of_call(call: Call, section: str, owner: str, path: Path) -> Iterator[Reference]:
    def use(kind: str, target: str, attribute: str, place: Node) -> Reference:
        return Reference(kind, target, attribute, section, owner, (*path, call.name), place.line, place.column)

    argument = call.argument
    first = at(argument, 0)
    if call.name == "Ref" and isinstance(argument, Scalar):
        yield use("Ref", argument.text, "", argument)
    elif call.name == "Condition" and isinstance(argument, Scalar):
        yield use("Condition", argument.text, "", argument)
    elif call.name == "Fn::If" and isinstance(first, Scalar):
        yield use("Condition", first.text, "", first)
    elif call.name == "Fn::GetAtt" and isinstance(argument, Sequence) and isinstance(first, Scalar):
        rest = [text_of(item) or "" for item in argument.items[1:]]
        yield use("GetAtt", first.text, ".".join(rest), first)
    elif call.name == "Fn::FindInMap" and isinstance(first, Scalar):
        yield use("FindInMap", first.text, "", first)
    elif call.name == "Fn::Sub":
        yield from _of_sub(call, use)


def _of_sub(call: Call, use: Callable[[str, str, str, Node], Reference]) -> Iterator[Reference]:
    argument = call.argument
    template = argument if isinstance(argument, Scalar) else at(argument, 0)
    if not isinstance(template, Scalar):
        return
    variables = at(argument, 1)
    local = variables.values if isinstance(variables, Map) else {}
    for match in SUB_VARIABLE.finditer(template.text):
        name = match.group(1).strip()
        if name in local:
            continue
        target, _, attribute = name.partition(".")
        line = template.line + template.is_block + template.text.count("\n", 0, match.start())
        yield use("Sub", target, attribute, Node(line, template.column))
