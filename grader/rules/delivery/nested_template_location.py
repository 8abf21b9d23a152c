"""Nested templates at a location that nothing fills."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example

_UPLOADED = (
    r"cloudformation package|sam (package|deploy|build)|rain pkg|rain deploy"
    r"|(s3 (cp|sync|mv)|s3api put-object)[^\n]*(template|nested|stack|\.ya?ml|\.json|\s\./?\s|--recursive|\s[\w./-]+/\s)"
    r"|\bupload\w*\b[^\n.]{0,60}\b(template|stack)s?\b[^\n]{0,60}\b(s3|bucket)\b"
)


def check(case: Case) -> Iterator[RuleFinding]:
    """Report nested stacks whose bucket no document says to create and fill; the plan reports missing templates."""
    uploaded = case.documented(_UPLOADED)
    for template, stack in case.resources("AWS::CloudFormation::Stack"):
        scope = case.scopes[template.file]
        url = scope.text(stack.get("TemplateURL"))
        if not url or scope.exists(stack) is False:
            continue
        if not uploaded and case.child_of(template, stack) is not None:
            message = f"takes its template from {url}, and no document says how it gets there"
            yield at_property(template, stack, "TemplateURL", message, value=url, bucket=_bucket(url))


def _bucket(url: str) -> str:
    match = re.match(r"https?://([^/]+)/?([^/]*)", url)
    if not match:
        return url
    host, first = match.groups()
    return first if re.match(r"s3[.-]", host) else host.split(".s3")[0]


RULE = Rule(
    id="nested-template-location",
    kind="nested-template-missing",
    level="Critical",
    category="prerequisites",
    title="Nested templates at a location that nothing fills",
    issue="The nested {stack|stacks} {resources} in {file} {takes|take} {its template|their templates} from {values}. CloudFormation "
    "reads a nested template from S3 when the parent is created. Either the template is not among the files of the response, or no "
    "document says how it gets there, and the parent is rolled back.",
    fix="Deliver every nested template, and give the two commands that come before the deployment: one that creates the bucket "
    "and one that uploads the templates, or `aws cloudformation package`, which uploads them and rewrites each TemplateURL.",
    root_cause="TemplateURL of {resource} is {value}; the response contains no command that puts a template there.",
    lesson="With nested stacks, deliver every child and the commands that put the children where the parent looks for them.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html",
    security="Whoever can write to the bucket of the templates can change the stacks.",
    aws_behaviour="CloudFormation cannot read the template of the nested stack, fails its creation and rolls the parent back.",
    stands_for=("plan:nested-template-missing",),
    check=check,
    fails=(
        example("""
=== main.yml
Resources:
  Network:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: !Sub 'https://stacks-${AWS::AccountId}.s3.amazonaws.com/network.yml'  # finds
=== network.yml
Resources:
  Topic:
    Type: AWS::SNS::Topic
"""),
    ),
    passes=(
        example("""
=== main.yml
Resources:
  Network:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: !Sub 'https://stacks-${AWS::AccountId}.s3.amazonaws.com/network.yml'
=== network.yml
Resources:
  Topic:
    Type: AWS::SNS::Topic
=== README.md
    aws s3 mb s3://stacks-111122223333
    aws s3 cp network.yml s3://stacks-111122223333/
"""),
    ),
)
