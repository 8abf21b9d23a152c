"""Replication to a bucket that nothing creates."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.rule import Hit, Rule, example, hit
from grader.template import Scope

# "Create the destination bucket first" in words, or the commands that do it.
_TOLD = (
    r"(create-bucket|s3 mb)[^\n]*(repl|dest|dr\b|backup)"
    r"|\bcreate\b[^\n.]{0,60}\b(replica|destination|replication|target)\b[^\n.]{0,30}\bbucket"
)


def check(case: Case) -> Iterator[Hit]:
    """Report each bucket whose replication has a destination that neither the bundle nor the account holds."""
    if case.documented(_TOLD):
        return
    created = {
        str(case.scopes[template.file].name_of(bucket)) for template, bucket in case.resources("AWS::S3::Bucket")
    }
    for template, bucket in case.resources("AWS::S3::Bucket"):
        scope = case.scopes[template.file]
        rules = scope.value(bucket.get("ReplicationConfiguration.Rules"))
        if scope.exists(bucket) is False or not isinstance(rules, list):
            continue
        for index, rule in enumerate(rules):
            destination = _destination(rule)
            name = destination.rpartition(":::")[2]
            if destination and not _exists(name, created, case, scope):
                path = f"ReplicationConfiguration.Rules.{index}.Destination.Bucket"
                message = f"replicates to {destination}, which no template creates"
                yield hit(template, bucket, path, message, value=name)


def _destination(rule: object) -> str:
    destination = rule.get("Destination") if isinstance(rule, dict) else None
    return str(destination.get("Bucket", "")) if isinstance(destination, dict) else ""


def _exists(name: str, created: set[str], case: Case, scope: Scope) -> bool:
    if name in created or name in case.account.buckets:
        return True
    if not name.startswith("${"):
        return False
    target = name[2:].split("}")[0].split(".")[0]
    return target in scope.template.resources or ".Outputs." in name


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
        Role: arn:aws:iam::123456789012:role/replicate
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
        Role: arn:aws:iam::123456789012:role/replicate
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
        - Role: arn:aws:iam::123456789012:role/replicate
          Rules:
            - Status: Enabled
              Destination: {Bucket: !Ref CopyBucketArn}
        - !Ref AWS::NoValue
"""),
    ),
)
