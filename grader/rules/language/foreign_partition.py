"""ARNs of another partition than the one that the stack is created in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.case.deployed import created, deployed
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._fragments import but
from grader.support.markdown import code
from grader.template import Call, Scalar, Scope, Template, as_text, dotted

_PARTITION = re.compile(r"^arn:(aws(?:-[a-z]+)*):[a-z0-9-]+:")


def _names_partition(template: Template, scope: Scope) -> bool:
    """Whether a template, or a value given to it, names a partition besides `aws`: `aws-cn` and its like."""
    return "aws-" in template.text or any("aws-" in as_text(value) for value in scope.given.values())


def check(case: Case) -> Iterator[RuleFinding]:
    """Report resources with an ARN of another partition, once each, where the region decides the partition."""
    own = case.account.partition
    for template, resource, scope in created(case):
        if own == "aws" and not _names_partition(template, scope):
            continue
        for path, node in deployed(scope, resource.properties):
            text = scope.text(node) if isinstance(node, Scalar | Call) else ""
            named = _PARTITION.match(text)
            if named is None or named.group(1) == own:
                continue
            because = f"{code(resource.name)} has {code(text)}, and {case.account.region} belongs to the partition {code(own)}."
            facts = {"value": text, "wrong": named.group(1), "partition": own, "because": because}
            message = f"has an ARN of the partition {named.group(1)} in {case.account.region}"
            yield at_property(template, resource, dotted(path), message, **facts)
            break


_TEMPLATE = """
Resources:
  Reader:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Action: s3:GetObject
            Resource: arn:aws:s3:::photos/*  # finds
"""

RULE = Rule(
    id="foreign-partition",
    kind="invalid-property-value",
    level="Critical",
    category="references",
    title="ARN of another partition",
    issue="{resources} in {file} {has|have} an ARN of the partition {wrongs}, and the stack is created in {partitions}. AWS rejects "
    "the ARN.",
    fix="Write `arn:${{AWS::Partition}}:` with Fn::Sub at the beginning of each ARN.",
    root_cause="{because}",
    lesson="Use AWS::Partition in every ARN.",
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html",
    aws_behaviour='IAM answers: Partition "aws" is not valid for resource.',
    check=check,
    fails=(
        example(
            _TEMPLATE,
            "Write a CloudFormation template for the region us-gov-east-1.",
        ),
    ),
    passes=(
        example(
            but(
                _TEMPLATE,
                {"Resource: arn:aws:s3:::photos/*  # finds": "Resource: !Sub 'arn:${AWS::Partition}:s3:::photos/*'"},
            ),
            "Write a CloudFormation template for the region us-gov-east-1.",
        ),
        example("""
Resources:
  Reader:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Action: s3:GetObject, Resource: 'arn:aws:s3:::photos/*'}]
"""),
    ),
)
