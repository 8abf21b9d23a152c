"""What a judge says of a demand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from grader.detectors.requirements.answer import Answer
from grader.model import DecidedBy, Located, RequirementStanding
from grader.task.reading import Demand, load_lexicon

MAX_PLACES = 10
UNSEEN = "a part of the answer cannot be seen"
HIDDEN = "it is created only under a condition that is false by default"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A standing, the places that it is based on, and what is there instead or why it is not judged.

    `is_hidden` tells that a resource is declared, and not created with the default values of the parameters. `decided_by` names
    the failures that decide the demand, where no judge can. `level` is the level of a demand that is met in part, or by default.
    """

    standing: RequirementStanding
    evidence: tuple[Located, ...] = ()
    reason: str = ""
    is_hidden: bool = False
    decided_by: DecidedBy | None = None
    level: str = ""


Judge = Callable[[Answer, Demand], Verdict]
JUDGES: dict[str, Judge] = {}


def judge(name: str) -> Callable[[Judge], Judge]:
    """Register a judge under the name that the lexicon uses."""

    def register(function: Judge) -> Judge:
        JUDGES[name] = function
        return function

    return register


def met(evidence: Iterable[Located] = (), reason: str = "") -> Verdict:
    """Return that a demand is met, at these places."""
    return Verdict(RequirementStanding.MET, tuple(evidence)[:MAX_PLACES], reason)


def unmet(reason: str, evidence: Iterable[Located] = ()) -> Verdict:
    """Return that a demand is not met, and what is there instead."""
    return Verdict(RequirementStanding.UNMET, tuple(evidence)[:MAX_PLACES], reason)


def unjudged(reason: str) -> Verdict:
    """Return that a demand is not judged, and why."""
    return Verdict(RequirementStanding.UNJUDGED, (), reason)


def absent(answer: Answer, types: Sequence[str], names: str) -> Verdict:
    """Return the verdict where an answer has nothing of some types: unmet only where the prompt asks for such a thing."""
    if answer.hides(types):
        return unjudged(UNSEEN)
    if any(one.type in types for one in answer.hidden):
        return unjudged(HIDDEN)
    if answer.inline(types):
        return unjudged("another resource brings it along")
    if not answer.asked.intersection(types):
        return unjudged("the answer has nothing that it would apply to")
    own = load_lexicon().name_of(types[0]) if ", " in names else names
    return unmet(f"the answer creates no {own or ' or '.join(type.rpartition('::')[2] for type in types)}")
