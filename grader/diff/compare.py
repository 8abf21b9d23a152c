"""Two bundles compared by meaning: what is missing, what is extra, and what changed, ranked by what the difference does."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from grader.bundle import Kind
from grader.case import Case
from grader.diff.effects import effect_of_path, effect_of_type, rank
from grader.diff.matching import Pairs, match
from grader.diff.sides import NAME, Canonical, Item, Key, Side, canonical, leaves
from grader.template import Map, Resource, Template, plain

_SECTIONS = ("Parameters", "Conditions", "Outputs", "Mappings")
_IDENTITY = ("Key", "Sid", "Id", "Name", "PolicyName", "ParameterKey", "ParameterName", "AttributeName", "IndexName")
MAX_TEXT = 2_000
REVISION, RELATED = 0.5, 0.25  # from this likeness on, one side is a copy of the other, or of its kind


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is: a file of the bundle, a line (from 1) and a name."""

    file: str
    line: int
    name: str


@dataclass(frozen=True, slots=True)
class Change:
    """A value that differs. `left` and `right` are texts (JSON where the value is not a scalar), None where there is none."""

    path: str
    left: str | None
    right: str | None
    effect: str
    left_line: int
    right_line: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A resource, parameter, output, condition, mapping or file that differs.

    `status` is `missing` (the right side alone has it), `extra` (the left side alone) or `changed`. `section` is the
    section of the template, or `Files`; `type` is the resource's type, the parameter's or the kind of the file.
    """

    section: str
    status: str
    type: str
    effect: str
    left: Place | None
    right: Place | None
    changes: tuple[Change, ...] = ()


def _entry_dict(entry: Entry) -> dict[str, Any]:
    values = {"section": entry.section, "status": entry.status, "type": entry.type, "effect": entry.effect}
    places = {
        side: {"file": place.file, "line": place.line, "name": place.name} if place else None
        for side, place in (("left", entry.left), ("right", entry.right))
    }
    return {**values, **places, "changes": [asdict(change) for change in entry.changes]}


@dataclass(frozen=True)
class Difference:
    """What two bundles differ in. `pairs` says which resource of the left side is which of the right side."""

    left: Side
    right: Side
    pairs: Mapping[Key, Key]
    entries: tuple[Entry, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as plain values; the numbers of resources paired, missing, extra and changed first."""
        resources = [entry for entry in self.entries if entry.section == "Resources"]
        counts = {status: sum(one.status == status for one in resources) for status in ("missing", "extra", "changed")}
        return {
            "schema": 1,
            "left": self.left.case.bundle.name,
            "right": self.right.case.bundle.name,
            "resources": {"paired": len(self.pairs), **counts},
            "entries": [_entry_dict(entry) for entry in self.entries],
        }

    @cached_property
    def likeness(self) -> float:
        """The share of values that both sides have at the same place of paired resources, from 0 to 1."""
        common = total = 0
        naming = self.naming
        for key, item in self.left.items.items():
            ours = Counter(leaves(naming.left({**item.attributes, **item.properties}, item.file)))
            total += ours.total()
            twin = self.right.items.get(self.pairs.get(key, ("", "")))
            if twin:
                theirs = Counter(leaves(naming.right({**twin.attributes, **twin.properties}, twin.file)))
                common += 2 * (ours & theirs).total()
        total += sum(
            sum(1 for _ in leaves({**item.attributes, **item.properties})) for item in self.right.items.values()
        )
        return common / total if total else 1.0

    @property
    def is_revision(self) -> bool:
        """Whether one side reads as a corrected copy of the other.

        Then what differs was changed for a reason; two designs of their own differ in anything.
        """
        return self.likeness >= REVISION

    @property
    def is_related(self) -> bool:
        """Whether the two sides are alike enough for single values to be compared."""
        return self.likeness >= RELATED

    @cached_property
    def naming(self) -> Naming:
        """How names of both sides are made comparable."""
        return Naming(self.left, self.right, self.pairs)


def compare_with_ideal(case: Case) -> Difference | None:
    """Compare a case with its task's ideal answer; None where there is none, or one of both has no template."""
    ideal = case.ideal_case
    return compare(case, ideal) if ideal and case.templates and ideal.templates else None


def compare(left: Case, right: Case) -> Difference:
    """Compare two bundles; logical ids, order, notation and files' names make no difference."""
    one, two = Side(left), Side(right)
    pairs = match(one, two)
    naming = Naming(one, two, pairs)
    entries = [*_resources(one, two, pairs, naming), *_sections(one, two, naming), *_files(left, right)]
    entries.sort(
        key=lambda entry: (rank(entry.effect), _STATUS[entry.status], entry.section, entry.type, _where(entry))
    )
    return Difference(one, two, pairs, tuple(entries))


_STATUS = {"missing": 0, "changed": 1, "extra": 2}


def _where(entry: Entry) -> tuple[str, int]:
    place = entry.right or entry.left
    return (place.file, place.line) if place else ("", 0)


class Naming:
    """Names of both sides, made comparable: paired resources and parameters get one name, all others stay apart."""

    def __init__(self, left: Side, right: Side, pairs: Pairs | Mapping[Key, Key]) -> None:
        self._left: dict[Key, str] = {key: f"<{key[1]}" for key in left.items}
        self._right: dict[Key, str] = {key: f">{key[1]}" for key in right.items}
        for index, (one, two) in enumerate(pairs.items()):
            self._left[one] = self._right[two] = f"#{index}"
        for file, name, twin in _twins(left, right):
            self._left[file, name] = f"@{twin}"
        for template in right.case.templates:
            for name in template.parameters:
                self._right[template.file, name] = f"@{name}"

    def left(self, value: Canonical, file: str) -> Canonical:
        """Return a canonical value of the left side with comparable names."""
        return _renamed(value, lambda name: self._left.get((file, name), name))

    def right(self, value: Canonical, file: str) -> Canonical:
        """Return a canonical value of the right side with comparable names."""
        return _renamed(value, lambda name: self._right.get((file, name), name))


def _twins(left: Side, right: Side) -> Iterator[tuple[str, str, str]]:
    """Yield (file, parameter of the left side, its counterpart's name): the same name, else the only one that is defined alike."""
    theirs = {name: _signature(one.node) for t in right.case.templates for name, one in t.parameters.items()}
    ours = {name: _signature(one.node) for t in left.case.templates for name, one in t.parameters.items()}
    for template in left.case.templates:
        for name in template.parameters:
            if name in theirs:
                yield template.file, name, name
                continue
            alike = [other for other, text in theirs.items() if other not in ours and text == ours[name]]
            rivals = [other for other, text in ours.items() if other not in theirs and text == ours[name]]
            yield template.file, name, alike[0] if len(alike) == len(rivals) == 1 else f"<{name}"


def _signature(node: Map) -> str:
    fields = plain(node)
    kept = {key: value for key, value in fields.items() if key != "Description"} if isinstance(fields, dict) else {}
    return json.dumps(kept, sort_keys=True, default=str)


def _renamed(value: Canonical, name: Callable[[str], str]) -> Canonical:
    if isinstance(value, str):
        return (
            NAME.sub(lambda found: "${" + name(found.group(1)) + found.group(2) + "}", value) if "$" in value else value
        )
    if isinstance(value, list):
        return [_renamed(item, name) for item in value]
    if isinstance(value, dict):
        return {key: _renamed(item, name) for key, item in value.items()}
    return value


def _resources(left: Side, right: Side, pairs: Mapping[Key, Key], naming: Naming) -> Iterator[Entry]:
    for key, item in left.items.items():
        if key not in pairs:
            yield Entry("Resources", "extra", item.type, effect_of_type(item.type), _place(item), None)
            continue
        other = right.items[pairs[key]]
        changes = tuple(sorted(_of_pair(item, other, naming), key=lambda change: (rank(change.effect), change.path)))
        if changes:
            yield Entry("Resources", "changed", item.type, changes[0].effect, _place(item), _place(other), changes)
    paired = set(pairs.values())
    for key, item in right.items.items():
        if key not in paired:
            yield Entry("Resources", "missing", item.type, effect_of_type(item.type), None, _place(item))


def _place(item: Item) -> Place:
    return Place(item.file, item.resource.line, item.name)


def _of_pair(left: Item, right: Item, naming: Naming) -> Iterator[Change]:
    for path, one, two in differences(
        {**left.attributes, "Properties": left.properties},
        {**right.attributes, "Properties": right.properties},
        lambda value: naming.left(value, left.file),
        lambda value: naming.right(value, right.file),
    ):
        lines = (line_at(left.resource, path), line_at(right.resource, path))
        if text_of(one) != text_of(two):  # names that are written alike are one to a reader
            yield Change(path, text_of(one), text_of(two), effect_of_path(path), *lines)


def line_at(resource: Resource, path: str) -> int:
    """Return the line of an attribute or property of a resource, of what is written nearest above it where it is absent."""
    if path.startswith("Properties."):
        return resource.line_of(path.removeprefix("Properties."))
    key = resource.node.keys.get(path.split(".")[0])
    return key.line if key else resource.line


def text_of(value: Canonical) -> str | None:
    """Write a canonical value as text, up to 2,000 characters: itself where it is a scalar, else JSON."""
    if value is None or isinstance(value, str):
        return value if value is None else value[:MAX_TEXT]
    return json.dumps(value, ensure_ascii=False)[:MAX_TEXT]


Rename = Callable[[Canonical], Canonical]


def differences(
    left: Canonical, right: Canonical, one: Rename, two: Rename, path: str = ""
) -> Iterator[tuple[str, Canonical, Canonical]]:
    """Yield (path, left value, right value) where two canonical values differ once their names are made comparable.

    The members of a list are compared by what they are, whatever their order.
    """
    if one(left) == two(right):
        return
    if isinstance(left, dict) and isinstance(right, dict):
        for key in dict.fromkeys((*left, *right)):
            below = f"{path}.{key}" if path else key
            yield from differences(left.get(key), right.get(key), one, two, below)
    elif isinstance(left, list) and isinstance(right, list):
        for index, a, b in _members(left, right, one, two):
            yield from differences(a, b, one, two, f"{path}.{index}")
    else:
        yield path, left, right


def _members(
    left: list[Canonical], right: list[Canonical], one: Rename, two: Rename
) -> Iterator[tuple[int, Canonical, Canonical]]:
    """Pair the members of two lists that are not the same: by what identifies them, statements by what they allow, then by order."""
    theirs = [(index, item, json.dumps(two(item), sort_keys=True)) for index, item in enumerate(right)]
    ours = []
    for index, item in enumerate(left):
        text = json.dumps(one(item), sort_keys=True)
        same = next((other for other in theirs if other[2] == text), None)
        if same:
            theirs.remove(same)
        else:
            ours.append((index, item))
    rest = []
    for index, item in ours:
        name = _identity(one(item))
        twin = next((other for other in theirs if name and _identity(two(other[1])) == name), None)
        if twin:
            theirs.remove(twin)
            yield index, item, twin[1]
        else:
            rest.append((index, item))
    yield from _statements(rest, theirs, one, two)
    for (index, item), twin in zip(rest, theirs, strict=False):
        yield index, item, twin[1]
    for index, item in rest[len(theirs) :]:
        yield index, item, None
    for index, item, _ in theirs[len(rest) :]:
        yield index, None, item


Members = list[tuple[int, Canonical]]
_GRANTS = ("Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal")
MAX_STATEMENTS = 40


def _statements(
    ours: Members, theirs: list[tuple[int, Canonical, str]], one: Rename, two: Rename
) -> Iterator[tuple[int, Canonical, Canonical]]:
    """Pair policy statements by how much of what they grant is the same, the most alike first; take the pairs out of the lists."""
    left = [(place, _grants(one(item[1]))) for place, item in enumerate(ours[:MAX_STATEMENTS])]
    right = [(place, _grants(two(item[1]))) for place, item in enumerate(theirs[:MAX_STATEMENTS])]
    alike = [
        (len(a & b) / len(a | b), -i, -j) for i, a in left for j, b in right if a and b and a & b
    ]  # place by place, so that the order is the same from run to run
    pairs: dict[int, int] = {}
    for _, i, j in sorted(alike, reverse=True):
        if -i not in pairs and -j not in pairs.values():
            pairs[-i] = -j
    found = [(*ours[i], theirs[j][1]) for i, j in sorted(pairs.items())]
    # A statement without a counterpart stays alone: pairing it with another by its place says nothing.
    lonely = [(*ours[i], None) for i, a in left if a and i not in pairs]
    spare = [(theirs[j][0], None, theirs[j][1]) for j, b in right if b and j not in pairs.values()]
    done_left = set(pairs) | {i for i, a in left if a}
    done_right = set(pairs.values()) | {j for j, b in right if b}
    ours[:] = [item for i, item in enumerate(ours) if i not in done_left]
    theirs[:] = [item for j, item in enumerate(theirs) if j not in done_right]
    yield from found
    yield from lonely
    yield from spare


def _grants(item: Canonical) -> frozenset[tuple[str, str]]:
    """Return what a policy statement grants or denies, to whom and on what; nothing where the value is not a statement."""
    if not isinstance(item, dict) or "Effect" not in item:
        return frozenset()
    return frozenset((key, text) for key in _GRANTS if key in item for _, text in leaves(item[key]))


def _identity(item: Canonical) -> str:
    name = next((item[key] for key in _IDENTITY if key in item), "") if isinstance(item, dict) else ""
    return name if isinstance(name, str) else ""


def _sections(left: Side, right: Side, naming: Naming) -> Iterator[Entry]:
    for section in _SECTIONS:
        ours, theirs = _named(left, section, naming.left), _named(right, section, naming.right)
        for name in dict.fromkeys((*ours, *theirs)):
            one, two = ours.get(name), theirs.get(name)
            if one is None or two is None:
                status = "missing" if one is None else "extra"
                kind = (one or two or _NO_ENTRY).type
                places = (one.place if one else None, two.place if two else None)
                yield Entry(section, status, kind, _EFFECT[section], *places)
                continue
            changes = tuple(_of_named(section, one, two, naming))
            if changes:
                worst = min((change.effect for change in changes), key=rank)
                yield Entry(section, "changed", one.type, worst, one.place, two.place, changes)


_EFFECT = {"Parameters": "deployment", "Conditions": "deployment", "Outputs": "cosmetic", "Mappings": "deployment"}


@dataclass(frozen=True, slots=True)
class _Named:
    place: Place
    type: str
    value: Canonical


_NO_ENTRY = _Named(Place("", 1, ""), "", None)


def _named(side: Side, section: str, rename: Callable[[Canonical, str], Canonical]) -> dict[str, _Named]:
    """Return the entries of a section over all templates by what they are called once names are comparable."""
    found: dict[str, _Named] = {}
    for template in side.case.templates:
        nodes = template.section(section)
        for name, node in nodes.values.items():
            value = canonical(node, side.scopes[template.file])
            key = str(rename("${" + name + "}", template.file)) if section == "Parameters" else name
            found.setdefault(key.lstrip("<>$"), _Named(_at(template, section, name), _type(value), value))
    return found


def _at(template: Template, section: str, name: str) -> Place:
    return Place(template.file, template.line_of(section, name), name)


def _type(value: Canonical) -> str:
    kind = value.get("Type", "") if isinstance(value, dict) else ""
    return kind if isinstance(kind, str) else ""


def _of_named(section: str, left: _Named, right: _Named, naming: Naming) -> Iterator[Change]:
    for path, one, two in differences(
        left.value,
        right.value,
        lambda value: naming.left(value, left.place.file),
        lambda value: naming.right(value, right.place.file),
    ):
        effect = effect_of_path(path) if section == "Parameters" else _EFFECT[section]
        effect = "cosmetic" if path.endswith("Description") else effect
        if text_of(one) != text_of(two):
            yield Change(path, text_of(one), text_of(two), effect, left.place.line, right.place.line)


_COUNTED = (Kind.DOCUMENT, Kind.SCRIPT, Kind.CODE, Kind.PARAMETERS)


def _files(left: Case, right: Case) -> Iterator[Entry]:
    """Compare what is beside the templates: documents, scripts, code and parameters files, by their names."""
    ours, theirs = (
        {
            file.name.rpartition("/")[2].casefold(): file
            for file in case.bundle.of_kind(*_COUNTED)
            if file.detail != "answer"  # the answer's own prose, once its files are taken out
        }
        for case in (left, right)
    )
    for name in sorted(ours.keys() | theirs.keys()):
        one, two = ours.get(name), theirs.get(name)
        there = one or two
        if there is None or (one and two and one.text == two.text):
            continue
        places = (Place(one.name, 1, one.name) if one else None, Place(two.name, 1, two.name) if two else None)
        if one and two:
            changes = (Change("text", f"{len(one.text)} characters", f"{len(two.text)} characters", "cosmetic", 1, 1),)
            yield Entry("Files", "changed", there.kind.value, "cosmetic", *places, changes)
        else:
            yield Entry("Files", "missing" if two else "extra", there.kind.value, "cosmetic", *places)
