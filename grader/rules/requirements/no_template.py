"""Answers in prose, without a CloudFormation template."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Example, Rule, RuleFinding, example
from grader.plan.answer import AnswerKind, kind_of
from grader.rules._answers import whole


def check(case: Case) -> Iterator[RuleFinding]:
    """Report an answer that holds prose and no template."""
    if kind_of(case) is AnswerKind.PROSE:
        yield whole(case, "the answer holds no template")


RULE = Rule(
    id="no-template",
    kind="no-template",
    level="Critical",
    category="requirements",
    title="No CloudFormation template in the answer",
    issue="The answer describes a solution and holds no CloudFormation template. There is nothing to deploy as a stack.",
    fix="Deliver the resources as a CloudFormation template in YAML or JSON, with a Resources section.",
    root_cause="The answer explains what to build and stops before the template.",
    lesson="Answer with a complete template; explain beside it.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html",
    aws_behaviour="CloudFormation has no template to create a stack from.",
    check=check,
    fails=(Example({"README.md": "A bucket should be created for the logs.\n"}),),
    passes=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
"""),
        Example({"README.md": "I'm sorry, but I can't help with that request.\n"}),
    ),
)
