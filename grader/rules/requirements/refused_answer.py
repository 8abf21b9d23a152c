"""Answers that decline the task."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Example, Rule, RuleFinding, example
from grader.plan.answer import AnswerKind, kind_of
from grader.rules._answers import whole


def check(case: Case) -> Iterator[RuleFinding]:
    """Report an answer that declines the task and holds no template."""
    if kind_of(case) is AnswerKind.REFUSED:
        yield whole(case, "the answer declines the task")


RULE = Rule(
    id="refused-answer",
    kind="refusal",
    level="Critical",
    category="requirements",
    title="The answer declines the task",
    issue="The answer declines to write the template. Nothing was delivered.",
    fix="Write the CloudFormation template that the prompt asks for.",
    root_cause="The text of the answer declines the request and contains no template.",
    lesson="Answer a request for ordinary infrastructure with a template.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html",
    aws_behaviour="CloudFormation has no template to create a stack from.",
    check=check,
    fails=(
        Example({"README.md": "I'm sorry, but I can't help with that request.\n"}),
        Example({"README.md": "Unfortunately I am not able to create infrastructure templates.\n"}),
    ),
    passes=(
        Example({"README.md": "A bucket should be created for the logs.\n"}),
        example("""
=== README.md
I'm sorry, I cannot provide the certificate; the rest follows.
=== template.yml
Resources:
  Topic:
    Type: AWS::SNS::Topic
"""),
    ),
)
