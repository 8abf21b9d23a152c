"""Judges of what templates must not write out: accounts, images, regions and zones."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from grader.case import Case
from grader.catalogue import RuleFinding
from grader.detectors.requirements.answer import Answer
from grader.detectors.requirements.verdict import UNSEEN, Verdict, judge, met, unjudged, unmet
from grader.model import Located
from grader.rules.compute import hardcoded_ami
from grader.rules.delivery import hardcoded_account, hardcoded_zone
from grader.task.reading import Demand
from grader.template import Call, walk

_CHECKS: dict[str, Callable[[Case], Iterable[RuleFinding]]] = {
    "account": hardcoded_account.check,
    "image": hardcoded_ami.check,
    "zone": hardcoded_zone.check,
}
_IMAGE_PATHS = ("ImageId", "LaunchTemplateData.ImageId")


def written_out(answer: Answer, kinds: Iterable[str]) -> list[Located]:
    """Return where templates write out accounts, images or zones, as the rules report it."""
    return [
        Located(location=found.location, message=found.message)
        for kind in kinds
        for found in _CHECKS[kind](answer.case)
    ]


def closed_mappings(answer: Answer) -> list[Located]:
    """Return the instances whose image is in a mapping by region, which has no image for other regions."""
    found = []
    for one in answer.of(("AWS::EC2::Instance", "AWS::EC2::LaunchTemplate")):
        for path in _IMAGE_PATHS:
            node = one.resource.get(path)
            calls = [part for _, part in walk(node) if isinstance(part, Call)] if node is not None else []
            if any(call.name == "Fn::FindInMap" for call in calls):
                found.append(one.located("takes its image from a mapping of some regions", path))
    return found


@judge("no-literal")
def no_literal(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether the templates write out none of the things that the lexicon's entry names."""
    kinds = demand.check.arguments.get("kinds", ())
    found = written_out(answer, [str(kind) for kind in kinds] if isinstance(kinds, list) else [])
    if found:
        return unmet(f"{found[0].resource} {found[0].message}", found)
    return unjudged(UNSEEN) if answer.is_opaque or not answer.built else met()
