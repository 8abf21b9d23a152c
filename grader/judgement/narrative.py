"""Sentences of a failure: a rule's templates filled with what was found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress

from grader.model import Finding
from grader.support.markdown import code, enumerated, listed

# The facts that are sentences already, and how many are shown: what in this answer leads to the finding, what corrects it, and what AWS
# does with it. Their values are code spans.
MAX_SENTENCES = {"because": 2, "remedy": 4, "consequence": 2}
# An engine's message, and the clause of a sentence that says the same, whose values are code spans.
SAYS, PLAIN = "says", "plain"
MAX_CLAUSES = 3
_AT_LINE = re.compile(r"(.*) \(line (\d+)\)")
_TOKEN = re.compile(r"\{\{|\}\}|\{(#?)([^{}|]*)\|([^{}|]*)\}|\{(\w+)\}")
_SENTENCE = re.compile(r".+?(?:[.!?]\s+|$)", re.S)
# What a finding need not have, and the words for it.
_ABSENT = {
    "resource": "the resource",
    "resources": "the resources",
    "type": "the resource type",
    "types": "the resource types",
    "file": "the response",
    "files": "the response",
    "path": "the property",
    "paths": "the properties",
}


class PlaceholderError(ValueError):
    """A template has a placeholder that no finding has a fact for."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no finding has a fact for the placeholder {{{name}}}")


def fill(template: str, findings: Sequence[Finding]) -> str:
    """Fill a rule's template; raise PlaceholderError for a placeholder that no finding has a fact for.

    `{resource}`, `{type}`, `{file}`, `{line}`, `{path}` and any fact come from the first finding that has it;
    `{resources}`, `{files}`, `{types}` and any fact with an `s` behind its name list all of them; `{count}` is how many.
    `in {file}` names all files, too.
    `{because}`, `{remedy}` and `{consequence}` are sentences that a check wrote about its finding, the first few where several
    differ. `{is|are}` is the first word for one resource and the second for several, `{#is|are}` for one finding and for several.
    `{{` and `}}` are braces: `${{Name}}` is written `${Name}`.
    """
    many = len({finding.resource for finding in findings}) > 1

    def written(token: re.Match[str]) -> str:
        of_findings, singular, plural, name = token.groups()
        if name == "file" and template[: token.start()].endswith(("In ", "in ")):
            name = "files"
        if name is not None:
            return _value(name, findings)
        if singular is not None:
            return str(plural if (len(findings) > 1 if of_findings else many) else singular)
        return token[0][0]

    return _TOKEN.sub(written, template)


def narrate(template: str, findings: Sequence[Finding]) -> str:
    """Fill a rule's template sentence by sentence; leave out a sentence with a placeholder that no finding has a fact for.

    Other detectors report under the same rule as its own check, and have fewer facts.
    """
    sentences = []
    for sentence in _SENTENCE.findall(template):
        with suppress(PlaceholderError):
            sentences.append(fill(sentence, findings))
    return "".join(sentences).rstrip()


def _value(name: str, findings: Sequence[Finding]) -> str:
    if name == "count":
        return str(len(findings))
    if name in MAX_SENTENCES:
        sentences = dict.fromkeys(finding.facts.get(name, "") for finding in findings)
        return " ".join([sentence for sentence in sentences if sentence][: MAX_SENTENCES[name]])
    if name == SAYS and (clauses := _clauses(findings)):
        return clauses
    single = _facts(name, findings)
    if single:
        return single[0] if name == "line" or name.endswith("_line") else code(single[0])
    many = _facts(name[:-1], findings) if name.endswith("s") else []
    if any(many):
        return listed(many)
    if name in _ABSENT:
        return _ABSENT[name]
    raise PlaceholderError(name)


def _clauses(findings: Sequence[Finding]) -> str:
    """Return what engines say of the findings, the first few clauses of different places, and how many more there are."""
    if not any(one.facts.get(PLAIN) for one in findings):
        return ""
    clauses = _with_lines(
        one.facts.get(PLAIN) or code(one.facts.get(SAYS, "")) for one in findings if SAYS in one.facts
    )
    more = len(clauses) - MAX_CLAUSES
    places = "1 more place" if more == 1 else f"{more} more places"
    return "; ".join(clauses[:MAX_CLAUSES]) + (f"; and {places}" if more > 0 else "")


def _with_lines(clauses: Iterable[str]) -> list[str]:
    """Return clauses without repetition; those that differ in their last word, `(line 7)`, become one with all lines."""
    lines: dict[str, list[str]] = {}
    for clause in clauses:
        said = _AT_LINE.fullmatch(clause)
        numbers = lines.setdefault(said[1] if said else clause, [])
        if said and said[2] not in numbers:
            numbers.append(said[2])
    return [
        f"{clause} ({'line' if len(numbers) == 1 else 'lines'} {enumerated(numbers)})" if numbers else clause
        for clause, numbers in lines.items()
    ]


def _facts(name: str, findings: Sequence[Finding]) -> list[str]:
    return [fact for finding in findings if (fact := _fact(name, finding)) is not None]


def _fact(name: str, finding: Finding) -> str | None:
    if name in finding.facts:
        return finding.facts[name]
    if name in ("resource", "type", "file", "path"):
        value: str = getattr(finding, name)
        return value or None
    return str(finding.line) if name == "line" else None
