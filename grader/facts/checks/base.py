"""What every check gives, and what checks share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from grader.case import Case
from grader.facts.order import needed_by
from grader.facts.places import Place
from grader.plan.graph import dependencies


class Broken(NamedTuple):
    """Where a fact is broken, a phrase with what is there, and a level where it differs from the fact's own."""

    place: Place
    detail: str
    level: str = ""


Check = Callable[[Case, Place], Iterator[Broken]]


def waits_for(case: Case, root: Place, name: str) -> bool:
    """Whether a resource is created after another of its template."""
    return name in needed_by(root.resource.name, dependencies(root.template, case.scopes[root.template.file]))
