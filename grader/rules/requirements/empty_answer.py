"""Answers without a word."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Example, Rule, RuleFinding, example
from grader.plan.answer import AnswerKind, kind_of
from grader.rules._answers import whole


def check(case: Case) -> Iterator[RuleFinding]:
    """Report an answer without text."""
    if kind_of(case) is AnswerKind.EMPTY:
        yield whole(case, "the answer is empty")


RULE = Rule(
    id="empty-answer",
    kind="empty-answer",
    level="Critical",
    category="requirements",
    title="The answer is empty",
    issue="The answer holds no text. Nothing was delivered.",
    fix="Write the CloudFormation template that the prompt asks for.",
    root_cause="The answer contains white space only.",
    lesson="End an answer only when the template is written.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html",
    aws_behaviour="CloudFormation has no template to create a stack from.",
    check=check,
    fails=(Example({"README.md": " \n"}),),
    passes=(
        Example({"README.md": "A bucket should be created for the logs.\n"}),
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
"""),
    ),
)
