"""Answers that end in the middle."""

from __future__ import annotations

from collections.abc import Iterator

from grader.bundle import NEVER_CLOSED
from grader.case import Case
from grader.catalogue import Example, Rule, RuleFinding, example
from grader.model import Location
from grader.plan.answer import cut_off
from grader.support.markdown import code

MAX_QUOTED = 80  # characters of the last line


def check(case: Case) -> Iterator[RuleFinding]:
    """Report an answer that ends inside a block, or that the model's interface cut off."""
    reason = cut_off(case)
    if not reason:
        return
    files = [file for file in case.bundle.files if file.detail != "answer"] or list(case.bundle.files)
    if files:
        lines = files[-1].text.rstrip("\n").split("\n")
        yield RuleFinding(
            location=Location(file=files[-1].name, line=len(lines)),
            message=f"the answer ends here: {reason}",
            facts={"because": _because(files[-1].name, lines, reason)},
        )


def _because(file: str, lines: list[str], reason: str) -> str:
    """Quote the last line of an answer, and say why it is not its end."""
    end = "the code block that holds it is never closed" if reason.endswith(NEVER_CLOSED) else reason
    last = " ".join(lines[-1].split())
    quoted = f" is {code(last[:MAX_QUOTED] + ('…' if len(last) > MAX_QUOTED else ''))}" if last else " is empty"
    return f"The last line of {code(file)}, line {len(lines)},{quoted}: {end}."


RULE = Rule(
    id="answer-cut-off",
    kind="answer-cut-off",
    level="Critical",
    category="requirements",
    title="The answer is cut off",
    issue="The answer ends before it is complete, in {file} at line {line}. It was graded as far as it goes.",
    fix="Write the answer to its end: shorter, or in several files.",
    root_cause="{because}",
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
