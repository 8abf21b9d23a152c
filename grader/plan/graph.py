"""The graph of a template's resources after conditions: the order of creation, and circles.

Order comes from the standard library; networkx, whose import takes longer than most plans, is asked only about circles.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from grader.case import Case
from grader.model import Location
from grader.plan.model import PlanCode, Problem
from grader.plan.references import choice
from grader.template import Scope, Template

if TYPE_CHECKING:
    import networkx

Graph = Mapping[str, set[str]]
MAX_CYCLES = 20
MAX_STARTS = 200
_KINDS = ("Ref", "GetAtt", "Sub", "DependsOn")


def dependencies(template: Template, scope: Scope) -> Graph:
    """Return the resources that may be created, each with those that it needs first."""
    graph: dict[str, set[str]] = {
        name: set() for name, resource in template.resources.items() if scope.exists(resource) is not False
    }
    for use in template.references:
        joins = use.section == "Resources" and use.kind in _KINDS and use.owner in graph and use.target in graph
        if joins and choice(template, scope, use) is not False:
            graph[use.owner].add(use.target)
    return graph


def graph_of(case: Case, template: Template) -> Graph:
    """Return the `dependencies` of a template of a case, worked out once."""
    key = (dependencies, template.file)
    found: Graph | None = case.kept.get(key)
    if found is None:
        found = case.kept[key] = dependencies(template, case.scopes[template.file])
    return found


def creation_order(graph: Graph) -> list[str]:
    """Return the resources in an order of creation, alphabetical where there is a choice; those in a circle come last."""
    circles = set().union(*_circles(graph))
    sorter = TopologicalSorter({name: needs - circles for name, needs in graph.items() if name not in circles})
    sorter.prepare()
    order: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        order.extend(ready)
        sorter.done(*ready)
    return order + sorted(circles)


def _circles(graph: Graph) -> list[set[str]]:
    """Return the sets of names that are joined in circles, one that refers to itself among them."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError:
        import networkx

        whole = _directed(graph)
        components = networkx.strongly_connected_components(whole)
        circles = [one for one in components if len(one) > 1 or whole.has_edge(*(2 * tuple(one)))]
        return sorted(circles, key=min)
    return []


def _directed(graph: Graph) -> networkx.DiGraph[str]:
    """Return a graph for networkx: an edge leads to a resource from one that it needs."""
    import networkx

    directed: networkx.DiGraph[str] = networkx.DiGraph()
    directed.add_nodes_from(
        sorted(graph)
    )  # in one order, so that of two ways of one length the same is shown each time
    directed.add_edges_from((need, name) for name in sorted(graph) for need in sorted(graph[name]))
    return directed


def check_cycles(template: Template, graph: Graph) -> Iterator[Problem]:
    """Report each circle of resources by its shortest way round."""
    # A serverless resource becomes several, which need not depend on each other as the one does.
    types = {name: resource.type for name, resource in template.resources.items()}
    plain = (one for one in _circles(graph) if not any(types[name].startswith("AWS::Serverless::") for name in one))
    for component in itertools.islice(plain, MAX_CYCLES):
        cycle = _shortest(graph, component)
        way = " -> ".join([*cycle, cycle[0]])
        for name in cycle:
            resource = template.resources[name]
            facts = {"value": way, "says": way}
            message = f"depends on itself by way of {way}"
            yield Problem(
                code=PlanCode.CYCLE,
                location=Location(file=template.file, line=resource.line, resource=name, type=resource.type),
                message=message,
                facts=facts,
            )


def _shortest(graph: Graph, component: set[str]) -> list[str]:
    """Return a shortest circle through names that are all joined, starting at its first name; bounded in work."""
    import networkx

    directed = _directed({name: graph[name] & component for name in component})
    best: list[str] = []
    for start in sorted(component)[:MAX_STARTS]:
        if directed.has_edge(start, start):
            return [start]
        ways = networkx.single_source_shortest_path(directed, start, cutoff=len(best) - 2 if best else None)
        back = [ways[before] for before in directed.predecessors(start) if before in ways]
        way = min(back, key=lambda one: (len(one), one), default=[])
        if way and (not best or len(way) < len(best)):
            best = way
        if len(best) == 2:
            break
    return best or sorted(component)


def check_conditions(template: Template) -> Iterator[Problem]:
    """Report conditions that are defined by themselves."""
    graph: dict[str, set[str]] = {}
    for use in template.references:
        if use.section == "Conditions" and use.kind == "Condition" and use.target in template.conditions:
            graph.setdefault(use.owner, set()).add(use.target)
    for component in _circles(graph):
        first = min(component)
        message = f"the conditions {' -> '.join(_shortest(graph, component))} define each other"
        yield Problem(
            code=PlanCode.CONDITION_CYCLE,
            location=Location(file=template.file, line=template.line_of("Conditions", first), resource=first),
            message=message,
        )
