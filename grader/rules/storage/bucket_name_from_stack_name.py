"""Bucket names that contain the name of the stack."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.case.deployed import created
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules.storage._corrections import generated_name
from grader.support.markdown import code
from grader.template import Template

_STACK = "${AWS::StackName}"
_SHOWN = re.compile(r"--stack-name[ =]+[\"']?([A-Za-z][\w-]*)")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report names of buckets that contain the name of the stack, unless the prompt orders that."""
    if case.request.orders(r"AWS::StackName|stack[- ]?name", near=r"bucket|\bs3\b|nam(e|es|ed|ing)\b") is not None:
        return
    for template, bucket, scope in created(case, "AWS::S3::Bucket"):
        name = scope.text(bucket.get("BucketName"))
        if _STACK in name:
            level, because = _consequence(case, template)
            message = f"is called {name}; a stack name may contain capital letters"
            yield at_property(template, bucket, "BucketName", message, level=level, value=name, because=because)


def _consequence(case: Case, template: Template) -> tuple[str, str]:
    """Return the level, and what in the answer decides it: nested stacks and stack names in commands may have capitals."""
    parent = case.parents.get(template.file)
    if parent is not None:
        stack = parent[1].name
        if re.search(r"[A-Z]", stack):
            return (
                "Critical",
                f"The template is the nested stack {code(stack)}: its stack name contains that logical id, with its capital letters.",
            )
    name = template.file.rpartition("/")[2]
    for file in case.documents:
        shown = next((one for one in _SHOWN.finditer(file.text) if _is_about(file.text, one, name)), None)
        if shown and re.search(r"[A-Z]", shown.group(1)):
            return (
                "Critical",
                f"The command in {code(file.name)} names the stack {code(shown.group(1))}, with capital letters.",
            )
    return "", f"{code('AWS::StackName')} may have capital letters, and {code('BucketName')} may not."


def _is_about(text: str, shown: re.Match[str], name: str) -> bool:
    """Whether the command around a stack name deploys a template: its file name is in the same command."""
    start = text.rfind("aws ", 0, shown.start())
    end = text.find("\n\n", shown.end())
    return name in text[max(start, 0) : end if end > 0 else None]


RULE = Rule(
    id="bucket-name-from-stack-name",
    former_ids=("bucket-name-of-stack",),
    kind="bucket-name-not-unique",
    level="Medium",
    category="naming",
    title="Bucket {name that contains|names that contain} the stack name: {resources}",
    issue="The bucket {name|names} of {resources} in {file} {is|are} {values}. A stack name may contain capital letters, and S3 rejects them in a "
    "bucket name: such a stack cannot be created.",
    fix="Leave BucketName out, or build it from a parameter whose AllowedPattern has lower case only, and AWS::AccountId.",
    root_cause="{because}",
    lesson="Before a name becomes a part of another, compare the characters and the length that both allow.",
    reference="https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
    aws_behaviour="S3 refuses bucket names with capital letters; the names of nested stacks contain the logical id (Critical there).",
    check=check,
    corrections=generated_name,
    fails=(
        example("""
Resources:
  Exports:
    Type: AWS::S3::Bucket
    DeletionPolicy: Delete
    Properties:
      BucketName: !Sub '${AWS::StackName}-exports-${AWS::AccountId}'  # finds
"""),
        example("""
Resources:
  Exports:
    Type: AWS::S3::Bucket
    DeletionPolicy: Delete
    Properties:
      BucketName: !Sub '${AWS::StackName}-exports'  # finds
=== README.md
    aws cloudformation deploy --stack-name Shop --template-file template.yml
"""),
    ),
    passes=(
        example("""
Parameters:
  Suffix: {Type: String, Default: dev, AllowedPattern: '[a-z0-9-]+'}
Resources:
  Exports:
    Type: AWS::S3::Bucket
    DeletionPolicy: Delete
    Properties:
      BucketName: !Sub 'exports-${Suffix}-${AWS::AccountId}'
      Tags: [{Key: Name, Value: !Sub '${AWS::StackName}-exports'}]
"""),
        example(
            """
Resources:
  Exports:
    Type: AWS::S3::Bucket
    Properties: {BucketName: !Sub '${AWS::StackName}-exports'}
""",
            prompt="A bucket. Name all resources `${AWS::StackName}-<purpose>`.",
        ),
    ),
)
