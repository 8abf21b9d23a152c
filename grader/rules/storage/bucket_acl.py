"""ACLs on buckets that do not take them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.case.deployed import created
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules.storage._corrections import acl_allowed
from grader.rules.storage._public import PUBLIC_ACLS, blocks
from grader.support.markdown import code
from grader.template import Resource, Scope, Template

# ACLs that a bucket takes though its owner is enforced, as it is by default since April 2023.
# Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html
_FITTING = ("Private", "BucketOwnerFullControl")
_LOGGING = "DistributionConfig.Logging.Bucket"


def check(case: Case) -> Iterator[RuleFinding]:
    """Report buckets with a canned ACL that S3 refuses, and those that CloudFront's standard logs go to, where ACLs are off."""
    for template, bucket, scope in created(case, "AWS::S3::Bucket"):
        acl = scope.text(bucket.get("AccessControl"))
        if not acl or "${" in acl or acl in _FITTING:
            continue
        owner = _enforced(scope, bucket)
        if owner:
            yield at_property(
                template,
                bucket,
                "AccessControl",
                f"asks for the ACL {acl}, and its ACLs are off",
                value=bucket.name,
                because=owner,
                remedy=_remedy(case, bucket),
                consequence=f"{code(bucket.name)} sets the ACL {code(acl)}, and its object ownership does not accept ACLs: S3 rejects "
                "the bucket.",
            )
        elif acl in PUBLIC_ACLS and blocks(scope, bucket, "BlockPublicAcls") is True:
            because = f"{code(bucket.name)} has object ownership for ACLs, and BlockPublicAcls is on."
            message = f"asks for the public ACL {acl}, which BlockPublicAcls refuses"
            consequence = f"{code(bucket.name)} sets the public ACL {code(acl)}, which its BlockPublicAcls refuses: S3 rejects the bucket."
            remedy = f"Remove the ACL of {code(bucket.name)}, or turn its BlockPublicAcls off where the objects are for everybody."
            facts = {"value": bucket.name, "because": because, "consequence": consequence, "remedy": remedy}
            yield at_property(template, bucket, "AccessControl", message, **facts)
    for template, distribution, scope in created(case, "AWS::CloudFront::Distribution"):
        target = _log_bucket(template, distribution, scope)
        if target is not None and target.type == "AWS::S3::Bucket" and (owner := _enforced(scope, target)):
            message = f"writes its logs to {target.name}, whose ACLs are off"
            consequence = (
                f"{code(distribution.name)} writes its logs to {code(target.name)}, whose object ownership does not accept ACLs: "
                "CloudFront requires them for standard logs, and rejects the distribution."
            )
            facts = {
                "value": target.name,
                "because": owner,
                "consequence": consequence,
                "remedy": _remedy(case, target),
            }
            yield at_property(template, distribution, _LOGGING, message, **facts)


def _log_bucket(template: Template, distribution: Resource, scope: Scope) -> Resource | None:
    """Return the resource of the template that a distribution writes its standard logs to."""
    named = re.match(r"\$\{(\w+)", scope.text(distribution.get(_LOGGING)))
    return template.resources.get(named.group(1)) if named else None


def _remedy(case: Case, bucket: Resource) -> str:
    """Say how a bucket accepts ACLs; that it can do without them only where no distribution writes its standard logs to it."""
    allowed = f"Give {code(bucket.name)} OwnershipControls with ObjectOwnership BucketOwnerPreferred"
    logs = (_log_bucket(*one) for one in created(case, "AWS::CloudFront::Distribution"))
    if any(target is bucket for target in logs):
        return f"{allowed}."
    if bucket.text("AccessControl") in PUBLIC_ACLS:
        return f"Remove the ACL of {code(bucket.name)} and let a bucket policy allow the access that is wanted."
    return f"{allowed}; or remove the ACL and let a bucket policy allow the service that writes to the bucket."


def _enforced(scope: Scope, bucket: Resource) -> str:
    """Say why a bucket has no ACLs; nothing where it has them."""
    controls = bucket.get("OwnershipControls")
    if controls is None:
        return f"{code(bucket.name)} has no OwnershipControls, so that its object ownership is BucketOwnerEnforced."
    if "BucketOwnerEnforced" in str(scope.value(controls)):
        return f"{code(bucket.name)} has OwnershipControls with BucketOwnerEnforced (line {bucket.line_of('OwnershipControls')})."
    return ""


RULE = Rule(
    id="bucket-acl",
    kind="invalid-property-value",
    level="Critical",
    category="security",
    title="ACLs that buckets do not accept: {values}",
    issue="In {file}, {consequence}",
    fix="{remedy}",
    root_cause="{because}",
    lesson="Use bucket policies; where a service requires an ACL, set the bucket's object ownership for it.",
    reference="https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html",
    aws_behaviour="CreateBucket with an ACL is refused under BucketOwnerEnforced, the default since April 2023; CloudFront refuses a "
    "logging bucket without ACLs.",
    check=check,
    corrections=acl_allowed,
    fails=(
        example("""
Resources:
  Logs:
    Type: AWS::S3::Bucket
    DeletionPolicy: Delete
    Properties:
      AccessControl: LogDeliveryWrite  # finds
  Site:
    Type: AWS::S3::Bucket
    Properties:
      AccessControl: PublicRead  # finds
      OwnershipControls: {Rules: [{ObjectOwnership: ObjectWriter}]}
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
        example(
            """
Parameters:
  Logged: {Type: String, Default: 'false'}
Conditions:
  IsLogged: !Equals [!Ref Logged, 'true']
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
  OldLogs:
    Type: AWS::S3::Bucket
    Condition: IsLogged
    Properties: {AccessControl: LogDeliveryWrite}
  Site:
    Type: AWS::S3::Bucket
    Properties:
      AccessControl: PublicRead
      OwnershipControls: {Rules: [{ObjectOwnership: ObjectWriter}]}
      PublicAccessBlockConfiguration: {BlockPublicAcls: false, IgnorePublicAcls: false}
""",
            prompt="A website whose bucket everybody can read.",
        ),
    ),
)
