"""Templates that cannot be parsed."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.plan.answer import AnswerKind, cut_off, kind_of
from grader.rules.language._syntax import breaks
from grader.support.markdown import code


def check(case: Case) -> Iterator[RuleFinding]:
    """Report where templates are neither YAML nor JSON.

    Silent on excerpts that an answer in prose shows, and where the answer is cut off, which other rules report.
    """
    if kind_of(case) is AnswerKind.PROSE:
        return
    for broken in case.broken:
        if cut_off(case) and broken.error.line >= len(broken.text.rstrip().split("\n")):
            continue
        places = breaks(broken.text, broken.error)
        for place in places:
            # One sentence for each place; the first finding has them all.
            remedy = " ".join(one.remedy for one in places) if place is places[0] else ""
            yield RuleFinding(
                location=Location(file=broken.file, line=place.line),
                message=place.reason.replace("`", ""),
                facts={
                    "says": place.reason,
                    "plain": place.reason,
                    "because": f"Line {place.line} is {code(place.shown)}.",
                    "remedy": remedy,
                },
            )


RULE = Rule(
    id="template-syntax",
    kind="template-syntax",
    level="Critical",
    category="syntax",
    title="Template that cannot be parsed: {files}",
    issue="{file} cannot be read as YAML or JSON: {says}. CloudFormation rejects it, and creates nothing.",
    fix="{remedy}",
    root_cause="{because}",
    lesson="Parse every template before it is delivered.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html",
    aws_behaviour="CloudFormation rejects the text with a template format error.",
    check=check,
    fails=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: [orders  # finds
  Queue:
    Type: AWS::SQS::Queue
"""),
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !Select [0, !GetAZs !Ref Region]  # finds
      TopicName: !Join ['-', !Split !Ref Name]  # finds
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
