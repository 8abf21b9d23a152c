"""The rule ids that a rubric uses: former ids are replaced by the current ones, unknown ids are refused."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path

from grader.catalogue import Catalogue
from grader.errors import InputError
from grader.judgement.rubric import OverrideFile, Rubric
from grader.support.validation import line_of


def with_current_ids(rubric: Rubric, catalogue: Catalogue) -> Rubric:
    """Return a rubric whose overrides are under the current ids of the rules; an override of a current id has precedence."""
    overrides = rubric.fields.rules
    moved: dict[str, OverrideFile] = {}
    for name, override in overrides.items():
        for current in catalogue.renamed(name):
            moved.setdefault(current, override)
    if not moved:
        return rubric
    return replace(rubric, fields=rubric.fields.model_copy(update={"rules": moved | dict(overrides)}))


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


def unknown_rule(name: str, known: Collection[str]) -> str:
    """Return the message for an id that no rule has, with the most similar id where one is similar."""
    similar = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {similar[0]}?" if similar else "see `grade rules list`"
    return f"unknown rule {name!r}: {hint}"
