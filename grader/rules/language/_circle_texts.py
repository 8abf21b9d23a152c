"""What makes a circle of resources, and what opens it, in words."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from grader.case import Case
from grader.catalogue.corrections import template_of
from grader.facts.order import needed_by
from grader.model import Finding
from grader.plan.graph import graph_of
from grader.rules._shared import with_facts
from grader.support.markdown import code, listed
from grader.support.text import series
from grader.template import Reference, Template

MAX_EDGES = 8
_GROUP = "AWS::EC2::SecurityGroup"


def because_circle(case: Case, finding: Finding) -> Finding | None:
    """Name the lines of the references that make a circle; None where one of them may mean a parameter of the same name."""
    template = template_of(case, finding)
    way = finding.facts.get("value", "") or (re.findall(r"\[(\w+(?: -> \w+)+)\]", finding.message) or [""])[0]
    names = [name.strip() for name in way.split("->")]
    if template is None or len(names) < 2:
        return finding
    if any(name in template.parameters for name in names):
        return None  # shared-logical-id reports it
    names = _turned(template, names)
    uses = [use for edge in _edges(case, template, names) if (use := _use(template, *edge))]
    facts = {"says": " -> ".join(names), "way": " -> ".join(names)}
    if not uses:
        return with_facts(finding, **facts)
    parts = [f"{code(use.owner)} refers to {code(use.target)} in line {use.line}" for use in uses]
    where = f"In {code(template.file)}, " if len(case.templates) > 1 else ""
    return with_facts(finding, **facts, because=f"{where}{series(parts)}.", remedy=_remedy(template, uses))


def _turned(template: Template, names: Sequence[str]) -> list[str]:
    """Return a circle in the direction of its references, from its first name in the alphabet."""
    ring = list(names[:-1])
    if not all(_use(template, *edge) for edge in itertools.pairwise(names)):
        ring.reverse()
    start = ring.index(min(ring))
    return [*ring[start:], *ring[: start + 1]]


def _edges(case: Case, template: Template, names: Sequence[str]) -> list[tuple[str, str]]:
    """Return who refers to whom among all resources that depend on each other; of many, in this circle alone."""
    graph = graph_of(case, template)
    joined = {name for name in needed_by(names[0], graph) if names[0] in needed_by(name, graph)} if graph else set()
    every = [(one, two) for one in sorted(joined) for two in sorted(graph[one] & joined)]
    return every if 0 < len(every) <= MAX_EDGES else list(itertools.pairwise(names))


def _use(template: Template, owner: str, target: str) -> Reference | None:
    found = (use for use in template.uses.get(target, ()) if use.owner == owner and use.section == "Resources")
    return min(found, key=lambda use: use.line, default=None)


def _remedy(template: Template, uses: Sequence[Reference]) -> str:
    """Say how this circle can be opened: with the resources that hold what refers back, or a name in place of a reference."""
    ways = []
    kinds = {name: one.type for name, one in template.resources.items()}
    if any(kinds.get(use.owner) == kinds.get(use.target) == _GROUP for use in uses):
        ways.append(f"move the rules for the other group into {code(_GROUP + 'Ingress')} and {code(_GROUP + 'Egress')}")
    roles = {
        use.owner: None
        for use in uses
        if kinds.get(use.owner) == "AWS::IAM::Role" and use.path[:2] == ("Properties", "Policies")
    }
    if roles:
        several = "policies" if len(roles) > 1 else "policy"
        verb = "refer" if len(roles) > 1 else "refers"
        ways.append(f"move the {several} of {listed(list(roles))} that {verb} back into {code('AWS::IAM::Policy')}")
    if any(use.kind == "DependsOn" for use in uses):
        ways.append("remove a DependsOn")
    ways.append("write a name, or an ARN with the name, instead of a reference")
    return f"Remove a dependency of each circle: {', or '.join(ways)}."
