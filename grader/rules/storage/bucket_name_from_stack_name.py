"""Bucket names made of the stack's name."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example


def check(case: Case) -> Iterator[RuleFinding]:
    """Report names of buckets that hold the name of the stack."""
    for template, bucket in case.resources("AWS::S3::Bucket"):
        name = case.scopes[template.file].text(bucket.get("BucketName"))
        if "${AWS::StackName}" in name:
            message = f"is called {name}, and a stack's name may have capitals"
            yield at_property(template, bucket, "BucketName", message, value=name)


RULE = Rule(
    id="bucket-name-from-stack-name",
    former_ids=("bucket-name-of-stack",),
    kind="bucket-name-not-unique",
    level="Medium",
    category="naming",
    title="Bucket names made of the stack's name",
    issue="{resources} in {file} are called {values}. Names of stacks may have capitals, those of nested stacks always do, and names "
    "of buckets may not: whether the stack can be created depends on how it is called.",
    fix="Leave BucketName out; or make the name of a parameter whose AllowedPattern has lower case only, and AWS::AccountId.",
    root_cause="The stack's name is at hand in every template, and is taken to be unique enough.",
    lesson="Before a name goes into another, compare what characters and how many both may have.",
    reference="https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
    cost="The deployment is rolled back for some names.",
    security="None.",
    performance="None.",
    check=check,
    fails=(
        example("""
Resources:
  Exports:
    Type: AWS::S3::Bucket
    DeletionPolicy: Delete
    Properties:
      BucketName: !Sub '${AWS::StackName}-exports-${AWS::AccountId}'  # finds
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
    ),
)
