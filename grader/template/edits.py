"""Edits of a template's text: only what an edit changes is written anew, every other byte stays as it is."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.model.edit import Action, Edit
from grader.template import spans
from grader.template.load import TemplateSyntaxError
from grader.template.model import Template, parse_template
from grader.template.node import INTRINSICS, Map, Path, plain
from grader.template.spans import Located, Span
from grader.template.write import Style, after_key, inline, item, scalar

SECTIONS = ("Metadata", "Parameters", "Mappings", "Conditions", "Resources", "Outputs")
MAX_TRIED = 12  # edits of a template that are tried alone where not all can be made together
_BARE_SECTION = re.compile(r"[\"']?\w+[\"']?\s*:\s*(?:#.*)?")
_SHORT_FORM = re.compile(r"[\s\[,]!(?:Ref|Sub|GetAtt|If|Join)\b")


@dataclass(frozen=True, slots=True)
class Splice:
    """A range of the text to replace."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Planned:
    """An edit with the ranges of the text that it replaces."""

    edit: Edit
    splices: tuple[Splice, ...]


class _RefusedError(Exception):
    """An edit that cannot be made at its place."""


def plan_edits(template: Template, edits: Iterable[Edit]) -> list[Planned | None]:
    """Return for each edit what it replaces; None where its place does not exist or its text cannot be found."""
    style = style_of(template)
    entries: dict[tuple[str, str], Located | None] = {}
    planned: list[Planned | None] = []
    for edit in edits:
        try:
            splice = _splice(template, edit, style, entries)
            several = edit.action is Action.REPLACE
            planned.append(Planned(edit, _occurrences(template.text, splice, edit) if several else (splice,)))
        except _RefusedError:
            planned.append(None)
    return planned


def together(planned: Iterable[Planned]) -> list[Planned]:
    """Return the edits that do not overlap an earlier one, in the order given."""
    kept: list[Planned] = []
    for one in planned:
        if not any(_conflict(one, other) for other in kept):
            kept.append(one)
    return kept


def _conflict(one: Planned, other: Planned) -> bool:
    """Whether two edits change the same text, or write the same key twice."""
    if one.edit.action is Action.SET and other.edit.action is Action.SET:
        size = min(len(one.edit.path), len(other.edit.path))
        if one.edit.path[:size] == other.edit.path[:size]:
            return True
    return any(_overlap(mine, theirs) for mine in one.splices for theirs in other.splices)


def written(text: str, planned: Iterable[Planned]) -> tuple[str, list[tuple[Planned, int, int]]]:
    """Return the text with edits made, and the range of the new text that each one wrote, in the order of the text."""
    ordered = sorted(
        ((splice, number, one) for number, one in enumerate(planned) for splice in one.splices),
        key=lambda found: (found[0].start, found[0].end, -_depth(found[0].text), found[1]),
    )
    parts: list[str] = []
    ranges: list[tuple[Planned, int, int]] = []
    position = length = 0
    for splice, _, one in ordered:
        parts += [text[position : splice.start], splice.text]
        length += splice.start - position
        ranges.append((one, length, length + len(splice.text)))
        length += len(splice.text)
        position = splice.end
    return "".join([*parts, text[position:]]), ranges


def apply_edits(template: Template, planned: Sequence[Planned]) -> tuple[Template, tuple[Planned, ...]]:
    """Return the template with edits made, and those that were.

    The new text is parsed again: an edit is left out where the template would not read as the value that was intended.
    """
    kept = together(planned)
    edited = _edited(template, kept)
    if edited is not None:
        return edited, tuple(kept)
    good: list[Planned] = []
    for one in kept[:MAX_TRIED] if len(kept) > 1 else ():
        if _edited(template, [*good, one]) is not None:
            good.append(one)
    edited = _edited(template, good)
    return (edited, tuple(good)) if edited is not None else (template, ())


def style_of(template: Template) -> Style:
    """Return how a template writes values: its indentation, and whether it uses the short forms of functions."""
    resources = template.root.get("Resources")
    columns = [key.column for key in resources.keys.values()] if isinstance(resources, Map) else []
    top = min((key.column for key in template.root.keys.values()), default=1)
    step = max(1, min(8, columns[0] - top)) if columns and columns[0] > top else 2
    short = not template.is_json and (_SHORT_FORM.search(template.text) is not None or "Fn::" not in template.text)
    return Style(template.is_json, step, short)


def intended(root: Any, edit: Edit) -> None:
    """Make an edit in the plain values of a template. Raises KeyError, IndexError or TypeError where its place does not exist."""
    *above, last = edit.path
    for step in above:
        if edit.action is Action.SET and isinstance(root, dict) and isinstance(root.get(step), type(None)):
            root[step] = {}
        root = root[step]
    if edit.action is Action.SET:
        root[last] = copy.deepcopy(edit.value)
    elif edit.action is Action.APPEND:
        root[last].append(copy.deepcopy(edit.value))
    elif edit.action is Action.REMOVE:
        del root[last]
    elif edit.action is Action.RENAME:
        renamed = {(edit.value if key == last else key): value for key, value in root.items()}
        root.clear()
        root.update(renamed)
    elif edit.action is Action.REPLACE:
        root[last] = root[last].replace(edit.old, str(edit.value))
    else:
        [root[last]] = root[last].values()


def _edited(template: Template, kept: Sequence[Planned]) -> Template | None:
    """Return the template with edits made; None where it would not read as intended.

    The entries that edits touch are compared in full, the others by name: their text has not changed.
    """
    emptied = emptied_sections(template, kept)
    gone = {str(one.edit.path[0]) for one in emptied}
    left = [one for one in kept if not any(_removes_entry_of(section, one) for section in gone)]
    text, _ = written(template.text, [*left, *emptied])
    touched = {
        str(section): {str(one.edit.path[1]) for one in kept if one.edit.path[0] == section} for section in SECTIONS
    }
    try:
        edited = parse_template(template.file, text)
        wanted: Any = _outline(template, touched)
        for one in _removals_last(kept):
            intended(wanted, _through_calls(one.edit))
        wanted = {name: value for name, value in wanted.items() if value != {}}
    except (TemplateSyntaxError, KeyError, IndexError, TypeError, AttributeError, ValueError):
        return None
    return edited if wanted == _outline(edited, touched) else None


def emptied_sections(template: Template, kept: Sequence[Planned]) -> list[Planned]:
    """Return what removes each section whose every entry is removed, key and entries: CloudFormation rejects an empty section."""
    found = []
    for section in SECTIONS:
        names = set(template.section(section).values)
        mine = [one for one in kept if _removes_entry_of(section, one)]
        if names and names == {one.edit.path[1] for one in mine}:
            splice = _whole_section(template, section, [splice for one in mine for splice in one.splices])
            if splice is not None:
                found.append(Planned(Edit(action=Action.REMOVE, path=(section,)), (splice,)))
    return found


def _removes_entry_of(section: str, one: Planned) -> bool:
    return one.edit.action is Action.REMOVE and one.edit.path[:-1] == (section,)


def _whole_section(template: Template, section: str, entries: Sequence[Splice]) -> Splice | None:
    """Return the range of a section that has lines of its own, `entries` included; None where it has not."""
    text, found = template.text, spans.section_span(template, section)
    if found is None or found.key is None or text[_line_start(text, found.key.start) : found.key.start].strip():
        return None
    start = _line_start(text, found.key.start)
    if not template.is_json:
        line = text[start : _line_end(text, start)].strip()
        return Splice(start, max(one.end for one in entries), "") if _BARE_SECTION.fullmatch(line) else None
    end = found.node.end
    comma = re.compile(r"\s*,[ \t]*\n?").match(text, end)
    if comma:
        return Splice(start, comma.end(), "")
    before = text[: found.key.start].rstrip()
    return Splice(len(before) - 1, end, "") if before.endswith(",") else None


def _outline(template: Template, touched: Mapping[str, set[str]]) -> dict[str, object]:
    """Return the values of the entries that are touched, and True for every other entry and section."""
    return {
        name: {key: plain(value) if key in touched[name] else True for key, value in node.values.items()}
        if name in touched and isinstance(node, Map)
        else True
        for name, node in template.root.values.items()
    }


def _depth(text: str) -> int:
    """Return the indentation of what is inserted: at one offset, what belongs to the deeper mapping is first."""
    line = text.lstrip("\n")
    return len(line) - len(line.lstrip(" "))


def _removals_last(kept: Sequence[Planned]) -> list[Planned]:
    """Order edits so that a removal or a new name does not change the path of another edit: deepest and last items first."""
    late = (Action.REMOVE, Action.RENAME, Action.UNWRAP)
    others = [one for one in kept if one.edit.action not in late]
    moved = [one for one in kept if one.edit.action in late]
    moved.sort(key=lambda one: (len(one.edit.path), [str(step).zfill(6) for step in one.edit.path]), reverse=True)
    return [*others, *moved]


def _overlap(one: Splice, other: Splice) -> bool:
    if one.start == one.end or other.start == other.end:  # insertions: two at one place are written one after the other
        inside = one.start < other.start < one.end or other.start < one.start < other.end
        return inside or (one.start == other.start and _first_key(one.text) == _first_key(other.text) != "")
    return one.start < other.end and other.start < one.end


def _first_key(text: str) -> str:
    """Return the key that an inserted text begins with; empty for a list item."""
    match = re.match(r"[\s,]*(\"?[\w:.-]+\"?):", text)
    return match.group(1) if match else ""


def _through_calls(edit: Edit) -> Edit:
    """Return a SET on the argument of a function as a SET of the whole function, which is how it is written."""
    path, value = edit.path, edit.value
    while edit.action is Action.SET and len(path) > 3 and _is_call(path[-1]):
        path, value = path[:-1], {path[-1]: value}
    return Edit(action=edit.action, path=path, value=value, old=edit.old, file=edit.file)


def _is_call(step: str | int) -> bool:
    """Whether a step of a path is a function; `Condition` is a key of resources and of policies, too."""
    return step in INTRINSICS and step != "Condition"


def _splice(template: Template, edit: Edit, style: Style, entries: dict[tuple[str, str], Located | None]) -> Splice:
    edit = _through_calls(edit)
    if len(edit.path) < 2 or edit.path[0] not in SECTIONS:
        raise _RefusedError
    section, name, *steps = edit.path
    key = (str(section), str(name))
    if key not in entries:
        entries[key] = spans.entry_span(template, *key)
    entry = entries[key]
    if entry is None:
        if edit.action is Action.SET and len(edit.path) == 2:
            return _new_entry(template, *key, edit.value, style)
        raise _RefusedError
    found = spans.way(entry, tuple(steps))
    whole = len(found) == len(steps) + 1
    if edit.action is Action.SET:
        rest = tuple(steps[len(found) - 1 :])
        if whole:
            return _set(template.text, found[-1], edit, style)
        return _insert(template.text, found[-1], rest, edit, style)
    if not whole:
        raise _RefusedError
    return _change(template.text, found, edit, style)


def _change(text: str, found: list[Located], edit: Edit, style: Style) -> Splice:
    target = found[-1]
    if edit.action is Action.APPEND:
        return _append(text, target, edit.value, style)
    if edit.action is Action.REMOVE:
        return _remove(text, found)
    if edit.action is Action.RENAME:
        return _rename(text, target, str(edit.value), style)
    if edit.action is Action.REPLACE:
        return _replace(text, target.node, edit)
    return _unwrap(text, target, style)


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


def _line_end(text: str, offset: int) -> int:
    """Return the offset behind the line's end."""
    found = text.find("\n", offset)
    return len(text) if found < 0 else found + 1


def _column(text: str, offset: int) -> int:
    return offset - _line_start(text, offset)


def _indent(text: str, offset: int) -> int:
    line = text[_line_start(text, offset) : offset]
    return len(line) - len(line.lstrip(" "))


def _colon(text: str, key: Span) -> int:
    """Return the offset behind the colon of a key."""
    found = re.compile(r"\s*:").match(text, key.end)
    if found is None:
        raise _RefusedError
    return found.end()


def _is_flow(target: Located) -> bool:
    return target.parent is not None and target.parent.flow


def _set(text: str, target: Located, edit: Edit, style: Style) -> Splice:
    node = target.node
    if node.anchor and node.kind != "alias":
        raise _RefusedError  # another place of the template may use it
    if target.key is None:
        if style.is_json:
            return Splice(node.start, node.end, item(edit.value, style, _indent(text, node.start)))
        if _is_flow(target):
            return Splice(node.start, node.end, inline(edit.value, style))
        return Splice(node.start, node.end, item(edit.value, style, _column(text, _dash(text, node))))
    start = _colon(text, target.key)
    if not style.is_json and _is_flow(target):
        return Splice(start, max(node.end, start), " " + inline(edit.value, style))
    return Splice(start, max(node.end, start), after_key(edit.value, style, _key_column(text, target.key, style)))


def _key_column(text: str, key: Span, style: Style) -> int:
    return _indent(text, key.start) if style.is_json else _column(text, key.start)


def _insert(text: str, last: Located, rest: Path, edit: Edit, style: Style) -> Splice:
    """Write what does not exist yet below the last node of the way that does."""
    value = edit.value
    for step in reversed(rest[1:]):
        if not isinstance(step, str):
            raise _RefusedError
        value = {step: value}
    first, node = rest[0], last.node
    if not isinstance(first, str) or _is_call(first):
        raise _RefusedError
    if node.kind == "scalar" and not node.text and not node.style and last.key is not None:
        return _set(text, last, Edit(action=Action.SET, path=edit.path, value={first: value}), style)
    if node.kind != "map" or node.tag:
        raise _RefusedError
    if not node.items:
        return _set(text, last, Edit(action=Action.SET, path=edit.path, value={first: value}), style)
    if node.flow:
        return _into_flow(text, node, f"{_key(first, style)}:", value, style)
    column = _column(text, node.keys[0].start)
    after = node.items[_place_for(node, first)]
    end = _line_end(text, max(after.end - 1, after.start - 1, 0))
    line = f"{' ' * column}{_key(first, style)}:{after_key(value, style, column)}\n"
    return Splice(end, end, line if text[end - 1 : end] == "\n" else "\n" + line.removesuffix("\n"))


def _place_for(node: Span, key: str) -> int:
    """Return the entry behind which a new key is written: attributes of a resource follow its type, others are last."""
    names = [one.text for one in node.keys]
    is_resource = "Type" in names and "Properties" in names and key != "Properties"
    return names.index("Type") if is_resource else len(names) - 1


def _key(name: str, style: Style) -> str:
    return f'"{name}"' if style.is_json else scalar(name)


def _into_flow(text: str, node: Span, key: str, value: object, style: Style) -> Splice:
    """Write an entry behind the last one of a flow collection, on a line of its own where they have lines of their own."""
    last = node.items[-1]
    first = node.keys[-1] if node.keys else last
    line = text[_line_start(text, first.start) : first.start]
    if line.strip():
        written = f" {inline(value, style)}" if key else inline(value, style)
        return Splice(last.end, last.end, f", {key}{written}")
    written = after_key(value, style, len(line)) if style.is_json else " " + inline(value, style)
    return Splice(last.end, last.end, f",\n{line}{key}{written if key else written.lstrip()}")


def _dash(text: str, node: Span) -> int:
    """Return the offset of the dash before an item of a block list."""
    before = text[: node.start].rstrip()
    if not before.endswith("-") or text[_line_start(text, len(before)) : len(before) - 1].strip():
        raise _RefusedError
    return len(before) - 1


def _append(text: str, target: Located, value: object, style: Style) -> Splice:
    node = target.node
    if node.kind != "list" or not node.items or node.tag:
        raise _RefusedError
    if node.flow:
        return _into_flow(text, node, "", value, style)
    column = _column(text, _dash(text, node.items[-1]))
    end = _line_end(text, max(node.end - 1, 0))
    line = f"{' ' * column}- {item(value, style, column)}\n"
    return Splice(end, end, line if text[end - 1 : end] == "\n" else "\n" + line.removesuffix("\n"))


def _remove(text: str, found: list[Located]) -> Splice:
    target = found[-1]
    parent = target.parent
    if parent is None:
        return _remove_entry(text, target)
    first = target.key or target.node
    if len(parent.items) == 1:
        raise _RefusedError
    if parent.flow:
        if target.index:
            return Splice(parent.items[target.index - 1].end, target.node.end, "")
        following = (parent.keys or parent.items)[1]
        return Splice(first.start, following.start, "")
    start = first.start if target.key else _dash(text, target.node)
    line = _line_start(text, start)
    end = _line_end(text, max(target.node.end, first.end) - 1)
    if not text[line:start].strip():
        return Splice(line, end, "")
    if target.key and target.index == 0:  # the first key of a list item: the next key takes its place behind the dash
        return Splice(first.start, parent.keys[1].start, "")
    raise _RefusedError


def _remove_entry(text: str, entry: Located) -> Splice:
    """Remove an entry of a section that has lines of its own, with the comma that belongs to it."""
    key = entry.key
    if key is None or text[_line_start(text, key.start) : key.start].strip():
        raise _RefusedError
    rest = text[entry.node.end : _line_end(text, entry.node.end - 1)]
    start, end = _line_start(text, key.start), _line_end(text, max(entry.node.end, key.end) - 1)
    if rest.strip() == "" and text[: key.start].rstrip().endswith(",") and text[end:].lstrip()[:1] == "}":
        start = len(text[: key.start].rstrip()) - 1  # the last entry of a JSON object: the comma before it goes, too
        end = entry.node.end
    return Splice(start, end, "")


def _rename(text: str, target: Located, name: str, style: Style) -> Splice:
    key = target.key
    if key is None:
        raise _RefusedError
    quote = text[key.start] if text[key.start] in "\"'" else ""
    return Splice(key.start, key.end, f"{quote}{name}{quote}" if quote else _key(name, style))


def _replace(text: str, node: Span, edit: Edit) -> Splice:
    if node.kind != "scalar" or not edit.old:
        raise _RefusedError
    start = node.content
    source = text[start : node.end]
    if source.count(edit.old) != node.text.count(edit.old) or edit.old not in source:
        raise _RefusedError
    return Splice(start, node.end, source.replace(edit.old, str(edit.value)))


def _occurrences(text: str, whole: Splice, edit: Edit) -> tuple[Splice, ...]:
    """Return what replaces each occurrence of a part of a string, so that other parts of it can be replaced, too."""
    found = re.finditer(re.escape(edit.old), text[whole.start : whole.end])
    return tuple(Splice(whole.start + one.start(), whole.start + one.end(), str(edit.value)) for one in found)


def _unwrap(text: str, target: Located, style: Style) -> Splice:
    """Write the argument of a function in its place; only where that needs no other indentation."""
    node = target.node
    if node.tag and node.kind == "scalar":
        return Splice(node.start, node.content + (text[node.content : node.content + 1] == " "), "")
    if node.kind != "map" or len(node.items) != 1:
        raise _RefusedError
    argument = text[node.items[0].start : node.items[0].end]
    if "\n" in argument and not style.is_json:
        raise _RefusedError
    if target.key is None or node.flow:
        return Splice(node.start, node.end, argument)
    return Splice(_colon(text, target.key), node.end, " " + argument)


def _new_entry(template: Template, section: str, name: str, value: object, style: Style) -> Splice:
    """Write a new entry behind the last one of a section; a section that is not there before the resources."""
    entries = template.root.get(section)
    if entries is None:
        return _new_section(template, section, {name: value}, style)
    if not isinstance(entries, Map) or not entries.keys:
        raise _RefusedError
    name_of_last = max(entries.keys, key=lambda key: (entries.keys[key].line, entries.keys[key].column))
    last = spans.entry_span(template, section, name_of_last)
    if last is None or last.key is None:
        raise _RefusedError
    text = template.text
    column = _column(text, last.key.start)
    key = f"{_key(name, style)}:"
    if style.is_json:
        return Splice(last.node.end, last.node.end, f",\n{' ' * column}{key}{after_key(value, style, column)}")
    if text[_line_start(text, last.key.start) : last.key.start].strip():
        raise _RefusedError
    end = _line_end(text, last.node.end - 1)
    blank = "\n" if "\n\n" in text else ""
    line = f"{blank}{' ' * column}{key}{after_key(value, style, column)}\n"
    return Splice(end, end, line if text[end - 1 : end] == "\n" else "\n" + line.removesuffix("\n"))


def _new_section(template: Template, section: str, value: object, style: Style) -> Splice:
    key = template.root.keys.get("Resources")
    if key is None:
        raise _RefusedError
    text = template.text
    lines = text.split("\n")
    start = sum(len(line) + 1 for line in lines[: key.line - 1])
    column = key.column - 1
    if lines[key.line - 1][:column].strip():
        raise _RefusedError
    written_value = after_key(value, style, column)
    comma, blank = (",", "") if style.is_json else ("", "\n" if "\n\n" in text else "")
    return Splice(start, start, f"{' ' * column}{_key(section, style)}:{written_value}{comma}\n{blank}")
