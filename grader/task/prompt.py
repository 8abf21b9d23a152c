"""The prompt as sentences: what a rule asks before it contradicts whoever wrote the task."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARKUP = re.compile(r"\*\*|`|(?<!\w)__?(?=\w)|(?<=\w)__?(?!\w)|(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w)")
_END = re.compile(r"(?<=[.!?;])\s+(?=[\"'(A-Z])")
_ABBREVIATION = re.compile(r"\b(e\.g|i\.e|etc|vs|incl|approx|no)\.$", re.I)
_NEGATED = re.compile(
    r"\b(do not|don't|does not|must not|mustn't|should not|shouldn't|never|no need|not|without|avoid|instead of|rather than|no)\s+"
    r"(?:\S+\s+){0,4}$",
    re.I,
)
_OPTIONAL = re.compile(
    r"\boptional(ly)?\b|\bnice[- ]to[- ]have\b|\bif (needed|desired|possible|time permits)\b|\bbonus\b", re.I
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, list item, table row or line of code of a prompt.

    `line` counts from 1 in PROMPT.md, `text` is free of markup, and `headings` are those above it, outermost first.
    """

    line: int
    text: str
    headings: tuple[str, ...] = ()
    is_code: bool = False

    @property
    def is_optional(self) -> bool:
        """Whether the sentence, or a heading above it, calls its subject optional."""
        return any(_OPTIONAL.search(text) for text in (self.text, *self.headings))

    def negates(self, start: int) -> bool:
        """Whether words that begin at an offset of the text are negated: `must not use X`, `without X`."""
        return _NEGATED.search(self.text[:start]) is not None


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt's sentences, in order."""

    sentences: tuple[Sentence, ...]

    def first(self, pattern: str) -> Sentence | None:
        """Return the first sentence in which a regular expression matches, whatever the case."""
        found = re.compile(pattern, re.I)
        return next((sentence for sentence in self.sentences if found.search(sentence.text)), None)

    def orders(self, pattern: str, near: str = "") -> Sentence | None:
        """Return the first sentence that asks for what a regular expression matches, and does not negate it.

        With `near`, another expression has to match in the same sentence or in a heading above it: a resource type's name,
        for instance. Rules call it before they advise against something.
        """
        wanted, beside = re.compile(pattern, re.I), re.compile(near, re.I)
        for sentence in self.sentences:
            if near and not any(beside.search(text) for text in (sentence.text, *sentence.headings)):
                continue
            if any(not sentence.negates(match.start()) for match in wanted.finditer(sentence.text)):
                return sentence
        return None

    def forbids(self, pattern: str, near: str = "") -> Sentence | None:
        """Return the first sentence that negates what a regular expression matches: `do not use X`."""
        wanted, beside = re.compile(pattern, re.I), re.compile(near, re.I)
        for sentence in self.sentences:
            if near and not any(beside.search(text) for text in (sentence.text, *sentence.headings)):
                continue
            if any(sentence.negates(match.start()) for match in wanted.finditer(sentence.text)):
                return sentence
        return None


@lru_cache(maxsize=16)
def read_prompt(text: str) -> Prompt:
    """Split a prompt into sentences. Lists, headings, tables and code are read as CommonMark; nothing is dropped."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    return Prompt(tuple(_sentences(tokens)))


def _sentences(tokens: list[Token]) -> Iterator[Sentence]:
    headings: list[tuple[int, str]] = []
    row: list[str] = []
    for index, token in enumerate(tokens):
        line = token.map[0] + 1 if token.map else 0
        if token.type == "heading_open":
            level = int(token.tag[1:])
            title = _plain(tokens[index + 1].content)
            headings = [above for above in headings if above[0] < level]
            yield Sentence(line, title, tuple(name for _, name in headings))
            headings.append((level, title))
        elif token.type in ("fence", "code_block"):
            first = line + (token.type == "fence")
            for number, code in enumerate(token.content.split("\n"), first):
                if code.strip():
                    yield Sentence(number, code, _names(headings), is_code=True)
        elif token.type == "tr_open":
            row = []
        elif token.type == "inline" and tokens[index - 1].type in ("th_open", "td_open"):
            row.append(_plain(token.content))
        elif token.type == "tr_close":
            place = next((t.map[0] + 1 for t in reversed(tokens[:index]) if t.type == "tr_open" and t.map), 1)
            yield Sentence(place, " | ".join(row), _names(headings))
        elif (token.type == "inline" and tokens[index - 1].type != "heading_open") or token.type == "html_block":
            yield from _of_paragraph(token.content, line, _names(headings))


def _names(headings: list[tuple[int, str]]) -> tuple[str, ...]:
    return tuple(name for _, name in headings)


def _of_paragraph(content: str, line: int, headings: tuple[str, ...]) -> Iterator[Sentence]:
    """Yield a paragraph's sentences; a line that does not go on in lower case begins a new one."""
    started, parts = line, ""
    for number, text in enumerate(content.split("\n"), line):
        plain = _plain(text)
        if parts and not plain[:1].islower():
            yield from _split(parts, started, headings)
            parts = ""
        if not parts:
            started = number
        parts = f"{parts} {plain}".strip()
    if parts:
        yield from _split(parts, started, headings)


def _split(text: str, line: int, headings: tuple[str, ...]) -> Iterator[Sentence]:
    pending = ""
    for part in _END.split(text):
        pending = f"{pending} {part}".strip()
        if not _ABBREVIATION.search(pending):
            yield Sentence(line, pending, headings)
            pending = ""
    if pending:
        yield Sentence(line, pending, headings)


def _plain(text: str) -> str:
    return _MARKUP.sub("", text).strip()
