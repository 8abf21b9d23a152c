"""The rules of unmet requirements: what a prompt asks for and an answer does not have, by what it is about.

Findings of these rules come from the requirements that are read from a prompt (see grader.judgement.unmet), which write
the texts anew for each failure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from grader.catalogue.rule import Rule
from grader.model import Requirement
from grader.support.validation import load_yaml

DETECTOR = "prompt"
_REFERENCE = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html"
)


class TopicFile(BaseModel):
    """A topic of unmet.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    topic: str
    pattern: str
    kind: str
    category: str
    title: str
    fix: str
    reference: str = _REFERENCE


@cache
def _topics() -> tuple[TopicFile, ...]:
    path = Path(__file__).with_name("unmet.yaml")
    return tuple(TopicFile.model_validate(entry) for entry in load_yaml(path))


def unmet_rules() -> Iterator[Rule]:
    """Yield the rule of each topic."""
    for one in _topics():
        yield Rule(
            id=f"unmet-{one.topic}",
            kind=one.kind,
            level="High",
            category=one.category,
            title=one.title,
            issue="The answer does not meet what a line of the prompt asks for.",
            fix=one.fix,
            root_cause="The answer was not compared with this line of the prompt.",
            lesson="Go through the prompt sentence by sentence, and point to the resource and property that meets each.",
            reference=one.reference,
            stands_for=(f"{DETECTOR}:{one.topic}",),
            fails=(),
            passes=(),
        )


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((one.topic, re.compile(one.pattern)) for one in _topics())


def topic_of(asked: Requirement) -> str:
    """Return what a requirement is about, as the topic of a rule `unmet-<topic>`."""
    text = f"{asked.about} {' '.join(asked.types)} {asked.title}".lower()
    is_named = asked.title and asked.about in ("resource", "count", "property", "value", "forbid")
    words = text if is_named else f"{text} {asked.quote.lower()}"  # a sentence names other things beside the one
    return next(topic for topic, pattern in _patterns() if pattern.search(words))
