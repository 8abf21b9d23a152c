"""Names where CloudFormation should choose."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="explicit-name",
    former_ids=("fixed-name",),
    kind="hardcoded-name",
    level="High",
    category="naming",
    title="Names where CloudFormation should choose",
    issue="{resources} in {file} have names of their own: {says}. What is left of a failed deletion, and a replacement,"
    " collides with the name.",
    fix="Leave the name out, and put what it says into a tag.",
    root_cause="A name is easier to read than a generated one.",
    lesson="Name a resource only where somebody must know the name.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html",
    cost="Redeployments fail until somebody cleans up.",
    security="None.",
    performance="None.",
    stands_for=("ideal:fixed-name",),
    fails=(
        example(
            """
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: shop-uploads  # finds
      VersioningConfiguration: {Status: Enabled}
""",
            prompt="A bucket.",
            ideal="""
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: {Status: Enabled}
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
