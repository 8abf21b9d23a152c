"""Templates that cannot be parsed."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.support.markdown import code


def check(case: Case) -> Iterator[RuleFinding]:
    """Report templates that are neither YAML nor JSON."""
    for broken in case.broken:
        yield RuleFinding(
            location=Location(file=broken.file, line=broken.error.line),
            message=broken.error.message,
            facts={"value": broken.error.message, "because": _because(broken.text, broken.error.line)},
        )


def _because(text: str, line: int) -> str:
    """Quote the line at which the parser stops."""
    lines = text.split("\n")
    shown = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    return (
        f"The parser stops at line {line} of {len(lines)}: {code(shown)}."
        if shown
        else f"The parser stops at line {line}."
    )


RULE = Rule(
    id="template-syntax",
    kind="template-syntax",
    level="Critical",
    category="syntax",
    title="Template that cannot be parsed: {files}",
    issue="{file} cannot be read as YAML or JSON, at line {line}: {value}. CloudFormation rejects it, and creates nothing.",
    fix="Correct line {line} of {file}, and validate the file before it is delivered.",
    root_cause="{because}",
    lesson="Parse every template before it is delivered.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html",
    aws_behaviour="CloudFormation rejects the text with a template format error.",
    stands_for=("plan:syntax",),
    check=check,
    fails=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: [orders
  Queue:  # finds
    Type: AWS::SQS::Queue
"""),
    ),
    passes=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: orders
"""),
    ),
)
