"""Answers in another language than CloudFormation."""

from __future__ import annotations

from collections.abc import Iterator

from grader.bundle import Kind
from grader.case import Case
from grader.catalogue import Example, Rule, RuleFinding, example
from grader.model import Location
from grader.plan.answer import AnswerKind, kind_of

_NAMES = {"cdk": "AWS CDK", "kubernetes": "Kubernetes", "pulumi": "Pulumi", "terraform": "Terraform"}


def check(case: Case) -> Iterator[RuleFinding]:
    """Report an answer that is written in Terraform, CDK, Pulumi, Python or the like, and holds no template."""
    if kind_of(case) is not AnswerKind.OTHER_LANGUAGE:
        return
    file = next(iter([*case.bundle.of_kind(Kind.FOREIGN), *case.bundle.of_kind(Kind.CODE)]))
    language = _NAMES.get(file.detail, file.detail.capitalize() or "another language")
    yield RuleFinding(
        location=Location(file=file.name, line=1),
        message=f"the answer is written in {language}",
        facts={"language": language},
    )


RULE = Rule(
    id="other-language",
    kind="wrong-language",
    level="Critical",
    category="requirements",
    title="The answer is written in {language}",
    issue="The task asks for CloudFormation. The answer is written in {language} ({file}) and holds no template.",
    fix="Deliver the resources as a CloudFormation template in YAML or JSON, with a Resources section.",
    root_cause="The answer solves the task with another tool than the one that was asked for.",
    lesson="Answer in the language that the task asks for.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html",
    aws_behaviour="CloudFormation has no template to create a stack from.",
    check=check,
    fails=(
        Example({"main.tf": 'resource "aws_s3_bucket" "logs" {\n  bucket = "logs"\n}\n'}),
        Example({"deploy.py": "import boto3\n\nboto3.client('s3').create_bucket(Bucket='logs')\n"}),
    ),
    passes=(
        Example({"README.md": "A bucket should be created for the logs.\n"}),
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
"""),
    ),
)
