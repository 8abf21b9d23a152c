"""Responses without a CloudFormation template."""

from __future__ import annotations

from collections.abc import Iterator

from grader.bundle import Kind
from grader.case import Case
from grader.catalogue import Example, Rule, RuleFinding, example
from grader.model import Location


def check(case: Case) -> Iterator[RuleFinding]:
    """Report a response that holds no template, naming the other language where it is written in one."""
    if case.templates or case.broken:
        return
    foreign = next(case.bundle.of_kind(Kind.FOREIGN), None)
    first = foreign or (case.bundle.files[0] if case.bundle.files else None)
    name = first.name if first else case.bundle.name
    found = f"{foreign.detail} ({foreign.name})" if foreign else "no template in any language"
    yield RuleFinding(
        location=Location(file=name, line=1), message=f"the response holds {found}", facts={"value": found}
    )


RULE = Rule(
    id="no-template",
    kind="wrong-resource",
    level="Critical",
    category="requirements",
    title="No CloudFormation template in the response",
    issue="The task asks for CloudFormation; the response holds {value}. There is nothing to deploy as a stack.",
    fix="Deliver the resources as a CloudFormation template in YAML or JSON, with a Resources section.",
    root_cause="The answer describes or solves the task in another form than the one that was asked for.",
    lesson="Answer in the language that the task asks for, with a complete template.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html",
    cost="The whole answer has to be written again.",
    security="None: nothing is created.",
    performance="None: nothing is created.",
    check=check,
    fails=(
        Example({"main.tf": 'resource "aws_s3_bucket" "logs" {\n  bucket = "logs"\n}\n'}),
        Example({"README.md": "A bucket should be created for the logs.\n"}),
    ),
    passes=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
"""),
    ),
)
