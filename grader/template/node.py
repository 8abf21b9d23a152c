"""The nodes of a parsed template: frozen values, each with its line and column (both from 1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from grader.support.text import is_natural

Path = tuple[str | int, ...]

# Intrinsic functions, by their long names.
# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
INTRINSICS = frozenset(
    {"Ref", "Condition"}
    | {
        f"Fn::{name}"
        for name in (
            "And Base64 Cidr Contains EachMemberEquals EachMemberIn Equals FindInMap ForEach GetAtt GetAZs "
            "GetStackOutput If ImportValue Join Length Not Or RefAll Select Split Sub ToJsonString Transform ValueOf "
            "ValueOfAll"
        ).split()
    }
)


@dataclass(frozen=True, slots=True)
class Node:
    """Anything in a template that has a place."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Scalar(Node):
    """A string, number, boolean or null: `value` typed as YAML 1.1 or JSON types it, `text` as written.

    A block (`|` or `>`) begins in the line of its mark, and its text in the next.
    """

    value: str | int | float | bool | None
    text: str
    is_block: bool = False


@dataclass(frozen=True, slots=True)
class Sequence(Node):
    """A list."""

    items: tuple[AnyNode, ...]


@dataclass(frozen=True, slots=True)
class Map(Node):
    """A mapping; `keys` keeps where each key is."""

    values: Mapping[str, AnyNode] = field(default_factory=lambda: MappingProxyType({}))
    keys: Mapping[str, Scalar] = field(default_factory=lambda: MappingProxyType({}))

    def get(self, key: str) -> AnyNode | None:
        """Return the node under `key`, or None."""
        return self.values.get(key)


@dataclass(frozen=True, slots=True)
class Call(Node):
    """An intrinsic function, written in either form: `name` is the long name (`Ref`, `Fn::Sub`, `Condition`)."""

    name: str
    argument: AnyNode


AnyNode = Scalar | Sequence | Map | Call


def children(node: AnyNode) -> Iterator[tuple[str | int, AnyNode]]:
    """Yield the direct parts of a node with the step of the path that leads to each."""
    if isinstance(node, Map):
        yield from node.values.items()
    elif isinstance(node, Sequence):
        yield from enumerate(node.items)
    elif isinstance(node, Call):
        yield node.name, node.argument


def walk(node: AnyNode, path: Path = ()) -> Iterator[tuple[Path, AnyNode]]:
    """Yield a node and everything below it, parents first, in document order."""
    stack: list[tuple[Path, AnyNode]] = [(path, node)]
    while stack:
        here, current = stack.pop()
        yield here, current
        if isinstance(current, Scalar):  # most nodes are
            continue
        if isinstance(current, Map):
            stack += [((*here, step), child) for step, child in reversed([*current.values.items()])]
        elif isinstance(current, Sequence):
            stack += [((*here, step), child) for step, child in reversed([*enumerate(current.items)])]
        else:
            stack.append(((*here, current.name), current.argument))


def at(node: AnyNode | None, *steps: str | int) -> AnyNode | None:
    """Follow keys and indexes from a node; None where a step is not there."""
    for step in steps:
        if isinstance(node, Map) and isinstance(step, str):
            node = node.get(step)
        elif isinstance(node, Sequence) and isinstance(step, int) and 0 <= step < len(node.items):
            node = node.items[step]
        else:
            return None
    return node


def child_at(node: AnyNode | None, step: str | int) -> AnyNode | None:
    """Follow one step of a path, through functions too: a key, an index as a number or as digits, the name of a function."""
    if isinstance(node, Call):
        return node.argument if node.name == step else None
    return at(node, int(step) if isinstance(node, Sequence) and is_natural(str(step)) else step)


def dotted(path: Path) -> str:
    """Write a path as `Properties.Tags.0.Key`."""
    return ".".join(str(step) for step in path)


def plain(node: AnyNode | None) -> object:
    """Turn a node into plain Python values; intrinsics become one-key dictionaries, as in JSON."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    if isinstance(node, Map):
        return {key: plain(value) for key, value in node.values.items()}
    if isinstance(node, Call):
        return {node.name: plain(node.argument)}
    return None


def text_of(node: AnyNode | None) -> str | None:
    """Return the text of a scalar that is not null; None for anything else."""
    if isinstance(node, Scalar) and node.value is not None:
        return node.text
    return None


def value_text(node: AnyNode | None) -> str | None:
    """Return the text that CloudFormation makes of a scalar where a text is wanted: `true` for True, yes and on.

    None for null and for anything else. Source: https://yaml.org/type/bool.html; CloudFormation reads YAML 1.1.
    """
    if isinstance(node, Scalar) and isinstance(node.value, bool):
        return "true" if node.value else "false"
    return text_of(node)


def items_of(node: AnyNode | None) -> tuple[AnyNode, ...]:
    """Return a list's items; one thing where CloudFormation accepts it for a list of one; nothing for None."""
    if node is None:
        return ()
    return node.items if isinstance(node, Sequence) else (node,)
