"""Where a text stops being YAML or JSON, why, and the line that a parser accepts there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from grader.rules.language._syntax_json import json_repairs
from grader.rules.language._syntax_repair import Lines, Repair, last_filled
from grader.rules.language._syntax_yaml import open_quotes, yaml_repairs
from grader.support.markdown import code
from grader.template import TemplateSyntaxError, syntax_error, without_entry

MAX_PLACES = 5
MAX_TEXT = 200_000  # characters: of a longer text, only the parser's own stop is reported
_MAX_TRIES = 12
_SHOWN = 160
_ENTRY = re.compile(r"^(?P<indent>\s*)[\"']?(?P<name>[A-Za-z0-9:.-]+)[\"']?\s*:")
_SECTIONS = ("Parameters", "Mappings", "Conditions", "Resources", "Outputs")


@dataclass(frozen=True, slots=True)
class Break:
    """A place that cannot be parsed: its line, the reason as a clause, its text, and the sentence that corrects it."""

    line: int
    reason: str
    shown: str
    remedy: str


def breaks(text: str, error: TemplateSyntaxError) -> tuple[Break, ...]:
    """Return the places at which a text cannot be parsed, the first few; each is corrected or left out to find the next."""
    original = lines = text.split("\n")
    found: dict[int, Break] = {}
    current: TemplateSyntaxError | None = error
    for _ in range(MAX_PLACES):
        if current is None:
            break
        repair, following = _repaired(lines, current)
        place = _break(original, repair, is_accepted=following is not None)
        found.setdefault(place.line, place)
        if following is None and not _is_json(lines) and not repair.is_whole:
            following = without_entry(lines, current.line - 1)
        if following is None or repair.is_whole:
            break
        lines = following
        current = syntax_error("\n".join(lines))
    return tuple(found.values())


def _repaired(lines: Lines, error: TemplateSyntaxError) -> tuple[Repair, Lines | None]:
    """Return what is wrong at the parser's stop, and the lines with which the parser gets further, None where none are known."""
    is_long = sum(map(len, lines)) > MAX_TEXT
    is_end = error.line >= last_filled(lines, len(lines) - 1) + 1
    if is_long or (is_end and _is_json(lines)):
        return _unknown(lines, error, is_long=is_long), None
    first: Repair | None = None
    repairs = json_repairs if _is_json(lines) else open_quotes if is_end else yaml_repairs
    for tries, repair in enumerate(repairs(lines, error)):
        if repair.is_sure:
            first = first or repair
        edited = repair.applied(lines)
        if tries < _MAX_TRIES and edited is not None and _gets_further(edited, error):
            return repair, edited
    return first or _unknown(lines, error), None


def _gets_further(edited: Lines, error: TemplateSyntaxError) -> bool:
    later = syntax_error("\n".join(edited))
    return later is None or (later.line, later.column) > (error.line, error.column)


def _unknown(lines: Lines, error: TemplateSyntaxError, *, is_long: bool = False) -> Repair:
    index = last_filled(lines, error.line - 1)
    if error.line > index and index == last_filled(lines, len(lines) - 1):
        remedy = "Complete the template."
        return Repair(
            index=index, reason="is the last, and the text is not complete there", is_whole=True, remedy=remedy
        )
    return Repair(index=index, reason=f"stops the parser: {code(error.message)}", is_whole=is_long)


def _break(original: Lines, repair: Repair, *, is_accepted: bool) -> Break:
    line, new = repair.index + 1, repair.lines[0].strip() if repair.lines else ""
    remedy = repair.remedy or f"Correct line {line}."
    if is_accepted and not repair.remedy and len(new) <= _SHOWN:
        remedy = f"Write line {line} as {code(new)}."
    shown = original[repair.index].strip()
    entry = _entry_of(original, repair.index)
    inside = f" of {code(entry)}" if entry else ""
    return Break(line, f"line {line}{inside} {repair.reason}", shown, remedy)


def _is_json(lines: Lines) -> bool:
    return next((line.lstrip()[:1] for line in lines if line.strip()), "") == "{"


def _entry_of(lines: Lines, index: int) -> str:
    """Return the name of the entry of a section, such as a resource, that a line is in; empty where it is in none."""
    top, depth, name = -1, -1, ""
    for line in lines[: index + 1]:
        match = _ENTRY.match(line)
        indent = len(match["indent"]) if match else 0
        if match is None:
            continue
        if match["name"] in _SECTIONS and (top < 0 or indent <= top):
            top, depth, name = indent, -1, ""
        elif top >= 0 and indent > top and depth in (-1, indent):
            depth, name = indent, match["name"]
    return name
