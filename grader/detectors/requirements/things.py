"""Judges of whether something is there at all."""

from __future__ import annotations

import re

from grader.detectors.requirements.answer import Answer
from grader.detectors.requirements.verdict import Verdict, judge, met, unjudged, unmet
from grader.task.reading import Demand


@judge("exists")
def exists(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether a resource of a type that is asked for would be created."""
    types = demand.check.subjects[0]
    found = answer.of(types) or answer.inline(types)
    if found and demand.check.is_partial:
        return unjudged("the prompt asks more of it than that it is there")
    if found:
        return met([one.located("is created") for one in found])
    hidden = [one for one in answer.hidden if one.type in types]
    if hidden:
        one = hidden[0]
        return unmet(
            f"{one.name} is created only under the condition {one.resource.condition}, which is false by default",
            [one.located("is not created by default") for one in hidden],
        )
    if answer.is_opaque:
        return unjudged("a part of the answer cannot be seen")
    words = {word.lower() for word in re.findall(r"[A-Za-z]{3,}", demand.check.names)} - {"aws", "amazon"}
    custom = [one for one in answer.built if one.type.startswith(("Custom::", "AWS::CloudFormation::CustomResource"))]
    if any(word in f"{one.type}{one.name}".lower() for one in custom for word in words):
        return unjudged("a custom resource may create it")
    return unmet(f"the answer creates no {demand.check.names or demand.requirement.title}")


@judge("nothing")
def nothing(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether no resource of a type that the prompt excludes would be created."""
    found = answer.of(demand.check.subjects[0])
    if found:
        return unmet(f"the answer creates {found[0].name}", [one.located("is created") for one in found])
    return unjudged("a part of the answer cannot be seen") if answer.is_opaque else met()
