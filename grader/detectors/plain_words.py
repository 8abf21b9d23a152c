"""An engine's message in plain words: what the template has at the place, and what the schema accepts there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import regex

from grader.support.markdown import code, listed
from grader.support.text import is_natural
from grader.template import AnyNode, Call, Map, Sequence, child_at

MAX_VALUES = 6  # of an enumeration
_SECONDS = 0.5  # for a pattern, which may be the template's own
_ONLY_WITH = re.compile(r" \((only with [^()]*)\)$")


@dataclass(frozen=True, slots=True)
class Place:
    """What a message is about: the resource, its type, the steps of the property from `Properties` on, and the node there."""

    resource: str
    type: str
    steps: tuple[str, ...]
    node: AnyNode | None = None

    @property
    def where(self) -> str:
        """The property and the resource, as a sentence names them."""
        if not self.steps:
            return code(self.resource) if self.resource else "the template"
        path = code(".".join(self.steps))
        return f"{path} of {code(self.resource)}" if self.resource else path


def plain(message: str, resource: str, type: str, path: str, entry: AnyNode | None) -> str:
    """Return a clause without its period, empty where no form of message is known; `entry` is what `path` starts at."""
    only = _ONLY_WITH.search(message)
    text = message[: only.start()] if only else message
    place = Place(resource, type, _steps(path), _node_of(entry, path))
    for pattern, words in _FORMS:
        match = pattern.search(text)
        if match:
            return f"{words(match, place)} ({only.group(1)})" if only else words(match, place)
    return ""


def _steps(path: str) -> tuple[str, ...]:
    """Return the steps of a finding's path that name properties and places in lists, without functions."""
    steps: list[str] = []
    parts = _parts(path)
    for index, step in enumerate(parts):
        after_function = index > 0 and parts[index - 1].startswith("Fn::") and is_natural(step)
        if not step.startswith("Fn::") and step != "Ref" and not after_function:
            steps.append(step)
    return tuple(steps[1:] if steps[:1] == ["Properties"] else steps)


def _parts(path: str) -> list[str]:
    return [part for part in re.split(r"[./]", path) if part]


def _node_of(entry: AnyNode | None, path: str) -> AnyNode | None:
    """Return the node at a path, functions included; None where the path leads nowhere."""
    node = entry
    for step in _parts(path):
        node = child_at(node, step)
    return node


def _names(text: str) -> list[str]:
    return re.findall(r"'([^']+)'", text)


def _unexpected(match: re.Match[str], place: Place) -> str:
    name, meant = match["name"], match["meant"]
    owner = replace(place, steps=place.steps[:-1]) if place.steps[-1:] == (name,) else place
    what = f"{owner.where} does not accept the property {code(name)}"
    if not owner.steps and place.type:
        what = f"{owner.where} has the property {code(name)}, which is not in the schema of {code(place.type)}"
    return f"{what}; the name in the schema is {code(meant)}" if meant else what


def _required(match: re.Match[str], place: Place) -> str:
    return f"{place.where} requires {code(match['name'])}, which is missing"


def _dependent(match: re.Match[str], place: Place) -> str:
    return f"{place.where} has {code(match['has'])}, which requires {code(match['name'])} as well"


def _choice(match: re.Match[str], place: Place) -> str:
    names = _names(match["names"])
    there = [name for name in names if isinstance(place.node, Map) and name in place.node.values]
    number = {"Exactly": "exactly one of", "Only": "exactly one of"}.get(match["how"], "at least one of")
    has = f"has {listed(there)}" if there else "has none of them"
    all_names = ", ".join(code(name) for name in names[:MAX_VALUES])
    return f"{place.where} requires {number} {all_names}, and {has}"


def _both(match: re.Match[str], place: Place) -> str:
    return f"{place.where} has both {code(match['one'])} and {code(match['two'])}, which exclude each other"


def _enumerated(match: re.Match[str], place: Place) -> str:
    value, names = match["value"].strip("'"), _names(match["names"]) or re.findall(r"[\w.-]+", match["names"])
    if is_natural(value) and all(is_natural(name) for name in names):
        names = sorted(names, key=lambda name: abs(int(name) - int(value)))[:2]
        nearest = " and ".join(code(name) for name in sorted(names, key=int))
        return f"{place.where} is {code(value)}; the nearest accepted values are {nearest}"
    shown = ", ".join(code(name) for name in names[:MAX_VALUES])
    more = f" and {len(names) - MAX_VALUES} more" if len(names) > MAX_VALUES else ""
    are = "the accepted values are" if len(names) > 1 else "the accepted value is"
    return f"{place.where} is {code(value)}; {are} {shown}{more}"


def _bound(match: re.Match[str], place: Place) -> str:
    return f"{place.where} is {code(match['value'].strip(chr(39)))}; the {match['which']} is {match['bound']}"


def _count(match: re.Match[str], place: Place) -> str:
    found, which = int(match["found"]), match["which"]
    return f"{place.where} has {found} {'item' if found == 1 else 'items'}; the {which} is {match['bound']}"


def _length(match: re.Match[str], place: Place) -> str:
    return f"{place.where} has {match['found']} characters; the {match['which']} is {match['bound']}"


def _resolved(match: re.Match[str], place: Place) -> str:
    value, pattern = match["value"], match["pattern"]
    return f"{place.where} becomes {code(value)}, {_mismatch(value, pattern)}"


def _unmatched(match: re.Match[str], place: Place) -> str:
    return f"{place.where} is {code(match['value'])}, {_mismatch(match['value'], match['pattern'])}"


def _composed(match: re.Match[str], place: Place) -> str:
    return (
        f"{place.where} is composed of {code(match['value'])}, and the result does not match {code(match['pattern'])}"
    )


def _mismatch(value: str, pattern: str) -> str:
    """Say why a value does not match, where taking away one kind of character is enough."""
    for kind, changed in (
        ("upper-case letters", value.lower()),
        ("spaces", value.replace(" ", "-")),
        ("dots", value.replace(".", "-")),
        ("underscores", value.replace("_", "-")),
    ):
        if changed != value and _matches(pattern, changed):
            return f"and the property does not accept {kind}"
    return f"which does not match {code(pattern)}"


def _matches(pattern: str, value: str) -> bool:
    """Whether a pattern of a schema matches a short value; False where it is not one that Python reads."""
    if len(value) > 200 or len(pattern) > 200:
        return False
    try:
        return regex.search(pattern, value, timeout=_SECONDS) is not None
    except (regex.error, TimeoutError):
        return False


def _format(match: re.Match[str], place: Place) -> str:
    kind = match["format"].removeprefix("AWS::").replace("::", " ").replace(".", " ")
    return f"{place.where} is {code(match['value'])}, which does not have the form of the property ({kind})"


def _type(match: re.Match[str], place: Place) -> str:
    wanted = " or ".join(_TYPES.get(name, name) for name in _names(match["types"]))
    value = match["value"].strip("'")
    if isinstance(place.node, Call):
        found = f"the function {code(place.node.name)}"
    elif isinstance(place.node, Map) or value.startswith("{"):
        found = "a mapping"
    elif isinstance(place.node, Sequence) or value.startswith("["):
        found = "a list"
    elif value == "None":
        found = "no value"
    else:
        found = f"the value {code(value)}"
    return f"{place.where} has {found}; the property takes {wanted}"


_TYPES = {
    "string": "a string",
    "object": "a mapping",
    "array": "a list",
    "integer": "an integer",
    "number": "a number",
    "boolean": "a boolean",
}


def _forms_of_schema(match: re.Match[str], place: Place) -> str:
    keys = listed(list(place.node.values)) if isinstance(place.node, Map) and place.node.values else ""
    has = f" has {keys}, and" if keys else ""
    return f"{place.where}{has} matches none of the alternatives that the schema has for it"


def _unknown_key(match: re.Match[str], place: Place) -> str:
    return f"{place.where} has {code(match['name'])}, which is not an accepted name there"


def _repeated(match: re.Match[str], place: Place) -> str:
    return f"{place.where} has an item twice, and each item must be unique"


def _same_name(match: re.Match[str], place: Place) -> str:
    return f"{code(match['name'])} is the name of a parameter and of a resource; logical IDs are unique in a template"


def _needless(match: re.Match[str], place: Place) -> str:
    return f"{place.where} has {listed(_names(match['names']))}, which has no effect with {code(match['key'])} {code(match['value'])}"


_Words = Callable[[re.Match[str], Place], str]
_FORMS: tuple[tuple[re.Pattern[str], _Words], ...] = tuple(
    (re.compile(pattern, re.S), words)
    for pattern, words in (
        (r"\('(?P<name>[^']+)' was unexpected(?:\. Did you mean '(?P<meant>[^']+)'\?)?", _unexpected),
        (
            r"^(?P<how>Exactly|Only|At least) one of \[(?P<names>[^\]]*)\] (?:must be specified|is a required property)",
            _choice,
        ),
        (r"^'(?P<name>[\w:]+)' is a required property", _required),
        (r"^'(?P<name>\w+)' is a dependency of '(?P<has>\w+)'", _dependent),
        (r"^Both '(?P<one>\w+)' and '(?P<two>\w+)' were provided", _both),
        (r"^(?P<value>'[^']*'|[\w.-]+) is not one of \[(?P<names>.*?)(?:\]|$)", _enumerated),
        (
            r"^(?P<value>'[^']*'|[\w.-]+) is (?:greater|less) than the (?P<which>maximum|minimum) of (?P<bound>[\d.]+)",
            _bound,
        ),
        (r"^expected (?P<which>minimum|maximum) item count: (?P<bound>\d+), found: (?P<found>\d+)", _count),
        (r"^expected (?P<which>minimum|maximum) length: (?P<bound>\d+), found: (?P<found>\d+)", _length),
        (
            r'^Resolved parameter-dependent value "(?P<value>[^"]*)" does not match pattern \'(?P<pattern>.*)\' for property',
            _resolved,
        ),
        (
            r"^\{'Fn::(?:Sub|Join)': '(?P<value>[^']*)'\} does not match '(?P<pattern>.*)' when '[^']*' is resolved",
            _composed,
        ),
        (r"^'(?P<value>[^']*)' does not match format '(?P<format>[^']*)'", _format),
        (r"^'(?P<name>[^']*)' does not match any of the regexes", _unknown_key),
        (r"^'(?P<value>[^']*)' does not match (?:pattern )?'(?P<pattern>.*)'$", _unmatched),
        (r"^(?P<value>.*) is not of type (?P<types>'\w+'(?:, '\w+')*)", _type),
        (r"is not valid under any of the given schemas", _forms_of_schema),
        (r"has non-unique elements", _repeated),
        (r"^'(?P<name>\w+)' is used as both a parameter and resource logical ID", _same_name),
        (r"^\[(?P<names>[^\]]*)\] are ignored when using '(?P<key>\w+)' value '?(?P<value>[^']*)'?$", _needless),
    )
)
