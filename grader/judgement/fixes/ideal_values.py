"""Edits from the ideal answer: the value that it has where a rule finds nothing in it, with the response's own names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from grader.catalogue.corrections import node_at, set_value, steps_of
from grader.judgement.fixes.sound import is_outside
from grader.judgement.fixes.translate import UntranslatableError, translation
from grader.judgement.ideal import IdealAnswer, Standing
from grader.model import Edit, Finding, Steps
from grader.template import Template, plain

MAX_SIZE = 2_000  # characters of a value that is taken over


def by_ideal(ideal: IdealAnswer, template: Template, finding: Finding) -> Iterator[Edit]:
    """Yield the edit that gives a property the ideal answer's value, where the same rule finds nothing at its counterpart.

    None where the ideal does without the property, and where its value names something that the response does not have.
    """
    steps = steps_of(template, finding)
    if not steps or steps[0] != "Resources" or len(steps) < 4 or ideal.standing(finding) is not Standing.OTHERWISE:
        return
    difference = ideal.difference
    twin = difference.pairs.get((finding.file, finding.resource))
    item = difference.right.items.get(twin) if twin else None
    if item is None:
        return
    steps = _above_functions(steps)
    node = node_at(item.template, ("Resources", item.resource.name, *steps[2:]))
    if node is None:
        return
    parameters: dict[str, Any] = {}
    names = replace(translation(difference, item.template, template), parameters=parameters)
    try:
        value = names.value(plain(node))
    except UntranslatableError:
        return
    is_same = value == plain(node_at(template, steps))
    if is_outside(value, template.text):  # what creates it is not in these lines
        return
    if is_same or len(str(value)) > MAX_SIZE or parameters.keys() & template.resources.keys():
        return
    for name, declaration in parameters.items():
        yield set_value(("Parameters", name), declaration)
    yield set_value(steps, value)


def _above_functions(steps: Steps) -> Steps:
    """Return a path up to the first function: a value is taken over as a whole."""
    cut = next((index for index, step in enumerate(steps) if str(step).startswith("Fn::") or step == "Ref"), None)
    return steps[:cut] if cut else steps
