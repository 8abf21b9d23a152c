"""The rule ids that a rubric uses: former ids are replaced by the current ids, unknown ids are refused."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from grader.catalogue import Catalogue
from grader.errors import InputError
from grader.judgement.rubric import OverrideFile, Rubric
from grader.support.text import did_you_mean
from grader.support.validation import line_of


def with_current_ids(rubric: Rubric, catalogue: Catalogue) -> Rubric:
    """Return a rubric whose overrides are under the current ids of the rules; an override of a current id has precedence."""
    overrides = rubric.fields.rules
    moved: dict[str, OverrideFile] = {}
    for name, override in overrides.items():
        for current in catalogue.renamed(name):
            moved.setdefault(current, override)
    lists = {field: _current(getattr(rubric.fields, field), catalogue) for field in ("select", "ignore")}
    return replace(rubric, fields=rubric.fields.model_copy(update={"rules": moved | dict(overrides), **lists}))


def _current(names: Sequence[str], catalogue: Catalogue) -> list[str]:
    return [current for name in names for current in (catalogue.renamed(name) or (name,))]


def check_ids(rubric: Rubric, path: Path, catalogue: Catalogue, others: Callable[[], Collection[str]]) -> Iterator[str]:
    """Yield a note for each former id of a rubric file.

    `others` returns further ids that a rubric may use, those of requirements of tasks; it is called only where an id is
    not in the catalogue. Raises InputError, with file and line, for an id that is in neither.
    """
    for name in rubric.fields.rules:
        if name in catalogue.rules:
            continue
        line = line_of(path, ("rules", name))
        current = catalogue.renamed(name)
        if current:
            yield f"{path}:{line}: the rule {name} is now {' and '.join(current)}"
        elif name not in (allowed := others()):
            raise InputError(unknown_rule(name, [*catalogue.rules, *allowed]), path, line)


def check_names(names: Iterable[str], catalogue: Catalogue, others: Callable[[], Collection[str]], where: str) -> None:
    """Raise InputError for a name that is not the id, the subject or the kind of a rule.

    `others` returns further ids, those of requirements of tasks; `where` is where the names are from.
    """
    rules = catalogue.rules.values()
    known = {*catalogue.rules, *(rule.subject for rule in rules), *(rule.kind for rule in rules)}
    for name in names:
        if name not in known and not catalogue.renamed(name) and name not in (allowed := others()):
            hint = did_you_mean(name, {*known, *allowed}) or ": see `grade rules list`"
            raise InputError(f"{where}: no rule has the id, the subject or the kind {name!r}{hint}")


def unknown_rule(name: str, known: Collection[str]) -> str:
    """Return the message for an id that no rule has, with the most similar id where one is similar."""
    return f"unknown rule {name!r}{did_you_mean(name, known) or ': see `grade rules list`'}"
