"""A difference as text, JSON or one HTML page with both sides beside each other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from grader.diff import Difference, Entry
from grader.diff.compare import Place
from grader.diff.effects import EFFECTS
from grader.support.text import one_line

SHOWN = 120
LINES = 60


def difference_json(difference: Difference) -> str:
    """Write a difference as JSON."""
    return json.dumps(difference.to_dict(), indent=2, ensure_ascii=False) + "\n"


def difference_text(difference: Difference) -> str:
    """Write a difference for a terminal: one line an entry, its changes below; most severe effect first."""
    return "\n".join(_lines(difference)) + "\n"


def _lines(difference: Difference) -> Iterator[str]:
    data = difference.to_dict()
    counts = ", ".join(f"{number} {status}" for status, number in data["resources"].items())
    yield f"{data['left']} against {data['right']}: resources {counts}"
    effect = ""
    for entry in difference.entries:
        if entry.effect != effect:
            effect = entry.effect
            yield f"\n{effect}"
        yield f"  {entry.status:8} {_what(entry)}  {_where(entry)}"
        for change in entry.changes:
            yield f"             {change.path}: {_short(change.left)} -> {_short(change.right)}"


def _what(entry: Entry) -> str:
    place = entry.left or entry.right
    name = place.name if place else ""
    other = f" = {entry.right.name}" if entry.left and entry.right and entry.right.name != name else ""
    section = "" if entry.section == "Resources" else f"{entry.section[:-1].lower()} "
    return f"{section}{name}{other}" + (f" ({entry.type})" if entry.type else "")


def _where(entry: Entry) -> str:
    return " | ".join(f"{place.file}:{place.line}" for place in (entry.left, entry.right) if place)


def _short(text: str | None) -> str:
    return "(nothing)" if text is None else one_line(text, SHOWN)


def difference_html(difference: Difference) -> str:
    """Write a difference as one page that needs nothing else: the sources of both sides, with what differs between them."""
    from grader.writers.pages import environment

    rows = [_row(difference, entry) for entry in difference.entries]
    return (
        environment().get_template("difference.html.j2").render(data=difference.to_dict(), rows=rows, effects=EFFECTS)
    )


def _row(difference: Difference, entry: Entry) -> dict[str, Any]:
    return {
        "what": _what(entry),
        "entry": entry,
        "left": _source(difference.left.case.templates, entry.left, {change.left_line for change in entry.changes}),
        "right": _source(difference.right.case.templates, entry.right, {change.right_line for change in entry.changes}),
    }


def _source(templates: Any, place: Place | None, marked: set[int]) -> list[tuple[int, str, bool]]:
    """Return the lines of an entry: number, text and whether it differs."""
    template = next((one for one in templates if place and one.file == place.file), None)
    if template is None or place is None:
        return []
    lines = template.text.split("\n")
    depth = len(lines[place.line - 1]) - len(lines[place.line - 1].lstrip())
    found = [(place.line, lines[place.line - 1], place.line in marked)]
    for number, line in enumerate(lines[place.line : place.line + LINES], place.line + 1):
        if line.strip() and len(line) - len(line.lstrip()) <= depth:
            break
        found.append((number, line, number in marked))
    return found
