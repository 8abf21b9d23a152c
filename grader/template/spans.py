"""Where the parts of a template's text begin and end: one entry of a section, read again from libyaml's events.

A template is parsed once with starting positions only (see grader.template.load); the ends are needed for the few entries that
an edit changes or that a fix shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from grader.template.model import Template
from grader.template.node import INTRINSICS, Map, Path, Scalar


@dataclass(slots=True)
class Span:
    """A node's text: offsets from the start of the template, `end` exclusive and without trailing space.

    `kind` is `scalar`, `map`, `list` or `alias`. A block collection begins at its first key or item.
    """

    kind: str
    start: int
    end: int
    text: str = ""
    tag: str = ""
    anchor: str = ""
    style: str = ""
    flow: bool = False
    keys: list[Span] = field(default_factory=list)
    items: list[Span] = field(default_factory=list)  # of a list, and the values of a map

    @property
    def content(self) -> int:
        """Where the node's own text begins, behind its tag and anchor."""
        return self.start if self.kind != "scalar" or not self.tag else self.start + len(self.tag) + 1


@dataclass(frozen=True, slots=True)
class Located:
    """A node on the way to a path: the node, its key in the map above it, and the node above it, both None at the entry."""

    node: Span
    key: Span | None
    parent: Span | None
    index: int


def entry_span(template: Template, section: str, name: str) -> Located | None:
    """Return an entry of a section, such as a resource; None where it is not there or its text cannot be read alone."""
    entries = template.root.get(section)
    key = entries.keys.get(name) if isinstance(entries, Map) else None
    return _pair(template, key) if key else None


def section_span(template: Template, section: str) -> Located | None:
    """Return a whole section of the template; None where it is not there or its text cannot be read alone."""
    key = template.root.keys.get(section)
    return _pair(template, key) if key else None


def _pair(template: Template, key: Scalar) -> Located | None:
    found = pair_at(template.text, _offset(template.text, key.line, key.column))
    return found if found and found.key and found.key.text == key.text else None


def pair_at(text: str, offset: int) -> Located | None:
    """Return the key and the value that begin at an offset; None where they cannot be read alone."""
    line_start = text.rfind("\n", 0, offset) + 1
    start = line_start if not text[line_start:offset].strip() else offset
    try:
        pair = _first_pair(text[start:], start)
    except (yaml.YAMLError, _UnreadableError):
        return None
    if pair is None:
        return None
    _trim(pair[1], text)
    return Located(pair[1], pair[0], None, 0)


def _offset(text: str, line: int, column: int) -> int:
    """Return the offset of a line and a column, both from 1."""
    offset = 1 if text.startswith("\ufeff") else 0
    for _ in range(line - 1):
        offset = text.index("\n", offset) + 1
    return offset + column - 1


class _UnreadableError(Exception):
    """The events end before the entry does."""


def _first_pair(text: str, base: int) -> tuple[Span, Span] | None:
    """Read the first key and value of a text that begins with a mapping; what follows is not read."""
    events = iter(yaml.parse(text, Loader=yaml.CSafeLoader))
    for event in events:
        if isinstance(event, yaml.MappingStartEvent):
            key = _node(next(events, None), events, base)
            return key, _node(next(events, None), events, base)
        if isinstance(event, yaml.NodeEvent):
            return None
    return None


def _offsets(event: yaml.Event, base: int) -> tuple[int, int]:
    start, end = event.start_mark, event.end_mark
    if start is None or end is None:
        raise _UnreadableError
    return start.index + base, end.index + base


def _node(event: yaml.Event | None, events: Iterator[yaml.Event], base: int) -> Span:
    if event is None:
        raise _UnreadableError
    start, end = _offsets(event, base)
    if isinstance(event, yaml.AliasEvent):
        return Span("alias", start, end, anchor=event.anchor or "")
    if isinstance(event, yaml.ScalarEvent):
        return Span("scalar", start, end, event.value, _tag(event.tag), event.anchor or "", event.style or "")
    if not isinstance(event, yaml.CollectionStartEvent):
        raise _UnreadableError
    is_map = isinstance(event, yaml.MappingStartEvent)
    span = Span(
        "map" if is_map else "list",
        start,
        end,
        tag=_tag(event.tag),
        anchor=event.anchor or "",
        flow=bool(event.flow_style),
    )
    return _collection(span, events, base)


def _collection(top: Span, events: Iterator[yaml.Event], base: int) -> Span:
    """Read what is in a collection, with a stack of its own: a response may nest a hundred levels deep."""
    stack = [top]
    while stack:
        event = next(events, None)
        current = stack[-1]
        if event is None:
            raise _UnreadableError
        if isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
            if current.flow:
                current.end = _offsets(event, base)[1]
            elif current.items:
                current.end = current.items[-1].end
            continue
        if isinstance(event, yaml.CollectionStartEvent):
            is_map = isinstance(event, yaml.MappingStartEvent)
            node = Span(
                "map" if is_map else "list",
                *_offsets(event, base),
                tag=_tag(event.tag),
                anchor=event.anchor or "",
                flow=bool(event.flow_style),
            )
            stack.append(node)
        else:
            node = _node(event, events, base)
        is_key = current.kind == "map" and len(current.keys) == len(current.items)
        (current.keys if is_key else current.items).append(node)
    return top


def _tag(tag: str | None) -> str:
    return "" if not tag or tag == "!" or not tag.startswith("!") else tag[1:]


def _trim(span: Span, text: str) -> None:
    """Take trailing space from the ends: a block scalar's event ends at the next token."""
    todo = [span]
    ends: list[Span] = []
    while todo:
        current = todo.pop()
        ends.append(current)
        todo += [*current.keys, *current.items]
    for current in reversed(ends):
        if current.kind in ("map", "list") and not current.flow and current.items:
            current.end = current.items[-1].end
        elif current.end > current.start:
            current.end = current.start + len(text[current.start : current.end].rstrip())


def is_function(span: Span, step: str) -> bool:
    """Whether a node is written as the short form of a function: `!Sub` for `Fn::Sub`."""
    return step in INTRINSICS and span.tag == step.removeprefix("Fn::")


def way(entry: Located, steps: Path) -> list[Located]:
    """Return the nodes from an entry along the steps of a path, as far as they exist: the entry first.

    The step of a function in its short form stays at the same node, which is then in the list twice.
    """
    found = [entry]
    for step in steps:
        current = found[-1]
        node = current.node
        if isinstance(step, str) and is_function(node, step):
            found.append(current)
        elif node.kind == "map" and isinstance(step, str):
            index = next((i for i in reversed(range(len(node.items))) if node.keys[i].text == step), None)
            if index is None:
                break
            found.append(Located(node.items[index], node.keys[index], node, index))
        elif node.kind == "list" and isinstance(step, int) and step < len(node.items):
            found.append(Located(node.items[step], None, node, step))
        else:
            break
    return found
