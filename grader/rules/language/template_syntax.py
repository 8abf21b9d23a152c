"""Templates that cannot be parsed."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location


def check(case: Case) -> Iterator[RuleFinding]:
    """Report templates that are no YAML or JSON, and keys written twice in one mapping."""
    for broken in case.broken:
        yield RuleFinding(
            location=Location(file=broken.file, line=broken.error.line),
            message=broken.error.message,
            facts={"value": broken.error.message},
        )
    for template in case.templates:
        for twice in template.duplicates:
            message = f"the key {twice.key} stands twice, first at line {twice.first_line}"
            yield RuleFinding(
                location=Location(file=template.file, line=twice.line), message=message, facts={"value": message}
            )


RULE = Rule(
    id="template-syntax",
    kind="template-syntax",
    level="Critical",
    category="syntax",
    title="Template that cannot be parsed",
    issue="{file} is not a template that CloudFormation can read; line {line} says why: {value}. Nothing of it is created, and "
    "nothing else in it could be judged.",
    fix="Correct line {line} of {file}, then validate the file before handing it over.",
    root_cause="The text was written without being parsed once.",
    lesson="Parse every template before delivering it.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html",
    cost="No deployment at all.",
    security="None: nothing is created.",
    performance="None: nothing is created.",
    stands_for=("plan:syntax", "cfn-lint:E0000", "cloudformation-validate:F1101", "cloudformation-validate:F0000"),
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
        example("""
Resources:
  Topic:  # finds
    Type: AWS::SNS::Topic
  Topic:  # finds
    Type: AWS::SNS::Topic
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
