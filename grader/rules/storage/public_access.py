"""Open to the public more than it needs to be."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="public-access",
    kind="public-access",
    level="High",
    category="security",
    title="Open to the public more than it needs to be",
    issue="{resources} in {file} are more open than in the ideal answer: {says}.",
    fix="Set {paths} as the ideal answer does.",
    root_cause="Defaults were trusted, or changed for a test.",
    lesson="Close public access on every store, in the template.",
    reference="https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    cost="None.",
    security="Data may be read by anybody.",
    performance="None.",
    stands_for=("ideal:public-access",),
    fails=(
        example(
            """
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    Properties:  # finds
      BucketName: shop-uploads
""",
            prompt="A bucket.",
            ideal="""
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: shop-uploads
      PublicAccessBlockConfiguration: {BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true}
""",
        ),
    ),
    passes=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
"""),
    ),
)
