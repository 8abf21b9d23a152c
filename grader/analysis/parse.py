"""The data of a failure-analysis document from its text: ours, and those that people write in the same format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from grader.analysis.model import Analysis, Entry
from grader.analysis.render import FENCE

_HEADING = re.compile(r"^(#{1,6}) +(.*?)\s*$")
_NUMBERED = re.compile(r"^(?:failure|issue)?\s*#?(\d+)[.:)]\s+(.*)$", re.I)
_LABEL = re.compile(r"^(?:[-*] )?\*\*([A-Za-z_][\w /&()-]*?):?\*\*:?\s*(.*)$")
_TOTALS = re.compile(r"^(?:[-*] )?\*\*Total [Ff]ailures[^*]*?:?\*\*:?\s*(.*)$")
_COUNT = re.compile(r"(?<!\d)(\d+) +\**(Critical|High|Medium|Low|[A-Z][A-Za-z-]*)")
_INTRO = re.compile(
    r"^This document sets out what is wrong with the MODEL_RESPONSE to (.*) \(([^()]*)\), where it shows"
)
_BULLET = re.compile(r"^- (.*)$")
_NUMBER = re.compile(r"^\s*\d+\.\s+(.*)$")
_LEVELS = {
    "critical": "Critical",
    "high": "High",
    "important": "High",
    "low": "Low",
    "major": "High",
    "medium": "Medium",
    "minor": "Low",
    "moderate": "Medium",
}
_FIELDS = {
    "impact level": "level",
    "severity": "level",
    "model_response issue": "issue",
    "issue": "issue",
    "problem": "issue",
    "ideal_response fix": "fix",
    "fix": "fix",
    "fix applied": "fix",
    "root cause": "root_cause",
    "aws documentation reference": "reference",
    "aws documentation": "reference",
    "cost/security/performance impact": "impact",
    "cost impact": "cost",
    "security impact": "security",
    "performance impact": "performance",
}


@dataclass(slots=True)
class _Section:
    """A heading and the lines below it, up to the next heading."""

    depth: int
    title: str
    lines: list[str] = field(default_factory=list)


def parse_analysis(text: str) -> Analysis:
    """Read a failure analysis.

    A failure is a numbered heading with an impact level below it (or, where the document gives none, below the heading
    of a level's section). What the document does not have is empty; nothing is raised.
    """
    sections = list(_sections(text.replace("\r\n", "\n")))
    by_title = {section.title.lower(): section for section in reversed(sections)}
    first = sections[0] if sections else _Section(1, "")
    intro = next((match for line in first.lines if (match := _INTRO.match(line))), None)
    executive = by_title.get("executive summary", _Section(2, ""))
    summary = by_title.get("summary", _Section(2, ""))
    return Analysis(
        task=intro.group(2) if intro else "",
        subject=intro.group(1) if intro else "",
        summary=_text(_before_label(executive.lines)),
        counts=_totals(text),
        entries=tuple(_entries(sections)),
        unmet=tuple(_items(_below(sections, "requirements", "not met"), _BULLET)),
        met=tuple(_items(_below(sections, "requirements", "met"), _BULLET)),
        unjudged=tuple(_items(_below(sections, "requirements", "not judged"), _BULLET)),
        differences=tuple(_items(by_title.get("differences from the ideal answer"), _BULLET)),
        gaps=tuple(_gaps(summary.lines)),
        training_value=_labelled(summary.lines, "training value"),
        recommendations=tuple(_items(by_title.get("recommendations for future model training"), _NUMBER)),
        strengths=tuple(_items(by_title.get("positive aspects"), _BULLET)),
        verdict=_labelled(executive.lines, "verdict"),
        title=first.title,
    )


def _below(sections: list[_Section], above: str, title: str) -> _Section | None:
    """Return the section of a title below a heading of another."""
    inside = False
    for section in sections:
        if section.depth <= 2:
            inside = section.title.lower() == above
        elif inside and section.title.lower() == title:
            return section
    return None


def _sections(text: str) -> Iterator[_Section]:
    section: _Section | None = None
    for line, fenced in _lines(text):
        match = None if fenced else _HEADING.match(line)
        if match:
            if section:
                yield section
            section = _Section(len(match.group(1)), match.group(2))
        elif section:
            section.lines.append(line)
    if section:
        yield section


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each line with whether it is in a fence."""
    fence = ""
    for line in text.split("\n"):
        match = FENCE.match(line)
        if fence:
            yield line, True
            if match and match.group(1).startswith(fence) and line.strip() == match.group(1):
                fence = ""
        else:
            fence = match.group(1) if match else ""
            yield line, bool(match)


def _entries(sections: list[_Section]) -> Iterator[Entry]:
    section_level = ""
    index = 0
    while index < len(sections):
        section = sections[index]
        index += 1
        named = re.search(r"\b(Critical|High|Medium|Low)\b", section.title) if section.depth <= 2 else None
        section_level = named.group(1) if named else section_level if section.depth > 2 else ""
        match = _NUMBERED.match(section.title)
        if not match:
            continue
        lines = list(section.lines)
        while index < len(sections) and sections[index].depth > section.depth:
            lines += [sections[index].title, *sections[index].lines]
            index += 1
        entry = _entry(int(match.group(1)), match.group(2), lines, section_level)
        if entry:
            yield entry


def _entry(number: int, title: str, lines: list[str], section_level: str) -> Entry | None:
    parts = _parts(lines)
    written = re.match(r"\W*([A-Z][A-Za-z]*(?:[ -][A-Za-z]+)*)", "\n".join(parts.get("level", [])).strip())
    if written is None and "issue" not in parts:
        return None
    level = written.group(1).split(" - ")[0].strip() if written else section_level
    level = _LEVELS.get(level.split()[0].lower(), level) if level else level
    if not level or level.upper().startswith("N"):
        return None
    issue, places = _places(parts.get("issue", []))
    impact = {name: " ".join(parts.get(name, [])).strip() for name in ("cost", "security", "performance")}
    impact |= {name: text for name, text in _impacts(parts.get("impact", [])).items() if text}
    return Entry(
        number,
        title,
        level,
        _text(issue),
        _text(parts.get("fix", [])),
        _text(parts.get("root_cause", [])),
        " ".join(" ".join(parts.get("reference", [])).split()),
        impact["cost"],
        impact["security"],
        impact["performance"],
        places,
    )


def _parts(lines: list[str]) -> dict[str, list[str]]:
    """Split an entry's lines at its labels; lines below a label that is not ours belong to the part before it."""
    parts: dict[str, list[str]] = {}
    current: list[str] = []
    for line, fenced in _lines("\n".join(lines)):
        match = None if fenced else _LABEL.match(line)
        name = _FIELDS.get(match.group(1).strip().lower()) if match else None
        if match and name and not line.startswith(("- ", "* ")):
            current = parts.setdefault(name, [])
            current.append(match.group(2))
        elif not fenced and re.match(r"^---+\s*$", line):
            current = []
        else:
            current.append(line)
    return parts


def _impacts(lines: list[str]) -> dict[str, str]:
    found = {}
    for line in lines:
        match = _LABEL.match(line.strip())
        if match and match.group(1).lower() in ("cost", "security", "performance"):
            found[match.group(1).lower()] = match.group(2).strip()
    return found


def _places(lines: list[str]) -> tuple[list[str], tuple[str, ...]]:
    marks = [
        number for number, (line, fenced) in enumerate(_lines("\n".join(lines))) if line == "Found at:" and not fenced
    ]
    if not marks:
        return lines, ()
    cut = marks[-1]
    return lines[:cut], tuple(line[2:] for line in lines[cut + 1 :] if line.startswith("- "))


def _text(lines: list[str]) -> str:
    plain = [line[1:] if not fenced and line.startswith("\\") else line for line, fenced in _lines("\n".join(lines))]
    return "\n".join(plain).strip("\n").strip()


def _before_label(lines: list[str]) -> list[str]:
    cut = next((number for number, line in enumerate(lines) if _LABEL.match(line)), len(lines))
    return lines[:cut]


def _labelled(lines: list[str], label: str) -> str:
    for line in lines:
        match = _LABEL.match(line)
        if match and match.group(1).lower() == label:
            return match.group(2).strip()
    return ""


def _totals(text: str) -> dict[str, int]:
    for line, fenced in _lines(text):
        match = None if fenced else _TOTALS.match(line)
        if match:
            return {level: int(count) for count, level in _COUNT.findall(match.group(1)) if int(count)}
    return {}


def _gaps(lines: list[str]) -> Iterator[str]:
    inside = False
    for line in lines:
        match = _LABEL.match(line)
        if match:
            inside = match.group(1).lower() == "primary knowledge gaps"
        elif inside and (item := _NUMBER.match(line)):
            yield item.group(1)


def _items(section: _Section | None, pattern: re.Pattern[str]) -> Iterator[str]:
    for line in section.lines if section else ():
        match = pattern.match(line)
        if match:
            yield match.group(1)
