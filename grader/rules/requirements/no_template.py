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
    issue="The prompt asks for CloudFormation, and the response contains {value}: there is nothing to deploy as a stack.",
    fix="Deliver the resources as a CloudFormation template in YAML or JSON, with a Resources section.",
    root_cause="The files of the response contain no Resources section; {file} contains {value}.",
    lesson="Answer with a complete template in the language that the prompt asks for.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html",
    aws_behaviour="CloudFormation has no template to create a stack from.",
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
