"""The failure-analysis document from its data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from grader.analysis.model import Analysis
from grader.model import RANKS

# A line of a text that would read as structure of the document is written with a backslash before it.
STRUCTURE = re.compile(r"^(\\|#{1,6}(?: |$)|\*\*|---\s*$|Found at:$|- \*\*|<!--)")
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")


def render_analysis(analysis: Analysis) -> str:
    """Write the document. Reading it back with parse_analysis gives the same data."""
    levels = [(level, list(entries)) for level, entries in groupby(analysis.entries, key=lambda entry: entry.level)]
    return _template().render(analysis=analysis, levels=levels).rstrip("\n") + "\n"


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("grader.analysis"),
        autoescape=False,  # markdown, not HTML: the filters below guard what is inserted
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    environment.filters.update(block=guard, inline=inline, totals=totals, heading=heading)
    return environment.get_template("analysis.md.j2")


def guard(text: str) -> str:
    """Write a text of several lines so that none of them reads as structure; fenced lines stay as they are."""
    lines, fence = [], ""
    for line in text.split("\n"):
        match = FENCE.match(line)
        if fence:
            closes = match and match.group(1).startswith(fence) and line.strip() == match.group(1)
            fence = "" if closes else fence
            lines.append(line)
        elif match:
            fence = match.group(1)
            lines.append(line)
        else:
            lines.append("\\" + line if STRUCTURE.match(line) else line)
    if fence:
        lines.append(fence)
    return "\n".join(lines)


def inline(text: str) -> str:
    """Write a text as one line."""
    return " ".join(text.split())


def totals(counts: Mapping[str, int]) -> str:
    """Write counts as `4 Critical, 2 High`; `0` where there are none."""
    return ", ".join(f"{count} {level}" for level, count in counts.items() if count) or "0"


def heading(level: str) -> str:
    """Return the name of a level's section: the reference document says Critical, but High-Level and Medium-Level."""
    return level if level == RANKS[0] else f"{level}-Level"
