"""Public bucket policies that S3 blocks."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.case.deployed import created
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.rules.storage._public import blocks, public_statements
from grader.support.markdown import code


def check(case: Case) -> Iterator[RuleFinding]:
    """Report statements that allow everybody something, on buckets that block public policies."""
    for template, bucket, scope in created(case, "AWS::S3::Bucket"):
        if blocks(scope, bucket, "BlockPublicPolicy") is not True:
            continue
        explicit = bucket.get("PublicAccessBlockConfiguration") is not None
        for statement in public_statements(case, template, bucket):
            because = (
                f"{code(bucket.name)} (line {bucket.line_of('PublicAccessBlockConfiguration.BlockPublicPolicy')}) sets "
                f"BlockPublicPolicy: true itself."
                if explicit
                else f"{code(bucket.name)} has no PublicAccessBlockConfiguration, and S3 switches all four settings on for new buckets."
            )
            yield RuleFinding(
                location=Location(
                    file=template.file,
                    line=statement.node.line,
                    resource=statement.resource.name,
                    type=statement.resource.type,
                    path=statement.path,
                ),
                message=f"allows everybody something on {bucket.name}, which blocks public policies",
                facts={"bucket": bucket.name, "because": because},
            )


_POLICY = """
  Reads:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Site
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - {Effect: Allow, Principal: '*', Action: 's3:GetObject', Resource: !Sub '${Site.Arn}/*'}"""

RULE = Rule(
    id="public-policy-blocked",
    kind="public-access",
    level="Critical",
    category="security",
    title="Public bucket policy that S3 blocks: {resources}",
    issue="{resources} in {file} {allows|allow} everybody access to {buckets}, whose BlockPublicPolicy setting is on. S3 rejects the "
    "policy with AccessDenied.",
    fix="If everybody is meant to read the bucket, set BlockPublicPolicy and RestrictPublicBuckets of {buckets} to false. Otherwise "
    "name the principal: for CloudFront, `cloudfront.amazonaws.com` with the distribution in `aws:SourceArn`.",
    root_cause="{because}",
    lesson="Decide whether a bucket is public, and write its policy and its block public access settings together.",
    reference="https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    aws_behaviour="PutBucketPolicy is refused for a public policy while BlockPublicPolicy is on, as it is for new buckets.",
    check=check,
    fails=(
        example("Resources:\n  Site: {Type: AWS::S3::Bucket}" + _POLICY + "  # finds\n"),
        example(
            "Resources:\n  Site: {Type: AWS::S3::Bucket, Properties: {PublicAccessBlockConfiguration: {BlockPublicPolicy: true}}}"
            + _POLICY
            + "  # finds\n"
        ),
    ),
    passes=(
        example(
            "Resources:\n  Site: {Type: AWS::S3::Bucket, Properties: {PublicAccessBlockConfiguration: {BlockPublicAcls: true}}}"
            + _POLICY
        ),
        example(
            "Resources:\n  Site: {Type: AWS::S3::Bucket}"
            + _POLICY.replace("Effect: Allow", "Effect: Deny")
            + "\n          - {Effect: Allow, Principal: '*', Action: 's3:GetObject', Resource: !Sub '${Site.Arn}/*',"
            " Condition: {StringEquals: {'aws:SourceVpce': vpce-0a1b2c3d}}}\n"
        ),
    ),
)
