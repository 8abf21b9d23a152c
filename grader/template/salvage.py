"""What can be read of a template that cannot be parsed as a whole: its entries without those at the parser's stops."""

from __future__ import annotations

import re
from itertools import pairwise

from grader.bundle import DEFAULT_LIMITS, Limits
from grader.template.load import TemplateSyntaxError
from grader.template.model import Template, parse_template

MAX_ROUNDS = 6
MAX_TEXT = 1_000_000  # characters: the largest template that CloudFormation takes
_ENTRY = re.compile(r"^(?P<indent> *)['\"]?[\w:.-]+['\"]?[ \t]*:")


def readable_part(file: str, text: str, error: TemplateSyntaxError, limits: Limits = DEFAULT_LIMITS) -> Template | None:
    """Return the part of a broken template that can be parsed; None where no resource is in it.

    The entries of sections (a resource, a parameter) at which the parser stops are blanked, so that all other lines keep their
    numbers. A JSON text is read up to the last whole entry before the parser's stop.
    """
    if len(text) > MAX_TEXT:
        return None
    if text.lstrip()[:1] == "{":
        part = _closed(text, error.line)
        return _parsed(file, part, limits) if part else None
    lines = text.split("\n")
    for _ in range(MAX_ROUNDS):
        left = without_entry(lines, error.line - 1)
        if left is None:
            return None
        lines = left
        try:
            template = parse_template(file, "\n".join(lines), limits)
        except TemplateSyntaxError as again:
            error = again
        else:
            return template if template.resources else None
    return None


def without_entry(lines: list[str], stop: int) -> list[str] | None:
    """Return the lines of a YAML template with the entry of a section blank that holds a line (from 0); None where none holds it."""
    start, end = _entry_at(lines, stop)
    return None if start is None else [*lines[:start], *[""] * (end - start), *lines[end:]]


def _parsed(file: str, text: str, limits: Limits) -> Template | None:
    try:
        template = parse_template(file, text, limits)
    except TemplateSyntaxError:
        return None
    return template if template.resources else None


def _entry_at(lines: list[str], stop: int) -> tuple[int | None, int]:
    """Return the first and the last line, from 0, of the entry that holds a line: an entry of a section, else a whole section.

    A parser stops in an entry or at the line after it: a blank line stands for the entry before it.
    """
    depth = _depth(lines)
    place = min(stop, len(lines) - 1)
    while place > 0 and not lines[place].strip():
        place -= 1
    if not lines[place].strip():
        return None, 0
    start = place
    while start > 0 and not _begins(lines[start], depth):
        start -= 1
    end = place + 1
    while end < len(lines) and not _begins(lines[end], depth):
        end += 1
    is_section = lines[start][:1] not in (" ", "") and _begins(lines[start], depth)
    if is_section and start < place:
        start = place  # never blank the head of a section for a line below it
    return start, end


def _begins(line: str, depth: int) -> bool:
    """Whether a line begins a section or an entry of one."""
    match = _ENTRY.match(line)
    return match is not None and len(match["indent"]) in (0, depth)


def _depth(lines: list[str]) -> int:
    """Return how far the entries of sections are indented: as the first line below a section is."""
    for above, line in pairwise(lines):
        if re.match(r"^Resources[ \t]*:", above) and line.strip():
            return len(line) - len(line.lstrip(" ")) or 2
    return 2


def _closed(text: str, stop: int) -> str:
    """Return a JSON text up to the last whole entry of its last section before a line, closed again; empty without one."""
    depth, in_string, cut = 0, False, 0
    line = 1
    for place, char in enumerate(text):
        line += char == "\n"
        if line > stop:
            break
        if in_string:
            in_string = char != '"' or not _is_whole(text, place)
        elif char == '"':
            in_string = True
        elif char in "{[":
            depth += 1
        elif char in "}]":
            depth -= 1
            if depth == 2:
                cut = place + 1
    return text[:cut] + "}}" if cut else ""


def _is_whole(text: str, place: int) -> bool:
    """Whether the quote at a place ends a string: an even number of backslashes is before it."""
    count = 0
    while place - 1 - count >= 0 and text[place - 1 - count] == "\\":
        count += 1
    return count % 2 == 0
