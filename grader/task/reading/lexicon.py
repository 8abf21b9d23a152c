"""The lexicon: what prompts call resources, and how they ask for properties of them. One YAML file a subject.

Every file of the folder `lexicon/` is read. `nouns` name resource types; `asks` say what is asked of them, how prompts put
it, and which judge checks it with what (see grader.detectors.requirements). Examples of each are its tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from grader.support.aws_types import resource_types
from grader.support.validation import load_yaml, validate
from grader.task.reading.phrases import Phrase, phrase

_FOLDER = Path(__file__).parent / "lexicon"
_TOKEN = re.compile(r"AWS::\w+::\w+(?:::\w+)*|[A-Za-z0-9]+")
# Services whose nouns the files of the lexicon give: the names of their types are put together by chance, `IAM roles, policies`.
_OWN_NOUNS = ("CloudFormation", "CloudWatch", "EC2", "IAM", "Lambda", "RDS", "S3")
# Services that work without a resource of theirs, or whose names are words for what other resources do.
_NO_RESOURCE = (
    "ApplicationAutoScaling",
    "AutoScaling",
    "AutoScalingPlans",
    "CertificateManager",
    "Shield",
    "WellArchitected",
    "XRay",
)
_VENDORS = ("aws", "amazon")
# Services that prompts call by capitals that mean nothing else.
_CAPITALS = ("DLM", "EMR", "FMS", "MWAA", "QLDB", "SES")
_WORD = re.compile(r"[a-z0-9]+")
# Services whose names are words for what any answer may have.
_PLAIN = (
    "ApplicationInsights",
    "CustomerProfiles",
    "DataPipeline",
    "NetworkManager",
    "ResourceGroups",
    "ServiceDiscovery",
)
_START = 8
MAX_WORDS = 20_000  # so many words of prompts are remembered with their phrases
_SUFFIX = re.compile(r"(V2|v2)$")
_BREAK = re.compile(r"[.;:!?()|,]")

About = Literal[
    "resource",
    "property",
    "value",
    "count",
    "parameter",
    "output",
    "name",
    "tag",
    "region",
    "document",
    "forbid",
    "order",
    "code",
    "behaviour",
]


class NounFile(BaseModel):
    """What prompts call a thing. `types` are alternatives: any of them is the thing.

    `called` are its names; `hinted` are names that ask for the thing only where they begin an item or follow `use`;
    `introduced` are names that ask for it after an article or number, such as `a bucket`; `generic` are names that only refer to it.
    """

    model_config = ConfigDict(extra="forbid")

    name: str
    types: list[str] = Field(min_length=1)
    called: list[str] = Field(default_factory=list)
    hinted: list[str] = Field(default_factory=list)
    introduced: list[str] = Field(default_factory=list)
    generic: list[str] = Field(default_factory=list)
    also: list[str] = Field(default_factory=list, description="types that go with it, named for comparison only")
    level: str = "High"


class AskFile(BaseModel):
    """How prompts ask for something of resources, and what checks it."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    id: str
    title: str
    says: list[str] = Field(min_length=1)
    unless: list[str] = Field(default_factory=list)
    of: list[str] = Field(default_factory=list)
    needs: Literal["named", "beside", "alone", "each"] = "named"
    when: list[str] = Field(default_factory=list, description="phrases of which the sentence needs one")
    judge: str = "fields"
    holds: dict[str, Any] | list[dict[str, Any]] = Field(default_factory=list, alias="is")
    skip: list[dict[str, Any]] = Field(
        default_factory=list, description="resources that have these values are left aside"
    )
    general: list[str] = Field(default_factory=list, description="the types that are meant where a prompt names none")
    but: str = Field(
        "", description="buckets that are left aside: log-targets where all are asked for, every-log-target always"
    )
    with_: dict[str, Any] = Field(default_factory=dict, alias="with")
    about: About = "property"
    level: str = "High"
    every: bool = False
    weak: bool = False
    negated: Literal["skip", "read"] = "skip"
    examples: list[str] = Field(min_length=1)
    counterexamples: list[str] = Field(default_factory=list)


class SubjectFile(BaseModel):
    """One file of the lexicon."""

    model_config = ConfigDict(extra="forbid")

    subject: str
    groups: dict[str, Any] = Field(
        default_factory=dict, description="values that the file uses several times, as YAML anchors"
    )
    nouns: list[NounFile] = Field(default_factory=list)
    asks: list[AskFile] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Noun:
    """What a thing is called, and the resource types that it may be; `strength` is called, hinted, introduced or generic.

    `is_service` is true for the name of a service, whose resources may also be used without a resource of their own.
    """

    name: str
    types: tuple[str, ...]
    strength: str
    level: str
    also: tuple[str, ...] = ()
    is_service: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """A noun in a text."""

    start: int
    end: int
    noun: Noun


@dataclass(frozen=True, slots=True)
class Ask:
    """An entry of the lexicon, its phrases compiled."""

    file: AskFile
    says: tuple[Phrase, ...]
    unless: tuple[Phrase, ...]
    when: tuple[Phrase, ...]
    ways: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Lexicon:
    """Nouns and asks of every subject."""

    nouns: Mapping[tuple[str, ...], Noun]
    asks: tuple[Ask, ...]
    subjects: tuple[SubjectFile, ...]

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return {file.types[0]: file.name for subject in reversed(self.subjects) for file in reversed(subject.nouns)}

    def name_of(self, type: str) -> str:
        """Return what prompts call a type; the last part of its own name where the lexicon has no noun of it."""
        return self._names.get(type) or type.rpartition("::")[2]

    @cached_property
    def _longest(self) -> Mapping[str, int]:
        longest: dict[str, int] = {}
        for words in self.nouns:
            longest[words[0]] = max(longest.get(words[0], 0), len(words))
        return longest

    @cached_property
    def _by_start(self) -> tuple[Mapping[str, frozenset[tuple[int, int]]], frozenset[tuple[int, int]]]:
        """The places of the phrases of asks by the first letters of the words that they need; those that need none apart."""
        starts: dict[str, set[tuple[int, int]]] = {}
        free: set[tuple[int, int]] = set()
        for index, ask in enumerate(self.asks):
            for number, way in enumerate(ask.says):
                free |= set() if way.literals else {(index, number)}
                for literal in way.literals:
                    first = _WORD.search(literal)
                    starts.setdefault((first.group() if first else literal)[:_START], set()).add((index, number))
        return {start: frozenset(found) for start, found in starts.items()}, frozenset(free)

    @cached_property
    def _of_words(self) -> dict[str, frozenset[tuple[int, int]]]:
        """The places of the phrases by the words that texts had so far."""
        return {}

    def candidates(self, lowered: str) -> Iterator[tuple[Ask, list[Phrase]]]:
        """Yield the asks that a text in lower case may hold, in the order of the lexicon, each with the phrases to look for."""
        starts, free = self._by_start
        known, found = self._of_words, set(free)
        for word in set(_WORD.findall(lowered)):
            places = known.get(word)
            if places is None:
                places = frozenset().union(*(starts.get(word[:size], frozenset()) for size in range(1, _START + 1)))
                if len(known) < MAX_WORDS:
                    known[word] = places
            found |= places
        by_ask: dict[int, list[int]] = {}
        for index, number in sorted(found):
            by_ask.setdefault(index, []).append(number)
        for index, numbers in by_ask.items():
            ask = self.asks[index]
            yield ask, [ask.says[number] for number in numbers]

    def mentions(self, text: str) -> list[Mention]:
        """Return the nouns in a text, the longest names first at each place; a type's own name (AWS::S3::Bucket) counts."""
        tokens = [(match.start(), match.end(), match.group()) for match in _TOKEN.finditer(text)]
        words = [word if "::" in word else base(word) for _, _, word in tokens]
        found: list[Mention] = []
        index = 0
        while index < len(words):
            size, noun = self._at(words, index, tokens, text)
            if noun and found and noun.strength == "generic" and text[found[-1].end : tokens[index][0]].isspace():
                if found[-1].noun.strength == "hinted" and _is_other(found[-1].noun, noun):
                    found.pop()  # only the service of what follows: the `EC2` of `EC2 subnets`
            elif noun:
                found.append(Mention(tokens[index][0], tokens[index + size - 1][1], noun))
            index += size
        return found

    def _at(
        self, words: list[str], index: int, tokens: list[tuple[int, int, str]], text: str
    ) -> tuple[int, Noun | None]:
        word = words[index]
        if "::" in word:
            known = word in resource_types("us-east-1") or word.startswith("AWS::Serverless::")
            return 1, Noun(word, (word,), "called", "High") if known else None
        for size in range(min(self._longest.get(word, 0), len(words) - index), 0, -1):
            noun = self.nouns.get(tuple(words[index : index + size]))
            if noun and not _BREAK.search(text[tokens[index][0] : tokens[index + size - 1][1]]):
                if noun.is_service and word in _VENDORS and self._at(words, index + 1, tokens, text)[0] > size - 1:
                    return 1, None  # the thing of a service: `AWS Glue crawler`
                return size, noun
        return 1, None


def _is_other(first: Noun, second: Noun) -> bool:
    """Whether two nouns name different things of the same service."""
    service = first.types[0].split("::")[1] == second.types[0].split("::")[1]
    return service and not set(first.types) & set(second.types)


def base(word: str) -> str:
    """Return a word in lower case without its plural ending."""
    word = word.lower()
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name as nouns are looked up by."""
    return tuple(base(word) for word in re.findall(r"[A-Za-z0-9]+", name))


@lru_cache(maxsize=1)
def load_lexicon() -> Lexicon:
    """Read the lexicon. Raises InputError, with file and line, for a field that is wrong."""
    subjects = tuple(validate(SubjectFile, load_yaml(path), path) for path in sorted(_FOLDER.glob("*.yaml")))
    nouns = dict(_of_schemas())
    for subject in subjects:
        for file in subject.nouns:
            for name, noun in _names(file):
                nouns[words_of(name)] = noun
                joined = "".join(words_of(name))
                nouns.setdefault((joined,), noun)
    for words, noun in _of_services():
        own = words[-1:] if words[0] in _VENDORS else words
        if not any(name in nouns and not nouns[name].is_service for name in (own, *((one, *own) for one in _VENDORS))):
            nouns.setdefault(words, noun)
    asks = tuple(_ask(file) for subject in subjects for file in subject.asks)
    return Lexicon(nouns, asks, subjects)


def _names(file: NounFile) -> Iterator[tuple[str, Noun]]:
    for strength, names in (
        ("generic", file.generic),
        ("introduced", file.introduced),
        ("hinted", file.hinted),
        ("called", file.called),
    ):
        for name in names:
            yield name, Noun(file.name, tuple(file.types), strength, file.level, tuple(file.also))


def _of_schemas() -> Iterator[tuple[tuple[str, ...], Noun]]:
    """Yield a noun for each type that CloudFormation offers: its service and its own name, `glue crawler`."""
    for type in resource_types("us-east-1"):
        _, service, own = [*type.split("::"), "", ""][:3]
        if service in _OWN_NOUNS:
            continue
        parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]+|[a-z0-9]+", _SUFFIX.sub("", own))
        words = (base(_SUFFIX.sub("", service)), *(base(part) for part in parts))
        yield words, Noun(" ".join((service, *parts)), (type,), "called", "High")


def _of_services() -> Iterator[tuple[tuple[str, ...], Noun]]:
    """Yield a noun for each service whose name is more than a word of English: any of its types is the service.

    `MediaConvert` names it alone, `backup` only after `AWS`.
    """
    services: dict[str, list[str]] = {}
    for type in resource_types("us-east-1"):
        services.setdefault(type.split("::")[1], []).append(type)
    for service, types in services.items():
        name = _SUFFIX.sub("", service)
        if service in (*_OWN_NOUNS, *_NO_RESOURCE) or name in _OWN_NOUNS:
            continue
        noun = Noun(name, tuple(types), "hinted", "High", is_service=True)
        for vendor in _VENDORS:
            yield (vendor, base(name)), noun
        if name in _CAPITALS:
            yield (base(name),), noun
        parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]+", name)
        if len(parts) > 1 and "".join(parts) == name and name not in _PLAIN:
            yield (base(name),), noun
            yield tuple(base(part) for part in parts), noun


def _ask(file: AskFile) -> Ask:
    ways = file.holds if isinstance(file.holds, list) else [file.holds]
    return Ask(
        file, tuple(map(phrase, file.says)), tuple(map(phrase, file.unless)), tuple(map(phrase, file.when)), tuple(ways)
    )
