"""Data that is kept when the stack is deleted, and not when the resource is replaced; or the other way round."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.case.deployed import created
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.rules.storage._corrections import both_policies
from grader.support.markdown import code
from grader.template import Resource, Template, text_of

_KEEPS = ("Retain", "Snapshot", "RetainExceptOnCreate")
_BOTH = ("DeletionPolicy", "UpdateReplacePolicy")


_CONSEQUENCES = {
    "UpdateReplacePolicy": "DeletionPolicy does not apply when an update replaces the resource: CloudFormation then deletes the old one"
    "{data}",
    "DeletionPolicy": "UpdateReplacePolicy does not apply when the stack or the resource is deleted: CloudFormation then deletes it{data}",
}
# CloudFormation does not delete a bucket that has objects.
# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html
_BUCKET_DATA = ", which fails while the bucket has objects."


def check(case: Case) -> Iterator[RuleFinding]:
    """Report resources with a policy that keeps them in one case, and none for the other case."""
    for template, resource, _ in created(case):
        for key, other in (_BOTH, _BOTH[::-1]):
            value = text_of(resource.node.get(key))
            data = _BUCKET_DATA if resource.type == "AWS::S3::Bucket" else " with its data."
            if value in _KEEPS and resource.node.get(other) is None:
                yield RuleFinding(
                    location=Location(
                        file=template.file,
                        line=resource.node.keys[key].line,
                        resource=resource.name,
                        type=resource.type,
                        path=other,
                    ),
                    message=f"has {key}: {value} and no {other}",
                    facts={
                        "present": key,
                        "absent": other,
                        "value": value,
                        "consequence": _CONSEQUENCES[other].format(data=data),
                        "because": _because(template, resource, key),
                    },
                )


def _because(template: Template, resource: Resource, key: str) -> str:
    for other in template.resources.values():
        if other is not resource and all(text_of(other.node.get(one)) in _KEEPS for one in _BOTH):
            return f"{code(other.name)} (line {other.line}) has both policies."
    absent = next(one for one in _BOTH if one != key)
    return f"{code(resource.name)} sets {code(key)} at line {resource.node.keys[key].line}, and not {code(absent)}."


RULE = Rule(
    id="deletion-policy-without-update-replace-policy",
    former_ids=("half-deletion-policy",),
    kind="missing-deletion-policy",
    level="Medium",
    category="lifecycle",
    title="{present} without {absent}: {resources}",
    issue="{resources} in {file} {has|have} {present} with the value {values}, and no {absent}. {consequence}",
    fix="Add {absent} with the same value.",
    root_cause="{because}",
    lesson="Write DeletionPolicy and UpdateReplacePolicy together.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-"
    "updatereplacepolicy.html",
    aws_behaviour="CloudFormation deletes the old resource after a replacement unless UpdateReplacePolicy keeps it.",
    is_choice=True,
    yields_to=("retain-policy",),
    check=check,
    corrections=both_policies,
    fails=(
        example("""
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    DeletionPolicy: Retain  # finds
"""),
    ),
    passes=(
        example("""
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
  Reports:
    Type: AWS::S3::Bucket
    DeletionPolicy: Delete
"""),
    ),
)
