"""What a sentence says beside the phrase of an entry: the values of a parameter, the threshold and the time of an alarm."""

from __future__ import annotations

import re

from grader.task.reading.phrases import Found, phrase
from grader.task.reading.values import NUMBER_WORDS, parse_value

_VALUES = (
    phrase("<set:choices>"),
    phrase(
        "(allowed values|allowedvalues|one of|either|limited to|restricted to|accept*|allow*|takes|choose from|choice of|options) "
        "(values|are|is|only|the|be|of)? (values)? <choices>"
    ),
)
_DEFAULTS = (phrase("default* (to|is|of|value|being|as)? (is|of|to|being)? <value>"),)
_OWN = re.compile(r"^\W*parameters?\b", re.I)
_NO_DEFAULT = re.compile(
    r"(e\.?g\b|your|our|its|when|if|as|an?|set|based|some|any|but|which|should|must|can|may|name|stack|current|same|depends|region$)",
    re.I,
)
_NO_TEXT = re.compile(r"\bdefault\w*\W{0,3}(?:\"\"|''|“”|``)", re.I)  # an empty default
_NEXT = re.compile(r"(?i:\bparameters?\b)|\b[A-Z][a-z0-9]+[A-Z]\w*")  # another parameter
_NUMBER = rf"(?:\d+(?:\.\d+)?|\b(?:{'|'.join(word for word in NUMBER_WORDS if word not in ('a', 'an'))})\b)"
_UNIT = r"%|percent|per cent|milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|hours?|days?|gb|gib|mb|mib"
_MORE = (
    r"(?:is |are |stays? |goes |rises? |remains? )?"
    r"(?:>=?|≥|over|above|exceed\w*|beyond|(?:more|greater|higher|longer|older) than|at least|reach\w*|at)"
)
_LESS = (
    r"(?:is |are |stays? |goes )?(?:<=?|≤|below|under|(?:less|fewer|lower) than|(?:drops?|falls?) (?:below|under|to))"
)
_BOUND = re.compile(
    rf"(?:(?P<more>{_MORE})|(?P<less>{_LESS}))\s*(?:an?\s+)?(?P<number>{_NUMBER})\s*-?\s*(?P<unit>(?:{_UNIT})(?!\w))?",
    re.I,
)
_TIMES = (
    phrase(
        "(for|over|within|in|during|across|through*|last|past|per) (at least|more than|longer than|an|the|a)? (last|past)? <seconds>"
    ),
    phrase("<seconds> (period|window|interval)"),
)
_BRACKETED = re.compile(r"\((?:for |over )?(\d+\s*-?\s*min\w*)\)", re.I)
_SEVERAL = re.compile(r"\b(consecutive|(?:evaluation )?periods|data ?points|out of)\b", re.I)
_NEAR = 60  # so many characters from the metric, a threshold may be that of something else
_ENDS = re.compile(r"[;,]\s|\.\s")
_BREAK = re.compile(r"[;,]\s|\.\s|\s(?:and|or|but)\s(?!\w+\s(?:than|by)\b)|\balarms?\b", re.I)


def of_parameter(found: Found, text: str) -> dict[str, object]:
    """Return the values and the default that a sentence gives for the parameter named at a place of it."""
    name = str(found.values.get("name", ""))
    rest = text[text.find(name, found.start) + len(name) :] if name else text[found.end :]
    rest = _NEXT.split(_OWN.sub("", rest))[0]
    lowered = rest.lower()
    more: dict[str, object] = {}
    choices = next((one for ask in _VALUES for one in ask.find(rest, lowered)), None)
    if choices:
        more["choices"] = choices.values["choices"]
    defaults = (one.values["value"] for ask in _DEFAULTS for one in ask.find(rest, lowered))
    default = next((value for value in defaults if not _NO_DEFAULT.match(str(value))), None)
    if default is not None and not _NO_TEXT.search(rest):
        more["default"] = default
    return more


def is_default(value: object) -> bool:
    """Whether a word after `default` is the value, and not one of the words that describe it."""
    return not _NO_DEFAULT.match(str(value))


def of_alarm(found: Found, text: str) -> dict[str, object]:
    """Return the threshold, its unit and side, and the time that a sentence gives for the alarm on the metric at a place of it.

    Nothing is returned where the threshold may be that of another metric.
    """
    bounds = list(_BOUND.finditer(text))
    inside = [one for one in bounds if found.start < one.end() and one.start() < found.end]
    after = [one for one in bounds if one.start() >= found.end]
    before = [one for one in bounds if one.end() <= found.start]
    near = inside[:1] or [one for one in after[:1] if _is_near(text[found.end : one.start()])]
    near = near or [one for one in before[-1:] if not text[one.end() : found.start].strip(" -")]
    bound = next(iter(near), None)
    if bound is None:
        return {}
    number = parse_value("n" if bound["number"].isalpha() else "number", bound["number"])
    more: dict[str, object] = {
        "number": number,
        "unit": (bound["unit"] or "").lower(),
        "side": "more" if bound["more"] else "less",
    }
    rest = _ENDS.split(text[bound.end() : bound.end() + _NEAR])[0]
    bracketed = _BRACKETED.search(rest)
    times = [one.values["seconds"] for ask in _TIMES for one in ask.find(rest, rest.lower())]
    times = [parse_value("seconds", bracketed.group(1))] if bracketed and not times else times
    if times and not _SEVERAL.search(rest):
        more["seconds"] = times[0]
    return more


def _is_near(between: str) -> bool:
    return len(between) <= _NEAR and not _BREAK.search(between)
