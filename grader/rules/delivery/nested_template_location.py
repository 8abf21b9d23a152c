"""Nested templates at a location that nothing fills."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.support.markdown import code

_UPLOADED = (
    r"cloudformation package|sam (package|deploy|build)|rain pkg|rain deploy"
    r"|(s3 (cp|sync|mv)|s3api put-object)[^\n]*(template|nested|stack|\.ya?ml|\.json|\s\./?\s|--recursive|\s[\w./-]+/\s)"
    r"|\bupload\w*\b[^\n.]{0,60}\b(template|stack)s?\b[^\n]{0,60}\b(s3|bucket)\b"
)


# Buckets of AWS that hold templates for everybody.
_PUBLIC = re.compile(r"aws-quickstart|aws-ia-|solutions-reference|cloudformation-templates-|cloudformation-examples")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report nested stacks whose template is not delivered, or is delivered and not put where the parent looks for it.

    A template that is delivered and cannot be parsed, or is over a limit, is not reported: it is there.
    """
    uploaded = case.documented(_UPLOADED)
    for template, stack in case.resources("AWS::CloudFormation::Stack"):
        scope = case.scopes[template.file]
        url = scope.text(stack.get("TemplateURL"))
        file = url.split("?")[0].rstrip("/").rpartition("/")[2]
        if not url or scope.exists(stack) is False or _PUBLIC.search(url) or case.is_unread_child(template, stack):
            continue
        if case.child_of(template, stack) is None:
            if url.startswith("${"):
                continue  # the deployer gives the location
            message = f"takes its template from {url}, and no file of the response has that name"
            because = f"The response contains no file {code(file)}."
        elif not uploaded:
            message = f"takes its template from {url}, and no document says how it gets there"
            because = f"The response contains {code(file)}, and no command that creates a bucket and uploads it."
        else:
            continue
        yield at_property(template, stack, "TemplateURL", message, value=url, because=because)


RULE = Rule(
    id="nested-template-location",
    kind="nested-template-missing",
    level="Critical",
    category="prerequisites",
    title="Nested templates at a location that nothing fills",
    issue="The nested {stack|stacks} {resources} in {file} {takes its template|take their templates} from {values}. CloudFormation "
    "reads a nested template from S3 when the parent is created. Nothing in the response puts {it|them} there: the nested stack "
    "fails, and the parent is rolled back.",
    fix="Deliver every nested template, and give the two commands that come before the deployment: one that creates the bucket "
    "and one that uploads the templates, or `aws cloudformation package`, which uploads them and rewrites each TemplateURL.",
    root_cause="{because}",
    lesson="With nested stacks, deliver every child and the commands that put the children where the parent looks for them.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html",
    security="Write access to the bucket of the templates is enough to change what the next deployment creates.",
    aws_behaviour="CloudFormation cannot read the template of the nested stack, fails its creation and rolls the parent back.",
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
        example("""
=== main.yml
Resources:
  Network:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./network.yml  # finds
=== README.md
    aws cloudformation package --template-file main.yml --s3-bucket stacks
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
