"""Data kept in one case and lost in the other."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="deletion-policy-without-update-replace-policy",
    former_ids=("half-deletion-policy",),
    kind="missing-deletion-policy",
    level="Medium",
    category="lifecycle",
    title="DeletionPolicy without UpdateReplacePolicy, or the other way round",
    issue="{resources} in {file} have one of DeletionPolicy and UpdateReplacePolicy. What one protects the other gives "
    "away: an update that replaces the resource does not ask DeletionPolicy.",
    fix="Set both, to the same value.",
    root_cause="DeletionPolicy is thought to cover replacement.",
    lesson="Write DeletionPolicy and UpdateReplacePolicy together.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-"
    "updatereplacepolicy.html",
    cost="Data is lost, or kept and paid for.",
    security="None.",
    performance="None.",
    stands_for=("cfn-lint:W3011", "cloudformation-validate:W3011"),
    fails=(
        example("""
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    DeletionPolicy: Retain
"""),
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
