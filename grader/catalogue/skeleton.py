"""A new rule, written as a file that passes its own examples and is to be changed into the author's own."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

from grader.errors import InputError

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

_SKELETON = '''"""Topics without a display name."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example


def check(case: Case) -> Iterator[RuleFinding]:
    """Report topics that have no DisplayName."""
    for template, topic in case.resources("AWS::SNS::Topic"):
        if topic.get("DisplayName") is None:
            yield at_property(template, topic, "", "has no DisplayName")


RULE = Rule(
    id="{rule_id}",
    kind="{rule_id}",
    level="Medium",
    category="naming",
    title="Topics without a display name",
    issue="{{resources}} in {{file}} {{has|have}} no DisplayName.",
    fix="Set DisplayName on {{resources}}.",
    root_cause="DisplayName is optional, and the response leaves it out.",
    lesson="Give each topic a display name.",
    reference="https://docs.aws.amazon.com/sns/latest/dg/sns-create-topic.html",
    check=check,
    fails=(
        example("""
Resources:
  Orders:  # finds
    Type: AWS::SNS::Topic
    Properties: {{FifoTopic: true, TopicName: orders.fifo}}
"""),
    ),
    passes=(
        example("""
Resources:
  Orders:
    Type: AWS::SNS::Topic
    Properties: {{DisplayName: orders}}
"""),
    ),
)
'''


def subject_folder(subject: str) -> Path:
    """Return the folder of the shipped rules of a subject. Raises InputError where there is none."""
    root = Path(importlib.import_module("grader.rules").__path__[0])
    known = sorted(path.name for path in root.iterdir() if (path / "__init__.py").is_file())
    if subject not in known:
        raise InputError(
            f"no subject {subject!r} (known here: {', '.join(known)}); a new subject is a new package in {root}"
        )
    return root / subject


def new_rule(rule_id: str, folder: Path) -> Path:
    """Write a rule that passes its own examples into a folder; return its file.

    Raises InputError for an id that is not words in lower case joined by hyphens, and where the file exists.
    """
    if not _ID.fullmatch(rule_id) or len(rule_id) > 60:
        raise InputError(
            f"{rule_id!r} cannot be the id of a rule: words in lower case, joined by hyphens, 60 characters at most"
        )
    path = folder / f"{rule_id.replace('-', '_')}.py"
    if path.exists():
        raise InputError("already exists: choose another id", path)
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(_SKELETON.format(rule_id=rule_id), "utf-8")
    return path
