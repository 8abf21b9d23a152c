"""Places: what a path of a fact reaches in a resource, with intrinsic functions resolved as far as the plan knows them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from grader.case import Case
from grader.template import (
    NO_VALUE,
    AnyNode,
    Call,
    Map,
    Resource,
    Scalar,
    Sequence,
    Template,
    Unknown,
    as_text,
    children,
    is_known,
)
from grader.template.model import SUB_VARIABLE

ITEM = "@"  # the item of a list that a fact looks at
VALUES = "~"  # every value of a map whose keys are the author's
FOLLOW = "->"  # the resource that a value refers to
_REFERENCE = re.compile(r"^\$\{(\w+)(?:\.([\w.]+))?\}$")
_SEGMENT = re.compile(r"\s*->\s*|\.")


@dataclass(frozen=True, slots=True)
class Place:
    """A value in a resource: `value` is NO_VALUE where nothing is set, an Unknown where only a deployment decides."""

    template: Template
    resource: Resource
    path: tuple[str, ...]
    value: object
    node: AnyNode | None = None

    @property
    def line(self) -> int:
        """The line of the value or of its key; of its nearest ancestor where it is absent."""
        if isinstance(self.node, Scalar | Call):
            return self.node.line
        return self.resource.line_of(".".join(self.path)) if self.path else self.resource.line

    @property
    def is_absent(self) -> bool:
        """Whether nothing is set there."""
        return self.value is NO_VALUE

    @property
    def is_open(self) -> bool:
        """Whether the value, or part of it, is only known at deployment."""
        return not self.is_absent and not is_known(self.value)

    @property
    def text(self) -> str:
        """The value as CloudFormation writes it into a string; unknown parts as `${Name}`."""
        return self.value.expression if isinstance(self.value, Unknown) else as_text(self.value)


def root_of(template: Template, resource: Resource) -> Place:
    """Return the properties of a resource as a place."""
    return Place(template, resource, (), resource.properties, resource.properties)


def earlier(case: Case, root: Place) -> Iterator[Place]:
    """Yield the resources of the same type that precede a resource in its template and are created."""
    scope = case.scopes[root.template.file]
    for other in root.template.of_type(root.resource.type):
        if other.name == root.resource.name:
            return
        if scope.exists(other) is True:
            yield root_of(root.template, other)


def places(case: Case, start: Place, path: str, item: Place | None = None) -> list[Place]:
    """Return what a path reaches: `A.*.B` goes through every item of a list, `A.0` to its first, `A -> B` to what A refers to,
    and `A.~.B` through every value of a map.

    A path that begins with `@` starts at `item`. An absent step gives one absent place; what cannot be followed gives one
    whose value is an Unknown. `type` after an arrow is the resource type, and `DeletionPolicy` and its like are attributes.
    """
    if start.node is start.resource.properties and (item is None or not path.startswith(ITEM)):
        key = (id(start.node), path)  # the node is kept with the case, so that its id stays its own
        found = case.kept.get(key)
        if found is None:
            found = case.kept[key] = tuple(_places(case, start, path, None))
        return list(found)
    return _places(case, start, path, item)


def _places(case: Case, start: Place, path: str, item: Place | None) -> list[Place]:
    current = [item if item is not None and path.startswith(ITEM) else start]
    follow = False
    for step in _steps(path.removeprefix(ITEM).removeprefix(".")):
        if step == FOLLOW:
            current = [target for place in current for target in _followed(case, place)]
            follow = True
        elif follow and step == "type":
            current = [_type_of(place) for place in current]
        else:
            current = [below for place in current for below in _below(case, place, step)]
            follow = False
    return current


@lru_cache(maxsize=4_096)
def _steps(path: str) -> tuple[str, ...]:
    return tuple(_split(path))


def _split(path: str) -> Iterator[str]:
    end = 0
    for match in _SEGMENT.finditer(path):
        if path[end : match.start()]:
            yield path[end : match.start()]
        if FOLLOW in match.group():
            yield FOLLOW
        end = match.end()
    if path[end:]:
        yield path[end:]


def _type_of(place: Place) -> Place:
    value: object = place.value if isinstance(place.value, Unknown) or place.is_absent else place.resource.type
    return Place(place.template, place.resource, place.path, value, None)


def _below(case: Case, place: Place, step: str) -> list[Place]:
    node, value = _resolved(case, place)
    if step == "*" and (isinstance(node, Map) or isinstance(value, dict)):
        return [place]  # CloudFormation and IAM take a single item for a list of it
    if step == VALUES:
        keys = (
            [str(key) for key, _ in children(node)]
            if isinstance(node, Map)
            else list(value)
            if isinstance(value, dict)
            else []
        )
        return [below for key in keys for below in _below(case, place, key)]
    if isinstance(node, Map):
        below = node.get(step)
        found = NO_VALUE if below is None else case.scopes[place.template.file].value(below)
        return [
            Place(place.template, place.resource, (*place.path, step), found, below if found is not NO_VALUE else None)
        ]
    if isinstance(node, Sequence) and step == "*":
        return [
            Place(place.template, place.resource, (*place.path, str(index)), found, child)
            for index, child in enumerate(node.items)
            if (found := case.scopes[place.template.file].value(child)) is not NO_VALUE
        ]
    if isinstance(node, Sequence) and step.isdigit() and int(step) < len(node.items):
        child = node.items[int(step)]
        found = case.scopes[place.template.file].value(child)
        return [Place(place.template, place.resource, (*place.path, step), found, child)]
    if isinstance(value, dict):
        return [Place(place.template, place.resource, (*place.path, step), value.get(step, NO_VALUE), node)]
    if step == "*" and isinstance(value, list):
        return [
            Place(place.template, place.resource, (*place.path, str(index)), child, node)
            for index, child in enumerate(value)
        ]
    if step == "*" and not place.is_absent and not isinstance(value, Unknown):
        return [place]
    return [
        Place(place.template, place.resource, (*place.path, step), value if isinstance(value, Unknown) else NO_VALUE)
    ]


def _resolved(case: Case, place: Place) -> tuple[AnyNode | None, object]:
    """Return the node that a place is written as, with taken branches of Fn::If, and its value."""
    scope, node = case.scopes[place.template.file], place.node
    while isinstance(node, Call) and node.name == "Fn::If" and isinstance(node.argument, Sequence):
        name = node.argument.items[0] if node.argument.items else None
        truth = scope.condition(name.text) if isinstance(name, Scalar) else None
        index = 1 if truth else 2
        if truth is None or len(node.argument.items) <= index:
            return node, place.value
        node = node.argument.items[index]
    return node, place.value


def reference_of(place: Place) -> tuple[Resource, str] | None:
    """Return the resource of the same template that a value is nothing but a reference to, and the attribute, `Ref` for none."""
    match = _REFERENCE.match(place.text) if not place.is_absent else None
    target = place.template.resources.get(match.group(1)) if match else None
    return (target, match.group(2) or "Ref") if match and target else None


def target_of(case: Case, place: Place) -> Resource | None:
    """Return the resource of the same template that a value refers to or names; None where it is another's or unknown."""
    if place.is_absent:
        return None
    if _REFERENCE.match(place.text):
        found = reference_of(place)
        return found[0] if found else None
    node = _resolved(case, place)[0]
    if isinstance(node, Call) and node.name == "Ref" and isinstance(node.argument, Scalar):
        return place.template.resources.get(node.argument.text)
    if isinstance(node, Call) and node.name == "Fn::Sub" and isinstance(node.argument, Scalar):
        names = {match.group(1).split(".")[0] for match in SUB_VARIABLE.finditer(node.argument.text)}
        used = [place.template.resources[name] for name in sorted(names) if name in place.template.resources]
        return used[0] if len(used) == 1 else None
    return None


def _followed(case: Case, place: Place) -> list[Place]:
    if place.is_absent:
        return [place]
    target = target_of(case, place)
    if target is not None:
        return [root_of(place.template, target)]
    return [Place(place.template, place.resource, place.path, Unknown(f"${{{place.text}}}"), place.node)]


def identity(case: Case, place: Place) -> tuple[str, str] | None:
    """Return what a value identifies: a resource of the template, or a known text; None where it is open or absent."""
    if place.is_absent:
        return None
    target = target_of(case, place)
    if target is not None:
        return place.template.file, target.name
    if place.is_open or not place.text:
        return None
    named = _names(case, place.template).get(place.text)
    return (place.template.file, named) if named else ("", place.text)


def _names(case: Case, template: Template) -> dict[str, str]:
    """Return the resources of a template by the name that each has once deployed; the first of several."""
    key = (_names, template.file)
    found: dict[str, str] | None = case.kept.get(key)
    if found is None:
        scope = case.scopes[template.file]
        found = case.kept[key] = {}
        for one in template.resources.values():
            found.setdefault(as_text(scope.name_of(one)), one.name)
    return found
