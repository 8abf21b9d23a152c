"""Answers that end in the middle."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Example, Rule, RuleFinding, example
from grader.model import Location
from grader.plan.answer import cut_off


def check(case: Case) -> Iterator[RuleFinding]:
    """Report an answer that ends inside a block, or that the model's interface cut off."""
    reason = cut_off(case)
    if not reason:
        return
    files = [file for file in case.bundle.files if file.detail != "answer"] or list(case.bundle.files)
    if files:
        line = max(1, len(files[-1].text.rstrip("\n").split("\n")))
        yield RuleFinding(
            location=Location(file=files[-1].name, line=line),
            message=f"the answer ends here: {reason}",
            facts={"says": reason},
        )


RULE = Rule(
    id="answer-cut-off",
    kind="answer-cut-off",
    level="Critical",
    category="requirements",
    title="The answer is cut off",
    issue="The answer ends before it is complete, in {file} at line {line}. It was graded as far as it goes.",
    fix="Write the answer to its end: shorter, or in several files.",
    root_cause="Line {line} of {file} is the last one: {says}.",
    lesson="Plan an answer so that the templates fit, and put explanations behind them.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html",
    aws_behaviour="What is missing is not created, and a template that ends in the middle is refused.",
    check=check,
    fails=(
        Example(
            {
                "answer.md": "The template:\n\n```yaml\nResources:\n  Topic:\n    Type: AWS::SNS::Topic\n  Queue:\n"
                "    Type: AWS::SQS::Queue\n"
            }
        ),
        Example(
            {
                "answer.md": "The template:\n\n```yaml\nResources:\n  Topic:\n    Type: AWS::SNS::Topic\n"
                "Outputs:\n  Address:\n    Value: !Ref Topic\n    Export:\n"
            }
        ),
    ),
    passes=(
        Example({"answer.md": "The template:\n\n```yaml\nResources:\n  Topic:\n    Type: AWS::SNS::Topic\n```\n"}),
        Example(
            {
                "answer.md": "The template:\n\n```yaml\nResources:\n  Topic:\n    Type: AWS::SNS::Topic\n"
                "Outputs:\n  Address:\n    Value: !Ref Topic\n    Export: {Name: topic}\n"
            }
        ),
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
"""),
    ),
)
