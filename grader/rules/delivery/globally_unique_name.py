"""Names that somebody else may have."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="globally-unique-name",
    former_ids=("global-name",),
    kind="bucket-name-not-unique",
    level="Critical",
    category="naming",
    title="Names that somebody else may have",
    issue="{resources} in {file} have names without the account in them: {says}. Names of buckets are shared by all "
    "accounts, and one that is taken stops the deployment.",
    fix="Put ${{AWS::AccountId}} into the name, or leave the name out.",
    root_cause="The suffix of the environment was thought to be enough.",
    lesson="Make names of buckets unique by the account.",
    reference="https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
    cost="The deployment is rolled back.",
    security="A name that others can guess can be taken before.",
    performance="None.",
    stands_for=("ideal:unique-name",),
    fails=(
        example(
            """
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      BucketName: !Sub shop-${AWS::Region}-uploads  # finds
""",
            prompt="A bucket.",
            ideal="""
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      BucketName: !Sub shop-${AWS::Region}-${AWS::AccountId}-uploads
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
