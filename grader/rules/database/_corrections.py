"""Edits that correct engine versions, tokens and Performance Insights."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue.corrections import (
    literal_place,
    names_in,
    node_at,
    removed,
    set_value,
    steps_of,
    template_of,
    without_names,
)
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


# RDS rejects these on an instance without Performance Insights (InvalidParameterCombination).
# Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
_OF_INSIGHTS = ("PerformanceInsightsRetentionPeriod", "PerformanceInsightsKMSKeyId")


def without_insights(case: Case, finding: Finding) -> Iterator[Edit]:
    """Turn Performance Insights off, and remove the properties that require it."""
    template = template_of(case, finding)
    instance = template.resources.get(finding.resource) if template else None
    if template is None or instance is None:
        return
    properties = ("Resources", instance.name, "Properties")
    switch = (*properties, "EnablePerformanceInsights")
    yield set_value(switch, False)
    is_advanced = case.scopes[template.file].text(instance.get("DatabaseInsightsMode")).lower() == "advanced"
    gone = [switch]
    for name in (*_OF_INSIGHTS, *(["DatabaseInsightsMode"] if is_advanced else [])):
        edit = removed(template, (*properties, name))
        if edit is not None:
            yield edit
            gone.append((*properties, name))
    yield from without_names(template, [name for steps in gone for name in names_in(template, steps)], *gone)


def token_without_punctuation(case: Case, finding: Finding) -> Iterator[Edit]:
    """Generate the token of a cache without punctuation."""
    yield set_value(
        ("Resources", finding.facts["value"], "Properties", "GenerateSecretString", "ExcludePunctuation"), True
    )
