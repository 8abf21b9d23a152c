"""Resources that stay after their stack where the prompt wants them deleted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from grader.case import Case
from grader.case.deployed import created
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.rules.storage._corrections import both_deleted
from grader.rules.storage._teardown import is_kept, quoted, teardown
from grader.support.markdown import code
from grader.template import Resource, Template, text_of

_LEVELS = {"Retain": "High", "RetainExceptOnCreate": "High", "Snapshot": "Medium"}


def check(case: Case) -> Iterator[RuleFinding]:
    """Report Retain and Snapshot policies where the prompt wants everything to be deletable and does not ask for them."""
    asked = teardown(case)
    if asked is None:
        return
    for template, resource, _ in created(case):
        for key in ("DeletionPolicy", "UpdateReplacePolicy"):
            value = text_of(resource.node.get(key))
            if value not in _LEVELS or is_kept(case, resource.type):
                continue
            yield RuleFinding(
                location=Location(
                    file=template.file,
                    line=resource.node.keys[key].line,
                    resource=resource.name,
                    type=resource.type,
                    path=key,
                ),
                message=f"{key} is {value}",
                facts={"value": value, "because": quoted(asked)},
                level=_LEVELS[value],
            )
            break
        else:
            if (found := _by_default(case, template, resource)) is not None:
                because = (
                    f"DeletionPolicy of {code(resource.name)} is not set, and its default is Snapshot. {quoted(asked)}"
                )
                yield replace(found, facts={"value": "Snapshot", "because": because}, level="Medium")


def _by_default(case: Case, template: Template, resource: Resource) -> RuleFinding | None:
    """Return a finding for a database whose DeletionPolicy is not set: its default is Snapshot.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    """
    is_whole = resource.type == "AWS::RDS::DBCluster" or (
        resource.type == "AWS::RDS::DBInstance"
        and all(resource.get(name) is None for name in ("DBClusterIdentifier", "SourceDBInstanceIdentifier"))
        and not (resource.text("Engine") or "").startswith("aurora")
    )
    if not is_whole or resource.node.get("DeletionPolicy") is not None or is_kept(case, resource.type):
        return None
    location = Location(
        file=template.file, line=resource.line, resource=resource.name, type=resource.type, path="DeletionPolicy"
    )
    return RuleFinding(location=location, message="DeletionPolicy is not set, and its default is Snapshot")


RULE = Rule(
    id="retain-policy",
    kind="retain-policy",
    level="High",
    category="lifecycle",
    title="Resources that outlive their stack: {resources}",
    issue="The prompt asks for resources that can be deleted with their stack. {resources} in {file} {has|have} the policy {values}: "
    "the resource itself, or a snapshot of it, stays after the stack is deleted.",
    fix="Set DeletionPolicy and UpdateReplacePolicy of {resources} to Delete.",
    root_cause="{because}",
    lesson="Set DeletionPolicy to Delete where the stack has to be deletable.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html",
    aws_behaviour="With Retain, CloudFormation leaves the resource and its name, and the next stack with that name fails; with "
    "Snapshot, it deletes the resource and leaves a snapshot (Medium).",
    cost="Resources that remain continue to be charged.",
    security="The data remains, without the stack that manages access to it.",
    check=check,
    corrections=both_deleted,
    is_charged=True,
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
        example(
            """
Resources:
  Files:
    Type: AWS::S3::Bucket
    DeletionPolicy: Retain  # finds
  Orders:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Snapshot
""",
            prompt="All resources must be destroyable. Use DeletionPolicy: Snapshot for the database.",
        ),
        example(
            """
Resources:
  Orders:  # finds
    Type: AWS::RDS::DBInstance
  Copy:
    Type: AWS::RDS::DBInstance
    Properties: {SourceDBInstanceIdentifier: !Ref Orders}
""",
            prompt="All resources must be destroyable, without anything left behind.",
        ),
    ),
    passes=tuple(
        example(
            f"""
Resources:
  Files:
    Type: AWS::S3::Bucket
    DeletionPolicy: {policy}
    UpdateReplacePolicy: {policy}
""",
            prompt=prompt,
        )
        for policy, prompt in (
            ("Delete", "A bucket. No Retain policies: everything must be destroyable."),
            ("Retain", "A bucket. Old objects must be deleted after 30 days, and logs cleaned up."),
            ("Retain", "A stack that can be torn down. Retain the bucket on stack deletion."),
            ("Retain", "The files have to stay where they are even if the stack is deleted."),
        )
    ),
)
