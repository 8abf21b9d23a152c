"""ACLs on buckets that have them switched off."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.template import Resource, Template

# Ownership of new buckets, and so no ACLs, unless the template says otherwise: since April 2023.
# Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html
_FITTING = ("Private", "BucketOwnerFullControl")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report buckets with a canned ACL, and those that CloudFront's standard logs go to, where ACLs are off."""
    for template, bucket in case.resources("AWS::S3::Bucket"):
        acl = case.scopes[template.file].text(bucket.get("AccessControl"))
        if acl and "${" not in acl and acl not in _FITTING and not _has_acls(case, template, bucket):
            yield at_property(
                template, bucket, "AccessControl", f"asks for the ACL {acl}, and ACLs are off", value=bucket.name
            )
    for template, distribution in case.resources("AWS::CloudFront::Distribution"):
        path = "DistributionConfig.Logging.Bucket"
        named = re.match(r"\$\{(\w+)", case.scopes[template.file].text(distribution.get(path)))
        target = template.resources.get(named.group(1)) if named else None
        if target is not None and target.type == "AWS::S3::Bucket" and not _has_acls(case, template, target):
            message = f"writes its logs to {target.name}, whose ACLs are off"
            yield at_property(template, distribution, path, message, value=target.name)


def _has_acls(case: Case, template: Template, bucket: Resource) -> bool:
    """Whether a bucket has ACLs: it says who owns objects, and does not say that it is the bucket's owner in any case."""
    controls = bucket.get("OwnershipControls")
    return controls is not None and "BucketOwnerEnforced" not in str(case.scopes[template.file].value(controls))


RULE = Rule(
    id="bucket-acl",
    kind="invalid-property-value",
    level="Critical",
    category="security",
    title="ACLs on buckets that have them switched off",
    issue="In {file}, {resources} need an ACL on {values}. S3 makes buckets without ACLs unless OwnershipControls say otherwise, and "
    "refuses the ACL: the bucket, or the distribution that logs to it, is not created.",
    fix="Give the bucket OwnershipControls with ObjectOwnership BucketOwnerPreferred; or leave the ACL out, and let a bucket "
    "policy allow the service that writes to it.",
    root_cause="ACLs were the way to take logs until April 2023, and most examples are older.",
    lesson="Leave ACLs off and use bucket policies; where a service insists on an ACL, set the bucket's ownership for it.",
    reference="https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html",
    cost="The deployment is rolled back.",
    security="ACLs are easily wider than meant: keep the public access block on.",
    performance="None.",
    check=check,
    fails=(
        example("""
Resources:
  Logs:
    Type: AWS::S3::Bucket
    DeletionPolicy: Delete
    Properties:
      AccessControl: LogDeliveryWrite  # finds
"""),
        example("""
Resources:
  Logs:
    Type: AWS::S3::Bucket
    DeletionPolicy: Delete
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Logging:
          Bucket: !GetAtt Logs.DomainName  # finds
        DefaultCacheBehavior:
          TargetOriginId: shop
          ViewerProtocolPolicy: redirect-to-https
          CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6
        Origins:
          - {Id: shop, DomainName: shop.example.org, CustomOriginConfig: {OriginProtocolPolicy: https-only}}
"""),
    ),
    passes=(
        example("""
Resources:
  Logs:
    Type: AWS::S3::Bucket
    DeletionPolicy: Delete
    Properties:
      AccessControl: LogDeliveryWrite
      OwnershipControls: {Rules: [{ObjectOwnership: BucketOwnerPreferred}]}
  Uploads:
    Type: AWS::S3::Bucket
    DeletionPolicy: Delete
    Properties:
      AccessControl: Private
"""),
    ),
)
