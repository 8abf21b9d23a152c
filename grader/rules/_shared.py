"""What the conditions of several rules ask of a case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from grader.case import Case
from grader.catalogue.corrections import removed, steps_of, template_of
from grader.model import Edit, Finding
from grader.template import Resource, Template

# What a prompt writes that asks for an environment suffix.
SUFFIX = r"\b(environment|env)[ _-]?suffix|suffix(es)?\b[^.]{0,40}\benvironment"
_ENVIRONMENT = re.compile(r"env|stage|suffix", re.I)
PUBLIC_CIDRS = ("0.0.0.0/0", "::/0")


def environment_parameters(template: Template) -> tuple[str, ...]:
    """Return the parameters that tell environments apart by their names."""
    return tuple(name for name in template.parameters if _ENVIRONMENT.search(name))


def created(case: Case, *types: str) -> Iterator[tuple[Template, Resource]]:
    """Yield the resources of the given types that a deployment may create: their condition is not false."""
    for template, resource in case.resources(*types):
        if case.scopes[template.file].exists(resource) is not False:
            yield template, resource


def resource_at(case: Case, finding: Finding) -> tuple[Template, Resource] | None:
    """Return the template and the resource that a finding is about, None where it is about neither."""
    for template in case.templates:
        if template.file == finding.file and finding.resource in template.resources:
            return template, template.resources[finding.resource]
    return None


def with_facts(finding: Finding, *, level: str = "", **facts: str) -> Finding:
    """Return a finding with more facts, and another level where one is given."""
    return replace(finding, facts={**finding.facts, **facts}, level=level or finding.level)


def without_property(case: Case, finding: Finding) -> Iterator[Edit]:
    """Remove the property that a finding is about: the correction where AWS sets it itself, or does not take it."""
    template = template_of(case, finding)
    steps = steps_of(template, finding) if template else None
    edit = removed(template, steps) if template and steps else None
    if edit:
        yield edit
