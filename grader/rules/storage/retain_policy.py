"""Resources that stay behind where the task wants to tear down."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.rules.storage.deletion_protection import TEAR_DOWN
from grader.template import text_of


def check(case: Case) -> Iterator[RuleFinding]:
    """Report Retain and Snapshot policies where the prompt wants nothing to stay behind."""
    if not re.search(TEAR_DOWN, case.prompt):
        return
    for template, resource in case.resources():
        for key in ("DeletionPolicy", "UpdateReplacePolicy"):
            value = text_of(resource.node.get(key))
            if value in ("Retain", "Snapshot", "RetainExceptOnCreate"):
                place = resource.node.keys[key].line
                message = f"{key} is {value}, and the task wants nothing to stay behind"
                yield RuleFinding(
                    location=Location(
                        file=template.file, line=place, resource=resource.name, type=resource.type, path=key
                    ),
                    message=message,
                    facts={"value": value},
                )
                break


RULE = Rule(
    id="retain-policy",
    kind="retain-policy",
    level="High",
    category="lifecycle",
    title="Resources that outlive their stack",
    issue="The policy of {resources} in {file} is {values}, and the task asks for resources that go with their stack. "
    "They stay behind, with their names, and the next deployment collides with them.",
    fix="Set DeletionPolicy and UpdateReplacePolicy of {resources} to Delete.",
    root_cause="Keeping data is the usual advice; the task says otherwise.",
    lesson="Follow the task on teardown before general advice on retention.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html",
    cost="What stays behind is paid for.",
    security="Forgotten copies of data.",
    performance="None.",
    check=check,
    needed=lambda finding: "Delete",
    fails=(
        example(
            """
Resources:
  Files:
    Type: AWS::S3::Bucket
    DeletionPolicy: Retain  # finds
    UpdateReplacePolicy: Retain
""",
            prompt="A bucket. No Retain policies: everything must be destroyable.",
        ),
    ),
    passes=(
        example(
            """
Resources:
  Files:
    Type: AWS::S3::Bucket
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
""",
            prompt="A bucket. No Retain policies: everything must be destroyable.",
        ),
    ),
)
