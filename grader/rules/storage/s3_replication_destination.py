"""Replication to a bucket that nothing creates."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example, from_problem
from grader.plan.sources import unresolved_destinations

# "Create the destination bucket first" in words, or the commands that do it.
_TOLD = (
    r"(create-bucket|s3 mb)[^\n]*(repl|dest|dr\b|backup)"
    r"|\bcreate\b[^\n.]{0,60}\b(replica|destination|replication|target)\b[^\n.]{0,30}\bbucket"
)


def check(case: Case) -> Iterator[RuleFinding]:
    """Report each replication to a bucket that is not there, unless a document says to create it."""
    if not case.documented(_TOLD):
        yield from map(from_problem, unresolved_destinations(case))


RULE = Rule(
    id="s3-replication-destination",
    kind="replication-destination-missing",
    level="Critical",
    category="prerequisites",
    title="S3 replication to a bucket that nothing creates",
    issue="{resource} in {file} replicates its objects to {value}. No template of the response creates that bucket, the "
    "account does not hold it, and no document says to create it first. S3 checks the destination when the source bucket "
    "is created, so the stack fails there.",
    fix="Create the destination bucket, with versioning on, before {resource}: in a stack of its own where it belongs in "
    "another region. Or put the replication behind a condition that is off until the bucket's ARN is given.",
    root_cause="The response assumes that a bucket in the replica region stands already, and has no stack, parameter or "
    "instruction that would make it so.",
    lesson="Create both ends of a replication, or make it optional; a stack cannot create a bucket in another region.",
    reference="https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html",
    cost="The rollback costs a deployment; replication itself adds storage and transfer in the second region.",
    security="Objects that were to survive the loss of a region have a single copy.",
    performance="None: the stack does not come up.",
    check=check,
    fails=(
        example("""
Resources:
  Archive:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: {Status: Enabled}
      ReplicationConfiguration:
        Role: arn:aws:iam::999988887777:role/replicate
        Rules:
          - Status: Enabled
            Destination:
              Bucket: !Sub 'arn:aws:s3:::archive-copy-${AWS::AccountId}'  # finds
"""),
    ),
    passes=(
        example("""
Resources:
  Archive:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: {Status: Enabled}
      ReplicationConfiguration:
        Role: arn:aws:iam::999988887777:role/replicate
        Rules:
          - Status: Enabled
            Destination: {Bucket: !GetAtt Copy.Arn}
  Copy:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: {Status: Enabled}
"""),
        example("""
Parameters:
  CopyBucketArn: {Type: String, Default: ''}
Conditions:
  Replicate: !Not [!Equals [!Ref CopyBucketArn, '']]
Resources:
  Archive:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: {Status: Enabled}
      ReplicationConfiguration: !If
        - Replicate
        - Role: arn:aws:iam::999988887777:role/replicate
          Rules:
            - Status: Enabled
              Destination: {Bucket: !Ref CopyBucketArn}
        - !Ref AWS::NoValue
"""),
    ),
)
