"""The graph of a template's resources after conditions: the order of creation, and circles."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from grader.plan.model import Problem
from grader.plan.references import choice
from grader.template import Scope, Template

if TYPE_CHECKING:
    import networkx

MAX_CYCLES = 20
MAX_STARTS = 200
_KINDS = ("Ref", "GetAtt", "Sub", "DependsOn")


def dependencies(template: Template, scope: Scope) -> networkx.DiGraph[str]:
    """Return the graph of the resources that may be created: an edge leads to a resource from one that it needs first."""
    import networkx

    graph: networkx.DiGraph[str] = networkx.DiGraph()
    graph.add_nodes_from(name for name, resource in template.resources.items() if scope.exists(resource) is not False)
    for use in template.references:
        joins = use.section == "Resources" and use.kind in _KINDS and use.owner in graph and use.target in graph
        if joins and choice(template, scope, use) is not False:
            graph.add_edge(use.target, use.owner)
    return graph


def creation_order(graph: networkx.DiGraph[str]) -> list[str]:
    """Return the resources in an order of creation, alphabetical where there is a choice; those in a circle come last."""
    import networkx

    rest = graph.copy()
    for component in _circles(graph):
        rest.remove_nodes_from(component)
    order = list(networkx.lexicographical_topological_sort(rest))
    return order + sorted(set(graph) - set(order))


def _circles(graph: networkx.DiGraph[str]) -> Iterator[set[str]]:
    """Yield the sets of names that are joined in circles, one that refers to itself among them."""
    import networkx

    for component in networkx.strongly_connected_components(graph):
        if len(component) > 1 or graph.has_edge(*(2 * tuple(component))):
            yield component


def check_cycles(template: Template, graph: networkx.DiGraph[str]) -> Iterator[Problem]:
    """Report each circle of resources by its shortest way round."""
    # A serverless resource becomes several, which need not depend on each other as the one does.
    types = {name: resource.type for name, resource in template.resources.items()}
    plain = (one for one in _circles(graph) if not any(types[name].startswith("AWS::Serverless::") for name in one))
    for component in itertools.islice(plain, MAX_CYCLES):
        cycle = _shortest(graph.subgraph(component))
        way = " -> ".join([*cycle, cycle[0]])
        for name in cycle:
            resource = template.resources[name]
            message = f"depends on itself by way of {way}"
            yield Problem(
                "cycle", template.file, resource.line, message, name, resource.type, "", {"value": way, "says": way}
            )


def _shortest(component: networkx.DiGraph[str]) -> list[str]:
    """Return a shortest circle of a strongly connected graph, starting at its first name; bounded in work."""
    import networkx

    best: list[str] = []
    for start in sorted(component)[:MAX_STARTS]:
        if component.has_edge(start, start):
            return [start]
        ways = networkx.single_source_shortest_path(component, start, cutoff=len(best) - 2 if best else None)
        back = [ways[before] for before in component.predecessors(start) if before in ways]
        way = min(back, key=lambda one: (len(one), one), default=[])
        if way and (not best or len(way) < len(best)):
            best = way
        if len(best) == 2:
            break
    return best or sorted(component)


def check_conditions(template: Template) -> Iterator[Problem]:
    """Report conditions that are defined by themselves."""
    import networkx

    graph: networkx.DiGraph[str] = networkx.DiGraph()
    for use in template.references:
        if use.section == "Conditions" and use.kind == "Condition" and use.target in template.conditions:
            graph.add_edge(use.target, use.owner)
    for component in _circles(graph):
        first = min(component)
        message = f"the conditions {' -> '.join(_shortest(graph.subgraph(component)))} define each other"
        yield Problem("condition-cycle", template.file, template.line_of("Conditions", first), message, first)
