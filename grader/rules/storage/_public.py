"""Public access to buckets: what blocks it, and what in a template grants it."""

from __future__ import annotations

from grader.case import Case
from grader.case.iam import Statement, statements
from grader.template import NO_VALUE, Resource, Scope, Template

PUBLIC_ACLS = ("PublicRead", "PublicReadWrite", "AuthenticatedRead")


def blocks(scope: Scope, bucket: Resource, setting: str) -> bool | None:
    """Whether a block public access setting is on for a bucket; None where only a deployment decides.

    All four are on where the template has no configuration, and those that it leaves out are off where it has one.
    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    """
    value = scope.value(bucket.get("PublicAccessBlockConfiguration"))
    if value is NO_VALUE:
        return True
    if not isinstance(value, dict):
        return None
    text = str(value.get(setting, "false")).lower()
    return {"true": True, "false": False}.get(text)


def public_statements(case: Case, template: Template, bucket: Resource) -> list[Statement]:
    """Return the statements of a bucket's policies that allow something to everybody, without a condition."""
    return [
        one
        for one in statements(case, "AWS::S3::BucketPolicy")
        if one.template is template
        and case.referred(template, one.resource.get("Bucket")) is bucket
        and one.allows
        and not one.is_conditional
        and "*" in one.principals()
    ]


def is_public_ordered(case: Case) -> bool:
    """Whether the prompt asks for a bucket that everybody can read, or for a website on S3."""
    wanted = r"public(ly)?[- ](read|access|availab|readable)\w*|anonymous|static (web)?site|website (hosting|endpoint)|public bucket"
    return case.request.orders(wanted, near=r"\bs3\b|bucket|site|object|asset|content|frontend") is not None
