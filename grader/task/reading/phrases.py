"""The small language in which the lexicon says how prompts put things, compiled to regular expressions.

retention .. <days>          words in order; `..` is a gap of a few words and `...` of a few more, inside one sentence
encrypt* (at rest)?          `*` ends a word in any way, `( | )` are alternatives, `?` makes a word or group optional
(min|minimum) .. <n:low>     `<kind:name>` is a value of a kind of grader.task.reading.values, under a name
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from grader.task.reading.values import KINDS, parse_value

_TOKEN = re.compile(r"(\s*)(?:<([a-z]+)(?::(\w+))?>|(\.{2,3})|([()|?])|([^\s()|?<>]+))")
_GAPS = {"..": 24, "...": 70}
# What a number behind it is the version of.
_VERSIONED = re.compile(
    r"(?:sql|postgres|mariadb|aurora|python|node(?:\.js)?|versions?|java|redis|kubernetes|eks|tls|corretto|linux)\s+v?$",
    re.I,
)
_SEPARATOR = r"[\s\-–—/_:=`'\",(*]+"


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase found in a text: from where to where, and the values in it."""

    start: int
    end: int
    values: dict[str, object]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A compiled phrase. One of `literals`, texts in lower case, is in every text that it matches."""

    source: str
    literals: tuple[str, ...]
    pattern: re.Pattern[str]
    slots: tuple[tuple[str, str], ...]

    def find(self, text: str, lowered: str) -> list[Found]:
        """Return where the phrase is in a text; `lowered` is the text in lower case."""
        if self.literals and not self._is_in(lowered):
            return []
        found = []
        for match in self.pattern.finditer(text):
            if any(kind == "n" and _VERSIONED.search(text[: match.start(name)]) for kind, name in self.slots):
                continue
            values = {name: parse_value(kind, match.group(name)) for kind, name in self.slots if match.group(name)}
            if all(value is not None for value in values.values()):
                found.append(Found(match.start(), match.end(), values))
        return found

    def _is_in(self, lowered: str) -> bool:
        """Whether one of the literals is in a text; a loop, for this is asked more often than anything else."""
        for literal in self.literals:  # noqa: SIM110
            if literal in lowered:
                return True
        return False


@lru_cache(maxsize=8192)
def phrase(source: str) -> Phrase:
    """Compile a phrase. Raises ValueError for one that has no word, an unknown kind of value or a lonely parenthesis."""
    parser = _Parser(source)
    pattern, literals = parser.alternatives()
    if parser.tokens:
        raise ValueError(f"{source!r} has a parenthesis that is not open")
    if not pattern:
        raise ValueError("a phrase has no words")
    return Phrase(source, literals, re.compile(rf"(?<![\w.$]){pattern}", re.I), tuple(parser.slots))


class _Parser:
    """Turns the tokens of a phrase into a regular expression and the literals that any match has."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = [match.groups() for match in _TOKEN.finditer(source)][::-1]
        self.slots: list[tuple[str, str]] = []

    def _next(self) -> str:
        return (self.tokens[-1][4] or "") if self.tokens else "end"

    def alternatives(self) -> tuple[str, tuple[str, ...]]:
        """Read sequences up to a closing parenthesis or the end."""
        choices = [self._sequence()]
        while self._next() == "|":
            self.tokens.pop()
            choices.append(self._sequence())
        literals = tuple(text for _, texts in choices for text in texts) if all(texts for _, texts in choices) else ()
        pattern = choices[0][0] if len(choices) == 1 else "(?:" + "|".join(text for text, _ in choices) + ")"
        return pattern, literals

    def _sequence(self) -> tuple[str, tuple[str, ...]]:
        parts: list[str] = []
        best: tuple[str, ...] = ()
        before = ""
        while self._next() not in (")", "|", "end"):
            space, kind, name, gap, opened, word = self.tokens.pop()
            before = before if space or gap else ""
            if gap:
                before = rf"(?:[^.;\n]|\.(?=\S)){{0,{_GAPS[gap]}}}?(?<![\w.$])"
                continue
            pattern, literals = self._item(kind, name, opened, word)
            if self._next() == "?":
                self.tokens.pop()
                parts.append(f"(?:{before}{pattern})?" if before else f"(?:{pattern}{_SEPARATOR})?")
                continue
            parts.append(before + pattern)
            before = _SEPARATOR
            best = max(best, literals, key=lambda texts: min(map(len, texts), default=0))
        return "".join(parts), best

    def _item(
        self, kind: str | None, name: str | None, opened: str | None, word: str | None
    ) -> tuple[str, tuple[str, ...]]:
        if kind:
            if kind not in KINDS:
                raise ValueError(f"{self.source!r}: there is no kind of value {kind}")
            self.slots.append((kind, name or kind))
            return f"(?P<{name or kind}>{KINDS[kind].pattern})", ()
        if opened == "(":
            pattern, literals = self.alternatives()
            if self._next() != ")":
                raise ValueError(f"{self.source!r} has a parenthesis that is not closed")
            self.tokens.pop()
            return f"(?:{pattern})", literals
        if not word:
            raise ValueError(f"{self.source!r} is not a phrase")
        stem = word.rstrip("*").lower()
        joined = (
            bool(self.tokens) and not self.tokens[-1][0] and bool(self.tokens[-1][1])
        )  # a value follows without a space
        return re.escape(stem) + (r"\w*" if word.endswith("*") else "" if joined else r"(?!\w)"), (stem,)
