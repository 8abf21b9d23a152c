"""Values that a prompt gives for a resource by the name of its property: `visibility timeout of 5 minutes`, `minCapacity: 2`.

The names, kinds and choices of properties are those of the resource types' schemas, so this holds for every service.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from grader.support.aws_types import Setting, settings_of
from grader.support.text import is_natural
from grader.task.reading.phrases import Found
from grader.task.reading.values import NUMBER_WORDS

_TOKEN = re.compile(r"[A-Za-z0-9]+")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_UNITS = frozenset("second minute hour day month in mb gb mib gib ms millisecond size percent percentage".split())
_TOTALS = frozenset("count number num quantity".split())
_SWITCHES = frozenset("enable enabled status is use".split())
_HOLDERS = frozenset("configuration config option options specification settings setting property".split())
_SAME = {"minimum": "min", "maximum": "max", "cidr": "cidr", "autoscaling": "auto"}
_LEADS = frozenset(
    "of to is be at a an the for with set exactly period value equal as must should limit threshold attempt and".split()
)
_BOUNDS = re.compile(
    r"\b(at least|at most|minimum|maximum|min|max|up to|over|above|below|under|exceed\w*|greater than|less than|more than|within|"
    r"fewer than|between|from|every|default\w*|around|about|approximately)\s*(?:of\s*)?$|[<>≥≤~]\s*=?\s*$",
    re.I,
)
_OPEN_END = re.compile(
    r"\s*(\+|-\s*\d|–\s*\d|to\s+\d|or (?:more|higher|less|greater|above|later)|\.\d|%?\s*/|x\b|×|\s*times\b|(?:st|nd|rd|th)\b)",
    re.I,
)
_NUMBER = re.compile(r"(?<![\w.,/:-])(\d[\d,]*)(?![\d.]*[\d:])\s*-?\s*([A-Za-z]+)?")
_SECONDS = {
    "millisecond": 0.001,
    "ms": 0.001,
    "second": 1,
    "sec": 1,
    "s": 1,
    "minute": 60,
    "min": 60,
    "hour": 3600,
    "day": 86400,
    "week": 604800,
}
_SIZES = {"kb": 1, "kib": 1, "mb": 1024, "mib": 1024, "gb": 1024**2, "gib": 1024**2, "tb": 1024**3, "tib": 1024**3}
_ON = re.compile(r"\b(enabl\w*|turn(?:ed)? on|activat\w*|true|must be on)\b", re.I)
_OFF = re.compile(r"\b(disabl\w*|turn(?:ed)? off|false|no|not|without|never|n't)\b", re.I)
_DISTINCT = re.compile(r"^(?=.*[A-Z])(?:[A-Za-z0-9]+[_.])+[A-Za-z0-9_.]+$")
_REACH = 48  # so many characters from its name, a value may be that of something else


@dataclass(frozen=True, slots=True)
class Given:
    """A value that a prompt gives for a property: its place, the property in words, the value, and how types hold it."""

    found: Found
    name: str
    value: str
    ways: tuple[Mapping[str, object], ...]
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Named:
    words: tuple[str, ...]
    is_total: bool
    setting: Setting


def base_word(word: str) -> str:
    """Return a word of a name or a text as they are compared: in lower case, singular, `min` for `minimum`."""
    word = word.lower()
    word = word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
    return _SAME.get(word, word)


@lru_cache(maxsize=512)
def _named(type: str) -> Mapping[str, tuple[_Named, ...]]:
    """Return a type's settings by the first word of their names."""
    found: dict[str, list[_Named]] = {}
    for setting in settings_of(type):
        words, is_total = _words(setting)
        if words:
            found.setdefault(words[0], []).append(_Named(words, is_total, setting))
    return {first: tuple(group) for first, group in found.items()}


def _words(setting: Setting) -> tuple[tuple[str, ...], bool]:
    """Return the words that a prompt would use for a setting, and whether it counts things; none where they are too common."""
    steps = [step for step in setting.path.split(".") if step != "*"]
    words = [base_word(part) for part in _PARTS.findall(steps[-1])]
    if len(steps) > 1 and all(word in _SWITCHES for word in words):
        above = [base_word(part) for part in _PARTS.findall(steps[-2])]
        words = [word for word in above if word not in _HOLDERS]
    kept = [word for word in words if word not in _SWITCHES]
    is_total = False
    if setting.kind == "number":
        while len(kept) > 1 and (kept[-1] in _UNITS or kept[-1] in _TOTALS):
            is_total |= kept.pop() in _TOTALS
        if len(kept) > 2 and kept[0] == "number" and kept[1] == "of":
            kept, is_total = kept[2:], True
    is_plain = len(kept) >= 2 or (is_total and len(steps) <= 2 and len(kept[0]) >= 4) or kept == ["iop"]
    return (tuple(kept), is_total) if kept and is_plain else ((), False)


def given_values(text: str, types: Sequence[str]) -> Iterator[Given]:
    """Yield the values that a sentence gives for settings of some resource types, each place once."""
    if not types:
        return
    tokens = [
        (match.start(), match.end(), base_word(part.group()), match.start() + part.start(), match.start() + part.end())
        for match in _TOKEN.finditer(text)
        for part in _PARTS.finditer(match.group())
    ]
    words = [token[2] for token in tokens]
    places: dict[tuple[int, int], list[tuple[str, _Named]]] = {}
    for index, word in enumerate(words):
        for type in types:
            for named in _named(type).get(word, ()):
                size = len(named.words)
                if tuple(words[index : index + size]) == named.words:
                    place = (tokens[index][3], tokens[index + size - 1][4])
                    places.setdefault(place, []).append((type, named))
    taken = 0
    for start, end in sorted(places, key=lambda place: (place[0], -place[1])):
        if start < taken:
            continue
        for kind in ("number", "choice", "boolean"):
            group = [(type, named) for type, named in places[start, end] if named.setting.kind == kind]
            given = _given(text, start, end, kind, group) if group else None
            if given:
                taken = given.found.end
                yield given
                break
    yield from _distinct(text, types)


def _given(text: str, start: int, end: int, kind: str, group: Sequence[tuple[str, _Named]]) -> Given | None:
    name = text[start:end]
    if kind == "number":
        number = _number_at(text, start, end, any(named.is_total for _, named in group))
        if number is None:
            return None
        place, said, choices = number
        ways = [
            {"type": type, named.setting.path: [*choices, "absent"] if named.setting.default in choices else choices}
            for type, named in group
        ]
        return _made(place, name, said, ways)
    if kind == "choice":
        return _choice(text, start, end, name, group)
    state = _switched(text, start, end)
    if state is None:
        return None
    ways = [
        {
            "type": type,
            named.setting.path: [state] if state and named.setting.default is not True else [state, "absent"],
        }
        for type, named in group
    ]
    return _made((start, end), name, "enabled" if state else "disabled", ways)


def _made(place: tuple[int, int], name: str, said: str, ways: Sequence[Mapping[str, object]]) -> Given:
    types = tuple(dict.fromkeys(str(way["type"]) for way in ways))
    nearest = sorted(ways, key=lambda way: max(path.count(".") for path in way))
    return Given(Found(*place, {}), re.sub(r"\s+", " ", name), said, tuple(nearest), types)


def _number_at(text: str, start: int, end: int, is_total: bool) -> tuple[tuple[int, int], str, list[object]] | None:
    """Return the place, the words and the values of the number that belongs to a name; None where it is a bound or a range."""
    for match in _NUMBER.finditer(text, max(0, start - _REACH), min(len(text), end + _REACH)):
        unit = base_word(match.group(2) or "")
        is_unit = unit in _SECONDS or unit in _SIZES
        last = match.end(2) if is_unit else match.end(1)
        if match.start() >= end:
            between = text[end : match.start()]
            is_near = all(word in _LEADS for word in map(base_word, _TOKEN.findall(between))) and not re.search(
                r"[.;,]\s|\band\b", between
            )
        else:
            between = text[last:start]
            is_near = last <= start and not between.strip(" -\u2011")
        if not is_near:
            continue
        before = text[: match.start()]
        if match.start() < end and _BOUNDS.search(before):
            return None
        if match.start() >= end and _BOUNDS.search(text[end : match.start()]):
            return None
        if _OPEN_END.match(text[last:]) or re.match(r"\s*%", text[last:]):
            return None
        if not is_unit and match.start() < end and not is_total:
            return None  # a number before the name of something that does not count things
        value = float(match.group(1).replace(",", ""))
        return (min(start, match.start()), max(end, last)), text[match.start() : last], _values(value, unit)
    word = re.search(r"\b([a-z]+)[\s-]+$", text[:start], re.I) if is_total else None
    number = NUMBER_WORDS.get(word.group(1).lower()) if word else None
    if word and number and number >= 2 and not _BOUNDS.search(text[: word.start()]):
        return (word.start(), end), word.group(1), [number]
    return None


def _values(value: float, unit: str) -> list[object]:
    """Return the numbers that a template may have for a value with a unit: 5 minutes are 300 seconds, 1 GB is 1024 MB."""
    found = [value]
    if unit in _SECONDS:
        seconds = value * _SECONDS[unit]
        found = [seconds, seconds * 1000, seconds / 60, seconds / 3600, seconds / 86400]
    elif unit in _SIZES:
        size = value * _SIZES[unit]
        found = [size * 1024, size, size / 1024, size / 1024**2, size / 1024**3, value * 1000]
    return [int(one) if one == int(one) else one for one in dict.fromkeys(found)]


def _choice(text: str, start: int, end: int, name: str, group: Sequence[tuple[str, _Named]]) -> Given | None:
    after = re.match(r"\s*(?:of|to|is|=|:|as|set to|must be|should be|type)?\s*['\"]?([\w.:-]*\w)", text[end:], re.I)
    before = re.search(r"([\w.:-]*\w)['\"]?\s+$", text[:start])
    for match, offset in ((after, end), (before, 0)):
        said = match.group(1) if match else ""
        ways = [
            {"type": type, named.setting.path: [choice, "absent"] if choice == named.setting.default else choice}
            for type, named in group
            for choice in named.setting.choices
            if choice.lower() == said.lower()
            and not is_natural(choice)
            and len(choice) > 2
            and choice.lower() not in ("standard", "default", "none")
        ]
        if any("*" in path for way in ways for path in way):
            return None  # of which item of a list it is the value, only an entry of the lexicon knows
        if match and ways:
            place = (min(start, offset + match.start(1)), max(end, offset + match.end(1)))
            return _made(place, name, said, ways)
    states = ("enabled", "active", "on") if _switched(text, start, end) else ()
    ways = [
        {"type": type, named.setting.path: choice}
        for type, named in group
        for choice in named.setting.choices
        if choice.lower() in states
    ]
    return _made((start, end), name, "enabled", ways) if ways else None


def _switched(text: str, start: int, end: int) -> bool | None:
    """Return whether a sentence turns on what is named, turns it off, or neither."""
    before = re.split(r"[,;:.()]|\band\b", text[:start])[-1]
    after = re.split(r"[,;.()]|\band\b|\bwith\b|\bfor\b", text[end:])[0]
    if len(before) > _REACH:
        before = before[-_REACH:]
    if _OFF.search(before) or _OFF.search(after[:_REACH]):
        return False if re.search(r"\b(disabl\w*|false|turn(?:ed)? off)\b", before + after[:_REACH], re.I) else None
    is_on = _ON.search(before) or _ON.search(after[:_REACH])
    return True if is_on else None


def _distinct(text: str, types: Sequence[str]) -> Iterator[Given]:
    """Yield the choices that a sentence writes as a template has them: `TLSv1.2_2021`, `PAY_PER_REQUEST`."""
    for match in re.finditer(r"(?<![\w.:/-])[A-Za-z0-9]+(?:[_.][A-Za-z0-9]+)+(?![\w:/-])", text):
        said = match.group()
        if not _DISTINCT.match(said) or _BOUNDS.search(text[: match.start()]):
            continue
        ways = [
            {"type": type, setting.path: [said, "absent"] if said == setting.default else said}
            for type in types
            for setting in settings_of(type)
            if setting.kind == "choice" and said in setting.choices
        ]
        paths = {str(path).rpartition(".")[2] for way in ways for path in way if path != "type"}
        if len(paths) == 1:
            yield _made(match.span(), paths.pop(), said, ways)
