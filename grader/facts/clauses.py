"""Clauses: the small language in which facts say what holds of properties, evaluated with three truth values.

`LogDestinationType is s3`, `MinTTL is at most <MaxTTL>`, `@.HostPort equals <@.ContainerPort>`,
`TaskDefinition -> NetworkMode is awsvpc`, `Subnets has at least 2 items`, `exactly one of Days, Years is present`,
`Name consists of [a-z0-9-]`, `RequiresCompatibilities includes FARGATE`.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from grader.case import Case
from grader.facts.places import Place, places
from grader.support.text import is_natural
from grader.template import NO_VALUE, Unknown, as_text, is_known
from grader.template.model import SUB_VARIABLE

Truth = bool | None
_FORM = re.compile(
    r"^(?P<path>[@\w.*~:>\- ]*?[\w*@~])\s+"
    r"(?P<op>is absent|is present|is empty|are distinct|are not all the same|are all the same"
    r"|is not one of|is one of|is at least|is at most|is greater than|is less than"
    r"|is a multiple of the number of|is not|is|equals|differs from|does not match|matches|does not begin with|begins with"
    r"|does not end with|ends with|does not contain|contains|does not include|includes|consists of"
    r"|has at least|has at most|has)(?:\s+(?P<operand>.+?))?\s*$"
)
_CHOICE = re.compile(r"^(?P<op>at least|at most|exactly) one of (?P<paths>.+) is present$")
_CHOICES: Mapping[str, Callable[[int, int], bool]] = {
    "at least": operator.ge,
    "at most": operator.le,
    "exactly": operator.eq,
}
_NUMBERS: Mapping[str, Callable[[float, float], bool]] = {
    "is at least": operator.ge,
    "is at most": operator.le,
    "is greater than": operator.gt,
    "is less than": operator.lt,
}
_COUNTS: Mapping[str, Callable[[int, int], bool]] = {
    "has at least": operator.ge,
    "has at most": operator.le,
    "has": operator.eq,
}
_TOGETHER = ("are distinct", "are not all the same", "are all the same")  # of all values of a path at once


class ClauseError(ValueError):
    """A clause that cannot be read."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: a path, an operation and its operand, empty where the operation takes none."""

    path: str
    operation: str
    operand: str

    def __str__(self) -> str:
        if self.operation in _CHOICES:
            return f"{self.operation} one of {self.path} is present"
        return " ".join(filter(None, (self.path, self.operation, self.operand)))

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths that it is about: several where it chooses between properties."""
        return tuple(part.strip() for part in self.path.split(",")) if self.operation in _CHOICES else (self.path,)


@dataclass(frozen=True)
class View:
    """What clauses look at: a resource, the item of a list that `@` names, and the values of absent properties."""

    case: Case
    root: Place
    item: Place | None
    defaults: Mapping[str, str]

    def at(self, path: str) -> list[Place]:
        """Return the places of a path; absent places with the property's default where the fact gives one."""
        if path in ("region", "partition"):
            key = "AWS::Region" if path == "region" else "AWS::Partition"
            return [Place(self.root.template, self.root.resource, (), self.case.account.pseudo.get(key, NO_VALUE))]
        if path in ("DeletionPolicy", "UpdateReplacePolicy"):
            node = self.root.resource.node.get(path)
            return [
                Place(self.root.template, self.root.resource, (), NO_VALUE if node is None else self._value(node), node)
            ]
        found = places(self.case, self.root, path, self.item)
        default = self.defaults.get(path)
        if default is None:
            return found
        return [
            Place(one.template, one.resource, one.path, default, one.node) if one.is_absent else one for one in found
        ]

    def _value(self, node: object) -> object:
        return self.case.scopes[self.root.template.file].value(node)  # type: ignore[arg-type]


@lru_cache(maxsize=8_192)
def parse_clause(text: str) -> Clause:
    """Read a clause. Raises ClauseError where it has no known form."""
    choice = _CHOICE.match(text.strip())
    if choice is not None:
        return Clause(choice["paths"], choice["op"], "")
    match = _FORM.match(text.strip())
    if match is None:
        raise ClauseError(f"not a clause: {text!r}")
    path, operation, operand = match["path"].strip(), match["op"], (match["operand"] or "").strip()
    if operation in _COUNTS and not re.fullmatch(r"\d+ items?", operand):
        raise ClauseError(f"a number of items is missing: {text!r}")
    takes_none = operation in ("is absent", "is present", "is empty", *_TOGETHER)
    if takes_none == bool(operand):
        raise ClauseError(f"the operand is {'not expected' if takes_none else 'missing'}: {text!r}")
    return Clause(path, operation, operand)


def holds(clause: Clause, view: View, *, every: bool) -> Truth:
    """Return whether a clause holds: of every place of its path, or of at least one; None where that is open."""
    if clause.operation in _CHOICES:
        return _choice(clause, view)
    found = view.at(clause.path)
    if clause.operation in _TOGETHER:
        return _together(clause.operation, found)
    truths = [_holds(clause, place, view) for place in found]
    if every:
        return False if False in truths else None if None in truths else True
    return True if True in truths else None if None in truths else False


def violating(clause: Clause, view: View) -> list[Place]:
    """Return the places of a clause's path of which it does not hold; none for a clause about several at once."""
    if clause.operation in _CHOICES or clause.operation in _TOGETHER:
        return []
    return [place for place in view.at(clause.path) if _holds(clause, place, view) is False]


def _together(operation: str, found: Sequence[Place]) -> Truth:
    """Return whether values differ from each other: each from each, or not all the same; what is absent may have any value."""
    texts = [place.text for place in found if not place.is_absent]
    if operation == "are distinct":
        return False if len(set(texts)) < len(texts) else True if all(map(is_known, texts)) else None
    if operation == "are all the same":
        return None if not all(map(_is_certain, found)) else len(set(texts)) < 2
    if len(set(texts)) > 1:
        return True
    return False if len(texts) == len(found) > 1 and is_known(texts[0]) else None


def _is_certain(place: Place) -> bool:
    """Whether a value is known, or is a reference to a resource of the template, which differs from other resources."""
    return not place.is_open or place.text[2:-1] in place.template.resources


def _choice(clause: Clause, view: View) -> Truth:
    """Return whether the number of properties that are present is as the clause says."""
    truths = [holds(Clause(path, "is present", ""), view, every=False) for path in clause.paths]
    compare, sure, open_ = _CHOICES[clause.operation], truths.count(True), truths.count(None)
    possible = {compare(count, 1) for count in range(sure, sure + open_ + 1)}
    return possible.pop() if len(possible) == 1 else None


def _holds(clause: Clause, place: Place, view: View) -> Truth:
    operation = clause.operation
    if operation in ("is absent", "is present"):
        if isinstance(place.value, Unknown) and place.node is None:
            return None
        return place.is_absent is (operation == "is absent") if not _is_maybe(place) else None
    if operation in _COUNTS or operation == "is empty":
        return _count(clause, place)
    if place.is_absent:
        if operation.startswith(("is not", "does not", "differs")):
            return True
        return False if operation in ("is", "is one of", "equals") else None  # a limit says nothing of what is not set
    if operation in ("includes", "does not include"):
        return _includes(clause, place)
    if operation == "consists of":
        return _consists(clause.operand, place)
    if operation == "is a multiple of the number of":
        return _multiple(clause, place, view)
    operands = _operands(clause.operand, view)
    if operands is None:
        return None
    if operation in _NUMBERS:
        return _compare(_NUMBERS[operation], place, operands[0])
    return _text_holds(operation, place, operands)


def _is_maybe(place: Place) -> bool:
    """Whether a value may turn out to be AWS::NoValue: an Fn::If whose condition is open."""
    return isinstance(place.value, Unknown) and "Fn::If@" in place.value.expression


def _operands(text: str, view: View) -> list[str] | None:
    """Return the operand's values: literals separated by commas, or those at a path in angle brackets; None where open."""
    if text.startswith("<") and text.endswith(">"):
        found = [place for place in view.at(text[1:-1]) if not place.is_absent]
        return [place.text for place in found] if found and not any(place.is_open for place in found) else None
    if len(text) > 1 and text.startswith("/") and text.endswith("/"):
        return [text[1:-1]]
    return [part.strip() for part in text.split(",")]


def _text_holds(operation: str, place: Place, operands: Sequence[str]) -> Truth:
    text = place.text
    negative = operation.startswith(("is not", "does not", "differs"))
    if operation in ("begins with", "does not begin with"):
        known = text.split("${")[0]
        found: Truth = any(known.startswith(one) for one in operands)
        if not found and place.is_open and any(one.startswith(known) for one in operands):
            found = None
    elif operation in ("ends with", "does not end with"):
        known = text.rpartition("}")[2] if place.is_open else text
        found = any(known.endswith(one) for one in operands)
        if not found and place.is_open and any(one.endswith(known) for one in operands):
            found = None
    elif operation in ("matches", "does not match"):
        found = None if place.is_open else re.search(operands[0], text) is not None
    elif operation in ("contains", "does not contain"):
        found = True if any(one in text for one in operands) else None if place.is_open else False
    elif place.is_open:
        found = None
    else:
        found = any(
            text == one or (text.lower() == one.lower() and one.lower() in ("true", "false")) for one in operands
        )
    return None if found is None else found is not negative


def _includes(clause: Clause, place: Place) -> Truth:
    """Return whether a list has one of the operand's values as an item."""
    if isinstance(place.value, Unknown):
        return None
    items = place.value if isinstance(place.value, list) else [place.value]
    wanted = [part.strip() for part in clause.operand.split(",")]
    found = any(as_text(item) in wanted for item in items if not isinstance(item, dict | list | Unknown))
    if not found and not all(map(is_known, items)):
        return None
    return found is (clause.operation == "includes")


def _consists(characters: str, place: Place) -> Truth:
    """Return whether a text has characters of a set only; of a text known in part, only these parts are looked at."""
    known = SUB_VARIABLE.sub("", place.text)
    if re.fullmatch(f"{characters}*", known) is None:
        return False
    return None if place.is_open else True


def _compare(compare: Callable[[float, float], bool], place: Place, operand: str) -> Truth:
    try:
        return compare(float(place.text), float(operand))
    except ValueError:
        return None


def _count(clause: Clause, place: Place) -> Truth:
    if isinstance(place.value, Unknown):
        return None
    items = place.value if isinstance(place.value, list) else [] if place.is_absent else [place.value]
    if clause.operation == "is empty":
        return place.is_absent or place.value in ("", [], {}) or place.value is None
    if any(isinstance(item, Unknown) and "Fn::If@" in item.expression for item in items):
        return None
    return _COUNTS[clause.operation](len(items), int(clause.operand.split()[0]))


def _multiple(clause: Clause, place: Place, view: View) -> Truth:
    found = view.at(clause.operand.strip("<>"))
    items = found[0].value if found else NO_VALUE
    if not isinstance(items, list) or not items or not is_natural(as_text(place.value)):
        return None
    return int(as_text(place.value)) % len(items) == 0
