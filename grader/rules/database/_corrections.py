"""Edits that correct engine versions and tokens."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue.corrections import literal_place, node_at, set_value, steps_of, template_of
from grader.model import Edit, Finding
from grader.template import Scalar


def offered_version(case: Case, finding: Finding) -> Iterator[Edit]:
    """Give the version that a finding needs, where the template spells the version out, or in the default of a parameter."""
    template = template_of(case, finding)
    steps = steps_of(template, finding) if template else None
    place = literal_place(template, steps) if template and steps else None
    needed = finding.facts.get("needed", "")
    node = node_at(template, place) if template and place else None
    if place and needed and isinstance(node, Scalar) and node.text == finding.facts.get("value"):
        yield set_value(place, needed)


def token_without_punctuation(case: Case, finding: Finding) -> Iterator[Edit]:
    """Generate the token of a cache without punctuation."""
    yield set_value(
        ("Resources", finding.facts["value"], "Properties", "GenerateSecretString", "ExcludePunctuation"), True
    )
