"""What every check gives, and what checks share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from grader.case import Case
from grader.facts.order import needed_by
from grader.facts.places import Place, identity, places, root_of
from grader.plan.graph import graph_of


class Broken(NamedTuple):
    """Where a fact is broken, a phrase with what is there, and a level where it differs from the fact's own.

    `later` is the resource that has to be created first, and may be created later; `needed` is what belongs there,
    and `referrer` the resource that refers to this one and so cannot precede it.
    """

    place: Place
    detail: str
    level: str = ""
    later: str = ""
    needed: str = ""
    referrer: str = ""


Check = Callable[[Case, Place], Iterator[Broken]]


def waits_for(case: Case, root: Place, name: str) -> bool:
    """Whether a resource is created after another of its template."""
    return name in needed_by(root.resource.name, graph_of(case, root.template))


def unordered(place: Place, later: str, level: str = "") -> Broken:
    """Report a resource that does not wait for another resource of its template."""
    return Broken(place, f"nothing makes {place.resource.name} wait for {later}", level, later)


def bucket_policies(case: Case, root: Place, bucket: str) -> Iterator[object]:
    """Yield the policies of a bucket; None for one that may be, and cannot be resolved."""
    for template, policy in case.resources("AWS::S3::BucketPolicy"):
        there = root_of(template, policy)
        [named] = places(case, there, "Bucket")
        found = identity(case, named)
        if template.file != root.template.file or found is None:
            yield None
        elif found == (root.template.file, bucket):
            document = case.scopes[template.file].value(policy.get("PolicyDocument"))
            yield document if isinstance(document, dict) else None
