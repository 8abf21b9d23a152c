"""Buckets whose block public access settings are switched off."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.case.deployed import created
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules.storage._public import PUBLIC_ACLS, blocks, is_public_ordered, public_statements
from grader.support.markdown import code, listed
from grader.template import Resource, Scope, Template

_SETTINGS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report buckets that switch block public access off, unless the prompt asks for a public bucket."""
    if is_public_ordered(case):
        return
    for template, bucket, scope in created(case, "AWS::S3::Bucket"):
        off = [name for name in _SETTINGS if blocks(scope, bucket, name) is False]
        if not set(off) - {"IgnorePublicAcls"}:
            continue
        opened = _opened(case, template, bucket, scope)
        path = "PublicAccessBlockConfiguration"
        path += f".{off[0]}" if bucket.get(f"{path}.{off[0]}") is not None else ""
        because = (
            f"{opened}."
            if opened
            else f"{listed(off)} {'is' if len(off) == 1 else 'are'} off, and neither a policy nor an ACL of {code(bucket.name)} needs that."
        )
        message = f"switches {', '.join(off)} off"
        level = "High" if opened else ""
        yield at_property(template, bucket, path, message, level=level, value=", ".join(off), because=because)


def _opened(case: Case, template: Template, bucket: Resource, scope: Scope) -> str:
    """Say what opens a bucket to everybody; nothing where its settings alone are off."""
    if blocks(scope, bucket, "RestrictPublicBuckets") is False:
        for statement in public_statements(case, template, bucket):
            return f"{code(statement.resource.name)} (line {statement.node.line}) allows everybody {listed(statement.actions)}"
    acl = scope.text(bucket.get("AccessControl"))
    if acl in PUBLIC_ACLS and blocks(scope, bucket, "IgnorePublicAcls") is False:
        return f"{code(bucket.name)} has the ACL {code(acl)}"
    return ""


RULE = Rule(
    id="public-access",
    kind="public-access",
    level="Medium",
    category="security",
    title="Block public access switched off: {resources}",
    issue="{resources} in {file} {switches|switch} off {values}. S3 has these settings on for new buckets; without them, a policy or an "
    "ACL can open the bucket to everybody. The prompt does not ask for a public bucket.",
    fix="Set all four settings of PublicAccessBlockConfiguration to true.",
    root_cause="{because}",
    lesson="Leave block public access on, except for a bucket that is meant to be public.",
    reference="https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    aws_behaviour="S3 creates the bucket without the settings; with a public policy or ACL, everybody reads it (High).",
    security="One wrong policy or ACL makes the objects public.",
    is_choice=True,
    needed=lambda finding: True if finding.path.count(".") == 2 else dict.fromkeys(_SETTINGS, True),
    check=check,
    fails=(
        example("""
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    Properties:
      PublicAccessBlockConfiguration:
        BlockPublicAcls: true
        BlockPublicPolicy: false  # finds
        IgnorePublicAcls: true
        RestrictPublicBuckets: false
"""),
        example("""
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    Properties:
      PublicAccessBlockConfiguration:  # finds
        BlockPublicAcls: true
"""),
    ),
    passes=(
        example("""
Resources:
  Uploads:
    Type: AWS::S3::Bucket
  Reports:
    Type: AWS::S3::Bucket
    Properties:
      PublicAccessBlockConfiguration:
        {BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true}
"""),
        example(
            """
Resources:
  Site:
    Type: AWS::S3::Bucket
    Properties:
      PublicAccessBlockConfiguration: {BlockPublicPolicy: false, RestrictPublicBuckets: false}
""",
            prompt="A static website on S3.",
        ),
    ),
)
