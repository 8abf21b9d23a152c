"""The lines of a template that a fix changes, as they read afterwards, with the lines that say where they belong."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from grader.model import Action, Steps
from grader.template import Template
from grader.template.edits import Planned, emptied_sections, written
from grader.template.spans import Located, Span, pair_at, way

_LAST_COMMA = re.compile(r",(\s*\n\s*[}\]])")
_BARE_KEY = re.compile(r"\s+[\w'\".:-]+:\s*")
MAX_ITEM = 14  # lines of a list item that is shown as a whole
MAX_LINES = 40
MAX_ADDED = 70  # lines of a new entry
MAX_WIDTH = 240


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of a template, corrected: `line` is where they begin in the response's own file.

    `removed` tells that the lines are shown as they were, because a fix takes them away and nothing near them remains; `added`
    that they are a new entry of a section, which is written before `line`. `kept` are the lists whose other items are left out,
    `partial` those of whose items some lines are left out.
    """

    file: str
    line: int
    text: str
    name: str
    section: str = ""
    removed: bool = False
    added: bool = False
    kept: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()


def excerpts(template: Template, planned: Sequence[Planned], others: Sequence[Planned] = ()) -> list[Excerpt]:
    """Return an excerpt for each entry of a section that edits change, in the order of the edits; none for lines too long.

    `others` are the edits of other failures: what they change in the lines that are shown is shown as they leave it.
    """
    found = []
    entries = dict.fromkeys(one.edit.path[:2] for one in planned)
    emptied = {one.edit.path[0]: one for one in emptied_sections(template, [*planned, *others])}
    for section, name in entries:
        mine = [one for one in planned if one.edit.path[:2] == (section, name)]
        beside = [one for one in others if one.edit.path[:2] == (section, name) and len(one.edit.path) > 2]
        one = _excerpt(template, str(section), str(name), mine, [one for one in beside if one not in mine])
        if one is not None and one.removed and section in emptied:
            first = next(iter(template.section(str(section)).values))
            if name == first:
                one = _removal(template, str(name), [emptied[section]])
            elif (section, first) in entries:
                continue  # it is among the lines of the section
        if one is not None:
            found.append(one)
    return found


def _excerpt(
    template: Template, section: str, name: str, mine: Sequence[Planned], beside: Sequence[Planned]
) -> Excerpt | None:
    text, everything = written(template.text, [*mine, *beside])
    ranges = [found for found in everything if found[0] in mine]
    key = getattr(template.section(section), "keys", {}).get(name)
    if key is None:
        return _added(template, text, section, name, ranges)
    if any(len(one.edit.path) == 2 and not one.splices[0].text for one in mine):
        return _removal(template, name, mine)
    start = _offset(template.text, key.line)
    entry = pair_at(text, start + len(text[start : start + key.column - 1]))
    if entry is None:
        return None
    lines = _Lines(text)
    lines.head(entry, section)
    seen = [lines.along(entry, tuple(one.edit.path[2:]), one, first, last) for one, first, last in ranges]
    if not any(seen):
        return _removal(template, name, mine)
    shown = lines.shown(not template.is_json)
    # The last comma goes in JSON: the entries behind it are left out.
    shown = _LAST_COMMA.sub(r"\1", shown).removesuffix(",") if template.is_json else _without_bare_keys(shown)
    return (
        Excerpt(template.file, key.line, shown, name, section, kept=lines.kept(), partial=lines.partial())
        if shown
        else None
    )


def _without_bare_keys(shown: str) -> str:
    """Leave out the keys of which no value is shown, because what an edit removed was below them."""
    lines = shown.split("\n")
    while True:
        depths = [len(line) - len(line.lstrip()) for line in lines] + [0]
        bare = [
            index
            for index, line in enumerate(lines)
            if _BARE_KEY.fullmatch(line) and depths[index + 1] <= depths[index] and not _goes_on(lines, index)
        ]
        if not bare:
            return "\n".join(lines)
        lines = [line for index, line in enumerate(lines) if index not in bare]


def _goes_on(lines: Sequence[str], index: int) -> bool:
    """Whether the line behind a key is an item of its list."""
    return index + 1 < len(lines) and lines[index + 1].lstrip().startswith("- ")


def _added(
    template: Template, text: str, section: str, name: str, ranges: Sequence[tuple[Planned, int, int]]
) -> Excerpt | None:
    _, first, last = ranges[0]
    body = text[first:last].strip("\n,")
    line = template.text.count("\n", 0, ranges[0][0].splices[0].start) + 1
    heading, _, entry = body.partition("\n")
    if re.fullmatch(rf"\s*[\"']?{section}[\"']?:\s*{{?", heading):  # the section is new, too
        body = re.sub(r"\n\s*}\s*$", "", entry) if heading.endswith("{") else entry
    elif inline := re.match(rf"\s*[\"']?{section}[\"']?:\s*{{\s*", body):
        body = body[inline.end() :].rstrip().removesuffix("}").rstrip()
    body = textwrap.dedent(body)
    return Excerpt(template.file, line, body, name, section, added=True) if body.count("\n") < MAX_ADDED else None


def _removal(template: Template, name: str, mine: Sequence[Planned]) -> Excerpt | None:
    splice = mine[0].splices[0]
    start = (
        splice.start
        + len(template.text[splice.start : splice.end])
        - len(template.text[splice.start : splice.end].lstrip(" \n,"))
    )
    begin = template.text.rfind("\n", 0, start) + 1
    begin = begin if not template.text[begin:start].strip() else start
    body = textwrap.dedent(template.text[begin : splice.end].rstrip(" \n,"))
    line = template.text.count("\n", 0, start) + 1
    fits = body.count("\n") < MAX_LINES and all(len(one) <= MAX_WIDTH for one in body.split("\n"))
    return Excerpt(template.file, line, body, name, removed=True) if fits else None


def _offset(text: str, line: int) -> int:
    offset = 1 if text.startswith("\ufeff") else 0
    for _ in range(line - 1):
        offset = text.index("\n", offset) + 1
    return offset


class _Lines:
    """The numbers of the lines of a text that are shown."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.numbers: set[int] = set()
        self.end: int | None = None  # of an entry in brackets: what follows on its line is not shown
        self.lists: dict[str, Span] = {}  # on the way to an edit, by name
        self.texts: dict[str, Span] = {}  # of which an edit replaces a part, by the name of their property

    def head(self, entry: Located, section: str) -> None:
        """Show an entry's name, and the type of a resource."""
        if entry.key:
            self._show(entry.key.start)
        if entry.node.flow:
            self._show(entry.node.end - 1)
            self.end = entry.node.end
        for key, value in zip(entry.node.keys, entry.node.items, strict=False):
            if key.text == "Type" and section == "Resources":
                self._show(key.start, value.end)

    def along(self, entry: Located, steps: Steps, one: Planned, first: int, last: int) -> bool:
        """Show the keys that lead to an edit, and what it wrote or what is left beside a removal; False where that is too much."""
        if one.edit.action is Action.RENAME:
            steps = (*steps[:-1], str(one.edit.value))
        found = way(entry, steps)
        whole = False
        for located in found:
            node = located.node
            if node.kind == "list" and located.key and (not node.flow or "\n" in self.text[node.start : node.end]):
                self.lists[located.key.text] = node
            if located.key:
                self._show(located.key.start)
            elif located.parent is not None and self._count(node) <= MAX_ITEM:
                self._show(node.start, node.end)
                whole = True
            elif located.parent is not None:
                self._show(node.start)
            if node.flow:
                self._show(max(node.end - 1, node.start))
            if whole:
                return True
        return self._end(found, one.edit.action, first, last)

    def _end(self, found: Sequence[Located], action: Action, first: int, last: int) -> bool:
        """Show what an edit wrote at the end of the way; False where what is left beside a removal is too much."""
        node = found[-1].node
        fits = self._count(node) <= MAX_ITEM
        if action is Action.REPLACE and not fits:
            names = [one.key.text for one in found if one.key and not one.key.text.startswith("Fn::")]
            self.texts[names[-1] if names else ""] = node
        elif action in (Action.RENAME, Action.UNWRAP, Action.REMOVE, Action.REPLACE) and fits:
            self._show(node.start, node.end)
        if action is Action.REMOVE:
            return fits
        written_text = self.text[first:last]
        start = first + len(written_text) - len(written_text.lstrip("\n, "))
        self._show(start, max(first + len(written_text.rstrip()), start))
        return True

    def _count(self, span: Span) -> int:
        return self._line(max(span.end - 1, span.start)) - self._line(span.start) + 1

    def _line(self, offset: int) -> int:
        return self.text.count("\n", 0, offset)

    def _show(self, start: int, end: int = 0) -> None:
        self.numbers.update(range(self._line(start), self._line(max(end - 1, start)) + 1))

    def shown(self, marks: bool) -> str:
        """Return the lines without their common indentation; empty where they are too many or too long.

        `marks` writes a comment where items of a list are left out.
        """
        lines = self.text.split("\n")
        if self.end is not None:
            last = self._line(self.end - 1)
            lines[last] = self.text[self.text.rfind("\n", 0, self.end) + 1 : self.end]
        chosen = {number: lines[number].rstrip() for number in self.numbers if lines[number].strip()}
        for name, node in self.lists.items() if marks else ():
            left = self._left_out(node)
            if left:
                first = lines[left[0]]
                chosen[left[0]] = " " * (len(first) - len(first.lstrip())) + f"# the other items of {name} stay"
        if len(chosen) > MAX_LINES or any(len(line) > MAX_WIDTH for line in chosen.values()):
            return ""
        return textwrap.dedent("\n".join(chosen[number] for number in sorted(chosen)))

    def kept(self) -> tuple[str, ...]:
        """Return the names of the lists on the way to an edit that have items that are not shown."""
        return tuple(name for name, node in self.lists.items() if self._left_out(node))

    def partial(self) -> tuple[str, ...]:
        """Return the names of the lists on the way to an edit that have items of which some lines are not shown."""

        def is_cut(item: Span) -> bool:
            first, last = self._line(item.start), self._line(max(item.end - 1, item.start))
            return first in self.numbers and not self.numbers.issuperset(range(first, last + 1))

        lists = [name for name, node in self.lists.items() if any(is_cut(item) for item in node.items)]
        return (*lists, *(name for name, node in self.texts.items() if is_cut(node)))

    def _left_out(self, node: Span) -> list[int]:
        """Return the lines where items of a list begin that are not shown."""
        return [line for one in node.items if (line := self._line(one.start)) not in self.numbers]
