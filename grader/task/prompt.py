"""The prompt as sentences: what a rule asks before it contradicts the author of the task."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from grader.support.text import compiled

_MARKUP = re.compile(r"\*\*|`|(?<!\w)__?(?=\w)|(?<=\w)__?(?!\w)|(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w)")
_END = re.compile(r"(?<=[.!?;])\s+(?=[\"'(A-Z])")
_ABBREVIATION = re.compile(r"\b(e\.g|i\.e|etc|vs|incl|approx|no|a\.m|p\.m)\.$", re.I)
_NEGATED = re.compile(
    r"\b(do not|don['’]t|does not|doesn['’]t|must not|mustn['’]t|should not|shouldn['’]t|"
    r"(?:are|is|ca|wo|need)n['’]t|cannot|never|no need|not|without|avoid|instead of|rather than|no)\s+"
    r"(?:\S+\s+){0,4}$",
    re.I,
)
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_BULLET = re.compile(r"^([ \t]*)[•●▪◦‣·○][ \t]*", re.M)
_SLASHED = re.compile(r"\S+/$")  # the first of two that a slash joins: `no Config/CloudTrail`
# An entry of a list without bullets, below a paragraph that leads into it: `InstanceType: The type of the servers.`
_ENTRY = re.compile(r"[A-Z]\w*: \S[^\n]*\Z")
_OPTIONAL = re.compile(
    r"\boptional(ly)?\b(?! (?:features?|resources?|components?))"
    r"|\bnice[- ]to[- ]have\b|\bif (needed|necessary|desired|possible|applicable|required|requested|time permits)\b"
    r"|\bif (?:[\w-]+ ){1,3}(?:request|requir|need|specif|desire|want)\w*\b"
    r"|\b(if|where) there (is|are) (one|any|some)\b|\bif (any|present|available)\b"
    r"|\bbonus\b|\bwhere (possible|applicable|appropriate)\b|\bprefer(?:ably)?\b",
    re.I,
)
_CLAUSE = re.compile(r"[;:()]|,\s|\s[–—-]\s|\.\s")
_IN_BRACKETS = re.compile(
    r"[^.,;:()]{0,40}\(\s*optional\b|"
    r"\W{0,2}(?:[\w-]+\s+){0,1}\(\s*(?:optional(?:ly)?|if|or|where|(?:pre-?)?existing|not (?:required|needed|supported|included|available|in scope)|"
    r"nice[- ]to[- ]have|bonus)\b",
    re.I,
)
_EXISTING = re.compile(
    r"\b(pre-?existing|existing|external|third-party|already (exists?|deployed|created|provisioned|available|have|has|in place)|re-?us(e|ing) "
    r"(the|our|an?|existing)|current(ly)?|legacy|previously|(is|are) provided|assum(e|ing))\b",
    re.I,
)
_GIVEN = re.compile(
    r"\s+(?:[\w-]+\s+){0,3}?(?:(?:that|which)\s+)?(?:(?:is|are|must be|will be|should be)\s+)?"
    r"(?:already|currently|(?:provided|passed|given|supplied|accepted)\s+(?:as|via|through|by)\b)",
    re.I,
)
_EXAMPLE = re.compile(
    r"\b(e\.g\.?|for example|for instance|such as|like)[,:]?\s*"
    r"(?:(?!\b(?:ensure|and (?:ensure|create|use|add|enable|configure|set|tag|apply|make))\b)[^.;()]){0,80}$",
    re.I,
)
_OUTSIDE = re.compile(
    r"\b(unit|integration|end-to-end|e2e|acceptance|smoke|load) tests?\b|\btest (coverage|suite|cases?|plan)\b|\btesting\b|\bpytest\b"
    r"|\bjest\b|\bcode review\b|\bout[- ]of[- ]scope\b|\bpull request\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, list item, table row or line of code of a prompt.

    `line` counts from 1 in PROMPT.md, `text` is free of markup, and `headings` are those above it, outermost first.
    `parents` are the paragraph that leads into its list and the list items that hold it, outermost first.
    `is_item` is true for the first sentence of a list item, `is_heading` for a heading.
    """

    line: int
    text: str
    headings: tuple[str, ...] = ()
    is_code: bool = False
    parents: tuple[str, ...] = ()
    is_item: bool = False
    is_heading: bool = False

    @property
    def is_optional(self) -> bool:
        """Whether the sentence, or a heading or list item above it, calls its subject optional."""
        return any(_OPTIONAL.search(text) for text in (self.text, *self.headings, *self.parents))

    def is_optional_at(self, start: int, end: int) -> bool:
        """Whether the clause of the words at a place, the brackets behind them, or what is above the sentence, calls them optional."""
        if any(_OPTIONAL.search(text) for text in (*self.headings, *self.parents)) or _OPTIONAL.match(self.text):
            return True
        if _IN_BRACKETS.match(self.text[end:]):
            return True
        left = max((match.end() for match in _CLAUSE.finditer(self.text, 0, start)), default=0)
        right = min((match.start() for match in _CLAUSE.finditer(self.text, end)), default=len(self.text))
        return _OPTIONAL.search(self.text[left:right]) is not None

    @property
    def is_outside(self) -> bool:
        """Whether the sentence, or a heading or list item above it, is about tests and other work outside the answer."""
        return any(_OUTSIDE.search(text) for text in (self.text, *self.headings[1:], *self.parents))

    def is_existing(self, start: int, end: int) -> bool:
        """Whether the words at a place of the text name what is there already: `the existing VPC`, `bucket already exists`."""
        before, after = self.text[max(0, start - 40) : start], self.text[end : end + 40]
        before = re.split(r"[.;:,()]", before)[-1]
        after = re.split(r"[.;:,()]", after)[0]
        return bool(_EXISTING.search(before) or _GIVEN.match(after))

    def is_example(self, start: int) -> bool:
        """Whether words that begin at an offset are an example: `such as X`, `(e.g. X)`."""
        return _EXAMPLE.search(self.text[:start]) is not None

    def negates(self, start: int) -> bool:
        """Whether words that begin at an offset of the text are negated: `must not use X`, `without X`."""
        return _NEGATED.search(_SLASHED.sub("", self.text[:start])) is not None


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt's sentences, in order."""

    sentences: tuple[Sentence, ...]
    _asked: dict[tuple[str, str, bool], Sentence | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def first(self, pattern: str) -> Sentence | None:
        """Return the first sentence in which a regular expression matches, whatever the case."""
        found = compiled(pattern, re.I)
        return next((sentence for sentence in self.sentences if found.search(sentence.text)), None)

    def orders(self, pattern: str, near: str = "") -> Sentence | None:
        """Return the first sentence that asks for what a regular expression matches, and does not negate it.

        With `near`, another expression has to match in the same sentence or in a heading above it: a resource type's name,
        for instance. Rules call it before they advise against something.
        """
        return self._asking(pattern, near, is_negated=False)

    def forbids(self, pattern: str, near: str = "") -> Sentence | None:
        """Return the first sentence that negates what a regular expression matches: `do not use X`."""
        return self._asking(pattern, near, is_negated=True)

    def _asking(self, pattern: str, near: str, is_negated: bool) -> Sentence | None:
        """Return the first sentence with a match that is negated or not; rules ask the same of each resource."""
        key = (pattern, near, is_negated)
        if key not in self._asked:
            wanted, beside = compiled(pattern, re.I), compiled(near, re.I)
            self._asked[key] = next(
                (
                    one
                    for one in self.sentences
                    if any(one.negates(match.start()) is is_negated for match in wanted.finditer(one.text))
                    and (not near or any(beside.search(text) for text in (one.text, *one.headings)))
                ),
                None,
            )
        return self._asked[key]


@lru_cache(maxsize=16)
def read_prompt(text: str) -> Prompt:
    """Split a prompt into sentences. Lists, headings, tables and code are read as CommonMark; comments are dropped, nothing else."""
    text = _COMMENT.sub(lambda match: "\n" * match.group().count("\n"), text)
    tokens = MarkdownIt("commonmark").enable("table").disable("code").parse(_with_bullets(text))
    return Prompt(tuple(_Reader().read(tokens)))


def _with_bullets(text: str) -> str:
    """Return a text with bullets of other characters as markdown's, line by line, indented from the least of them."""
    indents = [len(match.group(1).expandtabs(4)) for match in _BULLET.finditer(text)]
    least = min(indents, default=0)
    return _BULLET.sub(lambda match: " " * (len(match.group(1).expandtabs(4)) - least) + "- ", text)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a paragraph is: the headings, the list items and the paragraph above it."""

    headings: tuple[str, ...]
    parents: tuple[str, ...]
    is_item: bool


class _Reader:
    """Reads the tokens of a prompt, and remembers the headings and list items that are open."""

    def __init__(self) -> None:
        self._headings: list[tuple[int, str]] = []
        self._lists: list[str] = []  # for each open list, the paragraph that leads into it
        self._items: list[str] = []  # for each open list item, its first paragraph
        self._last = ""
        self._row = 1

    def read(self, tokens: list[Token]) -> Iterator[Sentence]:
        """Yield the sentences of a prompt's tokens."""
        row: list[str] = []
        for index, token in enumerate(tokens):
            line = token.map[0] + 1 if token.map else 0
            before = tokens[index - 1].type if index else ""
            self._nest(token.type)
            if token.type == "heading_open":
                yield self._heading(int(token.tag[1:]), _plain(tokens[index + 1].content), line)
            elif token.type in ("fence", "code_block"):
                yield from self._code(token.content, line + (token.type == "fence"))
            elif token.type == "tr_open":
                row, self._row = [], line or 1
            elif token.type == "inline" and before in ("th_open", "td_open"):
                row.append(_plain(token.content))
            elif token.type == "tr_close":
                yield Sentence(self._row, " | ".join(row), self._names(), parents=self._above())
            elif (token.type == "inline" and before != "heading_open") or token.type == "html_block":
                yield from self._paragraph(token.content, line)

    def _nest(self, type: str) -> None:
        if type in ("bullet_list_open", "ordered_list_open"):
            self._lists.append("" if self._items else self._last)
        elif type in ("bullet_list_close", "ordered_list_close"):
            self._lists.pop()
        elif type == "list_item_open":
            self._items.append("")
        elif type == "list_item_close":
            self._items.pop()

    def _code(self, content: str, first: int) -> Iterator[Sentence]:
        for number, code in enumerate(content.split("\n"), first):
            if code.strip():
                yield Sentence(number, code, self._names(), is_code=True, parents=self._above())

    def _heading(self, level: int, title: str, line: int) -> Sentence:
        self._headings = [above for above in self._headings if above[0] < level]
        sentence = Sentence(line, title, self._names(), is_heading=True)
        self._headings.append((level, title))
        self._last = ""
        return sentence

    def _names(self) -> tuple[str, ...]:
        return tuple(name for _, name in self._headings)

    def _above(self) -> tuple[str, ...]:
        lead = self._lists[:1] if self._items else [self._last]
        return tuple(text for text in (*lead, *self._items) if text)

    def _paragraph(self, content: str, line: int) -> Iterator[Sentence]:
        is_item = bool(self._items) and not self._items[-1]
        above = self._above() if self._items else ()
        is_entry = not self._items and bool(self._last) and _ENTRY.match(content) is not None
        place = _Place(self._names(), (self._last,) if is_entry else above, is_item or is_entry)
        yield from _of_paragraph(content, line, place)
        plain = _plain(content)
        if is_item:
            self._items[-1] = plain
        elif not self._items and not is_entry:
            self._last = plain.rpartition("\n")[2] if _leads(content) else ""


def _leads(content: str) -> bool:
    """Whether a paragraph leads into what follows: it ends in a colon, or is a title in bold."""
    text = content.strip()
    return text.rstrip("*_ ").endswith(":") or (text.startswith("**") and text.endswith("**"))


def _of_paragraph(content: str, line: int, place: _Place) -> Iterator[Sentence]:
    """Yield a paragraph's sentences; a line that does not go on in lower case begins a new one."""
    started, parts = line, ""
    for number, text in enumerate(content.split("\n"), line):
        plain = _plain(text)
        if parts and not plain[:1].islower():
            yield from _split(parts, started, place, started == line)
            parts = ""
        if not parts:
            started = number
        parts = f"{parts} {plain}".strip()
    if parts:
        yield from _split(parts, started, place, started == line)


def _split(text: str, line: int, place: _Place, is_first: bool) -> Iterator[Sentence]:
    pending = ""
    is_item = place.is_item and is_first
    for part in _END.split(text):
        pending = f"{pending} {part}".strip()
        if not _ABBREVIATION.search(pending):
            yield Sentence(line, pending, place.headings, parents=place.parents, is_item=is_item)
            pending, is_item = "", False
    if pending:
        yield Sentence(line, pending, place.headings, parents=place.parents, is_item=is_item)


def _plain(text: str) -> str:
    return _MARKUP.sub("", text).strip()
