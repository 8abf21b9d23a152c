"""Checks of event patterns, resolvers and backup windows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from grader.case import Case
from grader.facts.checks.base import Broken, Check
from grader.facts.places import Place, places, target_of
from grader.support.markdown import code
from grader.support.text import is_natural
from grader.template import Map, Scalar, Sequence, Template, children

MAX_DEPTH = 20
# What a schema has beside the fields of a type: text in quotation marks and comments.
_PROSE = re.compile(r'"""[\s\S]*?"""|"[^"\n]*"|#[^\n]*')


def event_pattern(case: Case, root: Place) -> Iterator[Broken]:
    """Report the first field of an event pattern whose value is neither a list nor an object, and the first empty list."""
    yield from _unlisted(case, root, "EventPattern", "event pattern")


def filter_policy(case: Case, root: Place) -> Iterator[Broken]:
    """Report the first field of a filter policy whose value is neither a list nor an object, and the first empty list."""
    yield from _unlisted(case, root, "FilterPolicy", "filter policy")


def _unlisted(case: Case, root: Place, path: str, name: str) -> Iterator[Broken]:
    for place in places(case, root, path):
        for below in _fields(case, place, MAX_DEPTH):
            if isinstance(below.node, Scalar) and not below.is_open:
                yield Broken(
                    below, f"the field {code(below.path[-1])} of the {name} is {code(below.text)} and not a list"
                )
                return
            if isinstance(below.node, Sequence) and not below.node.items:
                yield Broken(below, f"the field {code(below.path[-1])} of the {name} is an empty list")
                return


def _fields(case: Case, place: Place, depth: int) -> Iterator[Place]:
    """Yield the fields of a pattern, from the outside in; what is in a list are values and matchers."""
    if not isinstance(place.node, Map) or not depth:
        return
    for key, _ in children(place.node):
        for below in places(case, place, str(key)):
            yield below
            yield from _fields(case, below, depth - 1)


def resolver_field(case: Case, root: Place) -> Iterator[Broken]:
    """Report a resolver whose type or field is not in the schema that the template gives its API."""
    [api], [kind], [field] = (places(case, root, name) for name in ("ApiId", "TypeName", "FieldName"))
    owner = target_of(case, api)
    if owner is None or kind.is_absent or kind.is_open or field.is_open:
        return
    schema = _schema(case, root.template, owner.name)
    if schema is None:
        return
    bodies = re.findall(rf"\b(?:type|interface)\s+{re.escape(kind.text)}\b[^{{}}]*\{{([^{{}}]*)\}}", schema)
    if not bodies:
        yield Broken(kind, f"the schema has no type {code(kind.text)}")
    elif not any(re.search(rf"(?<![\w$]){re.escape(field.text)}\s*[(:]", body) for body in bodies):
        yield Broken(field, f"the type {code(kind.text)} of the schema has no field {code(field.text)}")


def _schema(case: Case, template: Template, api: str) -> str | None:
    """Return the schema of an API without prose; None where it is not in the template or not known as a whole."""
    found = None
    for schema in template.of_type("AWS::AppSync::GraphQLSchema"):
        there = Place(template, schema, (), schema.properties, schema.properties)
        owner = target_of(case, places(case, there, "ApiId")[0])
        [definition] = places(case, there, "Definition")
        if owner is None or (owner.name == api and (definition.is_absent or definition.is_open)):
            return None
        if owner.name == api:
            found = _PROSE.sub("", definition.text)
    return found


def backup_windows(case: Case, root: Place) -> Iterator[Broken]:
    """Report a backup rule whose completion window is not an hour longer than its start window."""
    for rule in places(case, root, "BackupPlan.BackupPlanRule.*"):
        [start], [end] = (places(case, rule, name) for name in ("StartWindowMinutes", "CompletionWindowMinutes"))
        if is_natural(start.text) and is_natural(end.text) and int(end.text) < int(start.text) + 60:
            detail = f"{code('StartWindowMinutes')} is {code(start.text)} and {code('CompletionWindowMinutes')} is {code(end.text)}"
            yield Broken(end, detail)


CHECKS: Mapping[str, Check] = {
    "event-pattern": event_pattern,
    "resolver-field": resolver_field,
    "backup-windows": backup_windows,
    "filter-policy": filter_policy,
}
