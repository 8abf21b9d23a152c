"""Sentences about what is deployed only with other parameter values."""

from __future__ import annotations

from collections.abc import Sequence

from grader.support.markdown import code, listed
from grader.template import Resource


def only_with(resource: Resource, parameters: Sequence[str]) -> str:
    """Return the sentence, with a final space, that a resource is created only with other values of some parameters."""
    return f"{code(resource.name)} is created only with another value of {listed(parameters)}; the stack deploys as it is. "
