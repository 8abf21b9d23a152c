"""Text to nodes: YAML and JSON, each node with its line and column.

YAML is read from libyaml's events, with a stack of our own: composing a hostile depth of nesting would overflow the
C stack. JSON has its own small reader, because YAML is not a superset of the JSON that people write (tabs), and
CloudFormation reads a template that starts with a brace as JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from json.decoder import scanstring  # type: ignore[attr-defined]
from types import MappingProxyType
from typing import Any, cast

import yaml

from grader.bundle.limits import DEFAULT_LIMITS
from grader.support.text import whole_characters
from grader.template.node import INTRINSICS, AnyNode, Call, Map, Scalar, Sequence, plain

_RESOLVERS = yaml.SafeLoader.yaml_implicit_resolvers
_CONSTRUCT = {
    "tag:yaml.org,2002:bool": yaml.constructor.SafeConstructor.construct_yaml_bool,
    "tag:yaml.org,2002:int": yaml.constructor.SafeConstructor.construct_yaml_int,
    "tag:yaml.org,2002:float": yaml.constructor.SafeConstructor.construct_yaml_float,
}
_LOADER = yaml.SafeLoader("")
_LARGEST = 10**400  # a number beyond stays the text that it is, as in JSON
_NULL = "tag:yaml.org,2002:null"
_PREFIX = "tag:yaml.org,2002:"
_TAG_END = re.compile(r"(!\w+)([\]},])")
MAX_SLOW = 100_000  # characters for PyYAML's own parser, which reads as many in a second


class TemplateSyntaxError(Exception):
    """The text is not the YAML or JSON that CloudFormation accepts: `message` in one line, `line` and `column` from 1.

    `is_limit` tells that the text is larger or deeper than what is read.
    """

    def __init__(self, message: str, line: int, column: int = 1, is_limit: bool = False) -> None:
        self.is_limit = is_limit
        self.message = " ".join(message.split())
        self.line = line
        self.column = column
        super().__init__(f"{self.message} (line {line})")


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A key written twice in one mapping: the lines of both, and whether the value that is lost differs from the last.

    `lost` are the keys of the lost value that the last value does not have.
    """

    key: str
    line: int
    first_line: int
    differs: bool = True
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """A parsed text: its root node, the keys written twice, and whether it was JSON.

    `refused` is why CloudFormation refuses a text whose meaning is clear all the same; None where it reads it.
    """

    root: AnyNode
    duplicates: tuple[Duplicate, ...]
    is_json: bool
    merge_lines: tuple[int, ...] = ()
    refused: TemplateSyntaxError | None = None


def load(text: str, nesting: int = DEFAULT_LIMITS.nesting, nodes: int = DEFAULT_LIMITS.nodes) -> Loaded:
    """Parse the text of a template.

    What one parser refuses and another reads is read. JSON with comments or commas too many is read, and `refused` says what
    CloudFormation, which wants JSON as ECMA-404 defines it, finds wrong with it.
    Raises TemplateSyntaxError with the place for text that is not YAML or JSON, for more than one YAML document, and
    for nesting over 100 levels or more than 100,000 nodes once aliases are expanded.
    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
    """
    text = whole_characters(text.removeprefix("\ufeff"))
    is_json = text.lstrip()[:1] == "{"
    try:
        if is_json:
            return _Json(text, nesting, nodes).load()
        return _load_yaml(_YamlBuilder(nesting, nodes), text)
    except TemplateSyntaxError as error:
        if error.is_limit:
            raise
        for attempt in _json_attempts(text) if is_json else _yaml_attempts(text):
            try:
                return attempt(nesting, nodes, error)
            except TemplateSyntaxError:
                continue
        raise


def syntax_error(text: str) -> TemplateSyntaxError | None:
    """Return where the text of a template stops being YAML or JSON, as one fast parser reads it; None where it reads to the end."""
    nesting, nodes = DEFAULT_LIMITS.nesting, DEFAULT_LIMITS.nodes
    text = whole_characters(text.removeprefix("\ufeff"))
    try:
        if text.lstrip()[:1] == "{":
            _Json(text, nesting, nodes).load()
        else:
            _load_yaml(_YamlBuilder(nesting, nodes), _TAG_END.sub(r"\1 \2", text))
    except TemplateSyntaxError as error:
        return error
    return None


_Attempt = Callable[[int, int, "TemplateSyntaxError"], "Loaded"]


def _json_attempts(text: str) -> Iterator[_Attempt]:
    """Yield more lenient ways to read JSON; CloudFormation does not go them."""
    yield lambda nesting, nodes, error: replace(_Json(text, nesting, nodes, lenient=True).load(), refused=error)


def _yaml_attempts(text: str) -> Iterator[_Attempt]:
    """Yield other ways to read YAML: with a blank behind a tag that a bracket ends, which libyaml wants, and PyYAML's own parser."""
    apart = _TAG_END.sub(r"\1 \2", text)
    if apart != text:
        yield lambda nesting, nodes, _: _load_yaml(_YamlBuilder(nesting, nodes), apart)
    if len(text) <= MAX_SLOW:
        yield lambda nesting, nodes, _: _load_yaml(_YamlBuilder(nesting, nodes), text, yaml.SafeLoader)


@dataclass(slots=True)
class _Open:
    """A collection that is being read."""

    line: int
    column: int
    tag: str | None
    anchor: str | None
    is_map: bool
    items: list[AnyNode] = field(default_factory=list)


def _place_of(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _load_yaml(builder: _YamlBuilder, text: str, loader: Any = yaml.CSafeLoader) -> Loaded:
    try:
        reader = loader(text)
        try:
            for event in iter(reader.get_event, None):
                builder.take(event)
        finally:
            reader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context or "not YAML"
        raise TemplateSyntaxError(problem, mark.line + 1 if mark else 1, mark.column + 1 if mark else 1) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, max(0, min(error.position, len(text)))) + 1
        raise TemplateSyntaxError(f"unacceptable character ({error.reason})", line) from None
    if builder.root is None:
        raise TemplateSyntaxError("the text holds no YAML document", 1)
    return Loaded(builder.root, tuple(builder.duplicates), False, tuple(builder.merge_lines))


class _YamlBuilder:
    """Builds nodes from libyaml's events without recursion."""

    def __init__(self, nesting: int, nodes: int) -> None:
        self._nesting = nesting
        self._nodes = nodes
        self.root: AnyNode | None = None
        self.duplicates: list[Duplicate] = []
        self.merge_lines: list[int] = []
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[AnyNode, int, int]] = {}
        self._extents: dict[int, tuple[AnyNode, int, int]] = {}
        self._count = 0
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._place(self._scalar(event), event.anchor, 1)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise TemplateSyntaxError(
                    "a second YAML document starts here: a template is one document; split it into one file each",
                    _place_of(event)[0],
                )

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        line, column = _place_of(event)
        if len(self._stack) >= self._nesting:
            raise TemplateSyntaxError(
                f"nested more than {self._nesting} levels deep (--max-nesting raises this)", line, column, is_limit=True
            )
        is_map = isinstance(event, yaml.MappingStartEvent)
        self._stack.append(_Open(line, column, event.tag, event.anchor, is_map))

    def _close(self) -> None:
        done = self._stack.pop()
        node = self._mapping(done) if done.is_map else Sequence(done.line, done.column, tuple(done.items))
        self._place(_tagged(node, done.tag), done.anchor, 1)

    def _mapping(self, done: _Open) -> AnyNode:
        keys: dict[str, Scalar] = {}
        values: dict[str, AnyNode] = {}
        for key, value in zip(done.items[::2], done.items[1::2], strict=True):
            if not isinstance(key, Scalar):
                raise TemplateSyntaxError("a mapping key is not a plain value", key.line, key.column)
            if key.text == "<<":
                self.merge_lines.append(key.line)
            if key.text in keys:
                self.duplicates.append(_twice(key.text, (keys[key.text], key), values[key.text], value))
            keys[key.text], values[key.text] = key, value
        return _long_form(done.line, done.column, keys, values)

    def _place(self, node: AnyNode, anchor: str | None, size: int) -> None:
        self._count += size
        if self._count > self._nodes:
            raise TemplateSyntaxError(
                f"more than {self._nodes:,} nodes once aliases are expanded (--max-nodes raises this)",
                node.line,
                node.column,
                is_limit=True,
            )
        if anchor:
            self._anchors[anchor] = (node, *_extent(node, self._extents))
        if self._stack:
            self._stack[-1].items.append(node)
        else:
            self.root = node

    def _alias(self, event: yaml.AliasEvent) -> None:
        if event.anchor not in self._anchors:
            raise TemplateSyntaxError(f"alias *{event.anchor} has no anchor", _place_of(event)[0])
        node, size, depth = self._anchors[event.anchor]
        if len(self._stack) + depth > self._nesting:
            raise TemplateSyntaxError(
                f"nested more than {self._nesting} levels deep (--max-nesting raises this)",
                _place_of(event)[0],
                is_limit=True,
            )
        self._place(node, None, size)

    def _scalar(self, event: yaml.ScalarEvent) -> AnyNode:
        line, column = _place_of(event)
        text = whole_characters(event.value)  # PyYAML's own parser reads an escape for half a character
        tag, is_block = event.tag, event.style in ("|", ">")
        if tag and tag.startswith(_PREFIX):
            return Scalar(line, column, _typed(tag, text), text)
        if tag and tag != "!":
            return _tagged(Scalar(line, column, text, text, is_block), tag)
        is_plain = event.implicit[0] and not tag
        return Scalar(line, column, _implicit(text) if is_plain else text, text, is_block)


def _extent(node: AnyNode, known: dict[int, tuple[AnyNode, int, int]]) -> tuple[int, int]:
    """Return how many nodes a node is, aliases expanded, and how deep; `known` keeps what was measured before."""

    def measure(current: AnyNode) -> tuple[int, int]:
        if id(current) not in known:
            below = [measure(part) for part in _parts(current)]
            size, deep = 1 + sum(size for size, _ in below), 1 + max((deep for _, deep in below), default=0)
            known[id(current)] = (current, size, deep)  # the node is kept, so that its id stays its own
        return known[id(current)][1:]

    return measure(node)


def _parts(node: AnyNode) -> tuple[AnyNode, ...]:
    if isinstance(node, Map):
        return tuple(node.values.values())
    if isinstance(node, Sequence):
        return node.items
    return (node.argument,) if isinstance(node, Call) else ()


def _implicit(text: str) -> str | int | float | bool | None:
    """Type a plain scalar as YAML 1.1 does; dates stay strings, as CloudFormation keeps them."""
    for tag, pattern in _RESOLVERS.get(text[:1], ()):
        if pattern.match(text):
            return _typed(tag, text)
    return text


def _typed(tag: str, text: str) -> str | int | float | bool | None:
    if tag == _NULL:
        return None
    construct = _CONSTRUCT.get(tag)
    if construct is None:
        return text
    try:
        value = cast("int | float | bool", construct(_LOADER, yaml.ScalarNode(tag, text)))
    except (ValueError, LookupError, ArithmeticError):  # a tag over a text that does not fit it; more digits than fit
        return text
    return text if isinstance(value, int) and abs(value) >= _LARGEST else value


def _tagged(node: AnyNode, tag: str | None) -> AnyNode:
    if not tag or tag.startswith(_PREFIX) or tag == "!":
        return node
    name = tag.lstrip("!")
    name = name if name in ("Ref", "Condition") else f"Fn::{name}"
    if name == "Fn::GetAtt" and isinstance(node, Scalar):
        node = _getatt(node)
    return Call(node.line, node.column, name, node)


def _getatt(node: Scalar) -> Sequence:
    """Split `Resource.Attribute`; the attribute keeps its own dots."""
    resource, _, attribute = node.text.partition(".")
    parts = [Scalar(node.line, node.column, resource, resource)]
    if attribute:
        parts.append(Scalar(node.line, node.column + len(resource) + 1, attribute, attribute))
    return Sequence(node.line, node.column, tuple(parts))


def _long_form(line: int, column: int, keys: dict[str, Scalar], values: dict[str, AnyNode]) -> AnyNode:
    if len(values) == 1:
        [(name, argument)] = values.items()
        is_call = name in INTRINSICS and (name != "Condition" or isinstance(argument, Scalar))
        if is_call:
            if name == "Fn::GetAtt" and isinstance(argument, Scalar):
                argument = _getatt(argument)
            return Call(line, column, name, argument)
    return Map(line, column, MappingProxyType(values), MappingProxyType(keys))


_SPACE = re.compile(r"[ \t\n\r]*")
_SPACE_OR_COMMENT = re.compile(r"(?:[ \t\n\r]+|//[^\n]*|#[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


def _twice(name: str, keys: tuple[Scalar, Scalar], lost: AnyNode, last: AnyNode) -> Duplicate:
    kept = last.values if isinstance(last, Map) else {}
    gone = tuple(key for key in lost.values if key not in kept) if isinstance(lost, Map) else ()
    return Duplicate(name, keys[1].line, keys[0].line, plain(lost) != plain(last), gone)


class _Json:
    """A JSON reader that keeps positions."""

    def __init__(self, text: str, nesting: int, nodes: int, lenient: bool = False) -> None:
        self.text = text
        self._lenient = lenient
        self._nesting = nesting
        self._nodes = nodes
        self.duplicates: list[Duplicate] = []
        self._count = 0
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._line = 0

    def load(self) -> Loaded:
        node, end = self._value(self._skip(0), 0)
        end = self._skip(end)
        if end != len(self.text):
            raise self._error("text after the end of the JSON value", end)
        return Loaded(node, tuple(self.duplicates), True)

    def _place(self, index: int) -> tuple[int, int]:
        # Positions only grow while reading, so the line is found by stepping on from the last one.
        starts, line = self._starts, self._line
        while line + 1 < len(starts) and starts[line + 1] <= index:
            line += 1
        while starts[line] > index:
            line -= 1
        self._line = line
        return line + 1, index - starts[line] + 1

    def _error(self, message: str, index: int, is_limit: bool = False) -> TemplateSyntaxError:
        return TemplateSyntaxError(message, *self._place(min(index, max(0, len(self.text) - 1))), is_limit)

    def _skip(self, index: int) -> int:
        match = (_SPACE_OR_COMMENT if self._lenient else _SPACE).match(self.text, index)
        return match.end() if match else index

    def _value(self, index: int, depth: int) -> tuple[AnyNode, int]:
        self._count += 1
        if depth > self._nesting:
            raise self._error(f"nested more than {self._nesting} levels deep (--max-nesting raises this)", index, True)
        if self._count > self._nodes:
            raise self._error(f"more than {self._nodes:,} nodes (--max-nodes raises this)", index, True)
        head = self.text[index : index + 1]
        if head == "{":
            return self._object(index, depth)
        if head == "[":
            return self._array(index, depth)
        line, column = self._place(index)
        if head == '"':
            value, end = self._string(index)
            return Scalar(line, column, value, value), end
        return self._atom(index, line, column)

    def _atom(self, index: int, line: int, column: int) -> tuple[AnyNode, int]:
        match = _NUMBER.match(self.text, index)
        if match:
            text = match.group()
            number = float(text) if match.group(1) or match.group(2) or len(text) > 400 else int(text)
            return Scalar(line, column, number, text), match.end()
        for word, value in _WORDS.items():
            if self.text.startswith(word, index):
                return Scalar(line, column, value, word), index + len(word)
        raise self._error("expected a JSON value", index)

    def _string(self, index: int) -> tuple[str, int]:
        try:
            value, end = scanstring(self.text, index + 1, not self._lenient)
        except json.JSONDecodeError as error:
            raise self._error(f"broken string: {error.msg}", error.pos) from None
        return whole_characters(value), end

    def _parts(self, index: int, close: str, read: Callable[[int], int]) -> int:
        """Read the comma-separated parts of an object or array; return where it ends."""
        index = self._skip(index + 1)
        if self.text[index : index + 1] == close:
            return index + 1
        while True:
            index = self._skip(read(index))
            mark = self.text[index : index + 1]
            if mark == close:
                return index + 1
            if mark != ",":
                raise self._error(f"expected ',' or '{close}'", index)
            index = self._skip(index + 1)
            if self._lenient and self.text[index : index + 1] == close:
                return index + 1

    def _array(self, index: int, depth: int) -> tuple[AnyNode, int]:
        line, column = self._place(index)
        items: list[AnyNode] = []

        def read(start: int) -> int:
            item, end = self._value(start, depth + 1)
            items.append(item)
            return end

        end = self._parts(index, "]", read)
        return Sequence(line, column, tuple(items)), end

    def _object(self, index: int, depth: int) -> tuple[AnyNode, int]:
        line, column = self._place(index)
        keys: dict[str, Scalar] = {}
        values: dict[str, AnyNode] = {}

        def read(start: int) -> int:
            if self.text[start : start + 1] != '"':
                raise self._error("expected a property name in double quotes", start)
            place = self._place(start)
            name, end = self._string(start)
            end = self._skip(end)
            if self.text[end : end + 1] != ":":
                raise self._error("expected ':' after a property name", end)
            first, lost = keys.get(name), values.get(name)
            keys[name] = Scalar(*place, name, name)
            values[name], end = self._value(self._skip(end + 1), depth + 1)
            if first is not None and lost is not None:
                self.duplicates.append(_twice(name, (first, keys[name]), lost, values[name]))
            return end

        end = self._parts(index, "}", read)
        return _long_form(line, column, keys, values), end
