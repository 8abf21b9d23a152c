"""What a score says beside its value: a text for people, and its parts as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from grader.analysis import guard
from grader.runs import Outcome
from grader.support.markdown import code
from grader.support.text import one_line
from grader.support.version import VERSION

MAX_PLACES = 3
MAX_LINE = 300  # characters of a title or an error
_STANDINGS = (("met", "met"), ("unmet", "not met"), ("unjudged", "not judged"))


def details(outcome: Outcome) -> dict[str, Any]:
    """Return the metadata of a score: verdict, what was delivered, counts, failures and requirements."""
    row, result = outcome.row, outcome.data
    shared = ("status", "score", "verdict", "passes", "answer", "delivered", "counts", "unjudged", "error")
    return {key: row[key] for key in shared} | {
        "failures": [_failure(failure) for failure in result.get("failures", ())],
        "requirements": [_requirement(one) for one in result.get("requirements", ())],
        "judged_on": result.get("judged_on", ""),
        "grade": VERSION,
    }


def _failure(failure: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("rule", "level", "title", "issue", "fix", "reference", "requirements")
    places = [
        {key: one[key] for key in ("file", "line", "resource", "type", "source_line", "message")}
        for one in failure["evidence"]
    ]
    return {key: failure[key] for key in kept} | {"places": places}


def _requirement(one: Mapping[str, Any]) -> dict[str, Any]:
    return {key: one[key] for key in ("id", "source", "standing", "level", "title", "quote", "line", "reason")}


def explanation(outcome: Outcome) -> str:
    """Return the markdown that `inspect view` shows: the verdict, then each failure with its places and its fix."""
    if outcome.status != "graded":
        return f"**Not graded** ({outcome.status}): {code(outcome.row['error'])}"
    result = outcome.data
    counts = ", ".join(f"{count} {level}" for level, count in result["counts"].items() if count)
    lines = [f"**{result['verdict'].capitalize()}, {result['score']:g} of 100**: {counts or 'no failures'}.", ""]
    lines += [*_delivered(result), *(line for failure in result["failures"] for line in _entry(failure))]
    unjudged = ((name, text) for name, one in result["detectors"].items() for text in one["errors"])
    lines += [f"- {name} could not judge everything: {code(text)}" for name, text in unjudged]
    return "\n".join(lines).strip() + "\n"


def _delivered(result: Mapping[str, Any]) -> list[str]:
    standings = [one["standing"] for one in result["requirements"]]
    if not standings:
        return []
    counts = ", ".join(f"{standings.count(standing)} {word}" for standing, word in _STANDINGS)
    return [f"Requirements: {counts}; delivered {result['delivered']:.0%}.", ""]


def _entry(failure: Mapping[str, Any]) -> Iterator[str]:
    yield f"#### {failure['number']}. {failure['level']}: {one_line(failure['title'], MAX_LINE)}"
    yield ""
    yield guard(failure["issue"])
    yield ""
    evidence = failure["evidence"]
    yield from (f"- {_place(one)}" for one in evidence[:MAX_PLACES])
    if len(evidence) > MAX_PLACES:
        yield f"- and {len(evidence) - MAX_PLACES} more"
    yield ""
    if failure["fix"]:
        yield f"**Fix**: {guard(failure['fix'])}"
        yield ""


def _place(one: Mapping[str, Any]) -> str:
    """Return where a failure shows: in a file of the answer, and at the line of the completion that it is on."""
    resource = f" {code(one['resource'])}" if one["resource"] else ""
    kind = f" ({one['type']})" if one["type"] else ""
    source = f", line {one['source_line']} of the completion" if one["source_line"] != one["line"] else ""
    place = f"{one['file']}:{one['line']}"
    return f"{code(place)}{resource}{kind}{source}"
