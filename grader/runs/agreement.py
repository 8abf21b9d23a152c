"""How far a run agrees with expert analyses in the reference format.

An expert's entry has no rule: it is read for what it is about (its words, weighed by how rare they are among the rules)
and for where (the resources and types that it names). A failure of the run matches it where both agree.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from grader.analysis import Entry, parse_analysis
from grader.catalogue import Catalogue, Rule
from grader.errors import InputError
from grader.model import RANKS
from grader.runs.results import Graded
from grader.support.files import plain_file
from grader.task import PROMPT

EXPERT = "MODEL_FAILURES.md"
ALIKE = 0.2  # how alike the words of an entry and a rule have to be: set by the figures in docs/agreement.md
DEEPEST = 3  # folders below that of the analyses: <model>/<task>/<sample>
RANK = 2  # a rule that is among so many of the most similar entries is about the same thing
_WORD = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{2,}(?![a-z])")
_TYPE = re.compile(r"\b[A-Z]\w+::[A-Z]\w+::\w+")
_NAME = re.compile(r"`([A-Za-z][A-Za-z0-9]{2,})`|^[ \t]*\"?([A-Z][A-Za-z0-9]{3,})\"?:\s*(?:\{|$)", re.M)
_STOP = frozenset(
    "the and for that with this which what not are was were has have had its from into where when who how all any one two "
    "than then them they there their but can could will would does did should may might must more most other others only "
    "template templates resource resources response model ideal aws cloud formation file value values name names".split()
)


@dataclass(frozen=True, slots=True)
class Match:
    """An entry of an expert on a response, and the rule and level of the failure that says the same; empty where none does."""

    response: str
    model: str
    task: str
    entry: Entry
    rule: str = ""
    level: str = ""

    @property
    def found(self) -> bool:
        """Whether the run has the failure."""
        return bool(self.rule)


@dataclass(frozen=True, slots=True)
class Held:
    """A response that was compared with an analysis: how many failures it has, and how many of them the expert names."""

    id: str
    model: str
    task: str
    failures: int
    matched: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """The entries of the experts with their matches, and the responses that were compared with an analysis.

    `without_result` are the analyses of which the run has no response.
    """

    matches: tuple[Match, ...]
    responses: tuple[Held, ...]
    without_result: tuple[str, ...] = ()

    @property
    def failures(self) -> int:
        """How many failures the compared responses have."""
        return sum(one.failures for one in self.responses)

    @property
    def matched(self) -> int:
        """How many of them the experts name."""
        return sum(one.matched for one in self.responses)

    @property
    def models(self) -> tuple[str, ...]:
        """The models whose responses were compared, by name."""
        return tuple(sorted({one.model for one in self.responses}))

    def of_model(self, model: str) -> Agreement:
        """Return the agreement on the responses of one model."""
        return Agreement(
            tuple(match for match in self.matches if match.model == model),
            tuple(one for one in self.responses if one.model == model),
        )

    def of_level(self, level: str) -> tuple[int, int, int]:
        """Return how many entries of a level there are, how many were found, and at the same level."""
        entries = [match for match in self.matches if match.entry.level == level]
        found = [match for match in entries if match.found]
        return len(entries), len(found), sum(match.level == level for match in found)

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels that the experts and the run use, most severe first."""
        used = {match.entry.level for match in self.matches} | {match.level for match in self.matches if match.found}
        return (*(level for level in RANKS if level in used), *sorted(used - set(RANKS)))

    def matrix(self) -> dict[str, dict[str, int]]:
        """Return how often an entry of a level (first key) was found at a level (second key), or was missed (`""`)."""
        counts = Counter((match.entry.level, match.level) for match in self.matches)
        return {level: {found: counts[level, found] for found in (*self.levels, "")} for level in self.levels}

    def kappa(self) -> float | None:
        """Return Cohen's kappa of the levels of the entries that were found.

        None where it is not defined: nothing was found, or both use one level only. Source: Cohen 1960, "A coefficient of
        agreement for nominal scales", doi 10.1177/001316446002000104.
        """
        pairs = [(match.entry.level, match.level) for match in self.matches if match.found]
        experts, run = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
        total = len(pairs)
        expected = sum(experts[level] * run[level] for level in experts) / total**2 if total else 1.0
        if expected == 1.0:
            return None
        observed = sum(one == other for one, other in pairs) / total
        return round((observed - expected) / (1 - expected), 4)

    def figures(self) -> dict[str, Any]:
        """Return the figures as plain values."""
        rows = {
            level: dict(zip(("named", "found", "same_level"), self.of_level(level), strict=True))
            for level in self.levels
        }
        matrix = {level: {found or "missed": n for found, n in row.items()} for level, row in self.matrix().items()}
        return {
            "responses": len(self.responses),
            "levels": rows,
            "matrix": matrix,
            "kappa": self.kappa(),
            "failures": self.failures,
            "failures_that_experts_name": self.matched,
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the figures, of all and of each model, and the entries as plain values."""
        return self.figures() | {
            "models": {model: self.of_model(model).figures() for model in self.models},
            "analyses_without_result": list(self.without_result),
            "entries": [
                {"response": m.response, "model": m.model, "task": m.task}
                | {"number": m.entry.number, "level": m.entry.level, "title": m.entry.title}
                | {"rule": m.rule, "found_level": m.level}
                for m in self.matches
            ],
        }


@dataclass(frozen=True)
class Words:
    """The words of the rules, weighed by how few rules use them."""

    catalogue: Catalogue
    _texts: dict[str, dict[str, float]] = field(default_factory=dict, repr=False)

    @cached_property
    def weights(self) -> Mapping[str, float]:
        """Each word's weight: the logarithm of rules over rules that use it."""
        use: Counter[str] = Counter()
        for rule in self.catalogue.rules.values():
            use.update(set(_words(_rule_text(rule))))
        count = len(self.catalogue.rules)
        return {word: math.log((1 + count) / (1 + n)) for word, n in use.items()}

    @cached_property
    def of_rules(self) -> Mapping[str, dict[str, float]]:
        """The vector of each rule."""
        return {rule.id: self.vector(_rule_text(rule)) for rule in self.catalogue.rules.values()}

    def vector(self, text: str) -> dict[str, float]:
        """Return a text's words with their weights, of length one; words that no rule uses are left out."""
        counts = Counter(_words(text))
        weighed = {word: (1 + math.log(n)) * self.weights[word] for word, n in counts.items() if word in self.weights}
        length = math.sqrt(sum(weight * weight for weight in weighed.values())) or 1.0
        return {word: weight / length for word, weight in weighed.items()}

    def rank(self, entry: Entry) -> list[tuple[float, str]]:
        """Return the rules by how alike their words are to an entry's, most alike first."""
        vector = self.vector(_entry_text(entry))
        return sorted(((_alike(vector, other), rule) for rule, other in self.of_rules.items()), reverse=True)


def _alike(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    return sum(weight * other.get(word, 0.0) for word, weight in one.items())


def _words(text: str) -> list[str]:
    return [_stem(word.lower()) for word in _WORD.findall(text) if word.lower() not in _STOP]


def _stem(word: str) -> str:
    for ending in ("ations", "ation", "ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def _rule_text(rule: Rule) -> str:
    kind = " ".join([rule.kind.replace("-", " ")] * 3)
    about = " ".join([rule.id.replace("-", " "), rule.title] * 3)
    return f"{kind} {about} {re.sub('{.*?}', '', rule.issue)} {rule.fix} {rule.lesson}"


def _entry_text(entry: Entry) -> str:
    prose = re.sub(r"```.*?```", "", entry.issue, flags=re.S)
    return f"{' '.join([entry.title] * 4)} {prose} {entry.root_cause}"


def agree(results: Iterable[Graded], experts: Mapping[str, str], catalogue: Catalogue) -> Agreement:
    """Compare results with analyses.

    `experts` maps a response's id, or a task, to the text of an analysis: that of the response goes before that of its task,
    which all models and samples are compared with. Responses without one are left out.
    """
    words = Words(catalogue)
    matches: list[Match] = []
    responses: list[Held] = []
    used: set[str] = set()
    for one in results:
        key = one.id if one.id in experts else one.task
        if key not in experts:
            continue
        used.add(key)
        found = one.result["failures"]
        entries = parse_analysis(experts[key]).entries
        pairs = _paired(entries, found, words)
        responses.append(Held(one.id, one.model, one.task, len(found), len(pairs)))
        for index, entry in enumerate(entries):
            failure = found[pairs[index]] if index in pairs else {"rule": "", "level": ""}
            matches.append(Match(one.id, one.model, one.task, entry, failure["rule"], failure["level"]))
    return Agreement(tuple(matches), tuple(responses), tuple(sorted(set(experts) - used)))


def _paired(entries: Sequence[Entry], failures: Sequence[dict[str, Any]], words: Words) -> dict[int, int]:
    """Return the failure that says what an entry says, each by its index: one failure for one entry, as alike as possible in all."""
    import networkx as nx

    graph: nx.Graph[tuple[str, int]] = nx.Graph()
    for index, entry in enumerate(entries):
        for place, alike in _alike_failures(entry, failures, words):
            graph.add_edge(("entry", index), ("failure", place), weight=alike)
    found = (sorted(pair) for pair in nx.max_weight_matching(graph))
    return {index: place for (_, index), (_, place) in found}


def _alike_failures(entry: Entry, failures: Sequence[dict[str, Any]], words: Words) -> Iterator[tuple[int, float]]:
    """Yield the failures that may be what an entry says, by index, with how alike they are; at the same level a little more."""
    ranked = words.rank(entry)
    order = {rule: place for place, (_, rule) in enumerate(ranked)}
    score = {rule: alike for alike, rule in ranked}
    kinds = {words.catalogue.rules[rule].kind for _, rule in ranked[:RANK]}
    for index, failure in enumerate(failures):
        rule = failure["rule"]
        near = order.get(rule, RANK) < RANK or failure["kind"] in kinds
        alike = score.get(rule, 0.0)
        close = alike >= ALIKE or (near and alike >= ALIKE / 2)
        if close and (alike >= 2 * ALIKE or _same_place(entry, failure)):
            yield index, alike + 0.01 * (failure["level"] == entry.level)


def _same_place(entry: Entry, failure: dict[str, Any]) -> bool:
    """Whether a failure is at a resource or type that an entry names, or the entry names none."""
    text = f"{entry.title}\n{entry.issue}\n{entry.fix}"
    names = {one or other for one, other in _NAME.findall(text)} | set(re.findall(r"\b[A-Z][a-z]+[A-Z]\w+\b", text))
    types = set(_TYPE.findall(text))
    evidence = failure["evidence"]
    resources = {one["resource"] for one in evidence if one["resource"]}
    of_types = {one["type"] for one in evidence if one["type"]}
    if resources & names or of_types & types:
        return True
    services = {type.split("::")[1].lower() for type in of_types if type.count("::") == 2}
    if any(service in text.lower() for service in services):
        return True
    return not types and not resources & names and not of_types


def read_experts(folder: Path) -> dict[str, str]:
    """Return the analyses below a folder by what they are about, a task or the id of a response.

    `<task>/MODEL_FAILURES.md`, `<task>.md`, or `<id>/MODEL_FAILURES.md` with the id of a response. Raises InputError where there is none.
    """
    if not folder.is_dir():
        raise InputError("no such folder of analyses", folder)
    found = {path.stem: path for path in sorted(folder.glob("*.md")) if path.name not in (PROMPT, "README.md", EXPERT)}
    for depth in range(1, DEEPEST + 1):
        paths = sorted(folder.glob("/".join(["*"] * depth + [EXPERT])))
        found |= {path.parent.relative_to(folder).as_posix(): path for path in paths}
    if not found:
        raise InputError(f"no analysis here: <task>/{EXPERT} or <task>.md is wanted", folder)
    return {about: plain_file(path).read_text("utf-8", "replace") for about, path in found.items()}
