"""Stores without the encryption that the task asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.rule import Hit, Rule, example, hit

# Where a type says that it is encrypted with a key.
_STORES = {
    "AWS::DynamoDB::Table": ("SSESpecification",),
    "AWS::EC2::Volume": ("Encrypted",),
    "AWS::EFS::FileSystem": ("Encrypted",),
    "AWS::ElastiCache::ReplicationGroup": ("AtRestEncryptionEnabled",),
    "AWS::Kinesis::Stream": ("StreamEncryption",),
    "AWS::Logs::LogGroup": ("KmsKeyId",),
    "AWS::RDS::DBCluster": ("StorageEncrypted",),
    "AWS::RDS::DBInstance": ("StorageEncrypted", "DBClusterIdentifier", "SourceDBInstanceIdentifier"),
    "AWS::Redshift::Cluster": ("Encrypted",),
    "AWS::S3::Bucket": ("BucketEncryption",),
    "AWS::SNS::Topic": ("KmsMasterKeyId",),
    "AWS::SQS::Queue": ("KmsMasterKeyId", "SqsManagedSseEnabled"),
}
_ASKED = r"encrypt|kms|cmk"
_KEYS = r"kms|customer[\s-]managed|cmk"
_DEFAULT = ("AWS::DynamoDB::Table", "AWS::Logs::LogGroup", "AWS::SNS::Topic", "AWS::S3::Bucket", "AWS::SQS::Queue")


def check(case: Case) -> Iterator[Hit]:
    """Report stores that say nothing of encryption, where the prompt asks for it."""
    if not re.search(_ASKED, case.prompt):
        return
    with_keys = re.search(_KEYS, case.prompt) is not None
    for template, store in case.resources(*_STORES):
        keys = _STORES[store.type]
        if any(store.get(key) is not None for key in keys) or (store.type in _DEFAULT and not with_keys):
            continue
        yield hit(template, store, keys[0], f"has no {keys[0]}, and the task asks for encryption", value=keys[0])


RULE = Rule(
    id="missing-encryption",
    kind="missing-encryption",
    level="Medium",
    category="security",
    title="Stores without the encryption that the task asks for",
    issue="The task asks for encryption. In {file}, {resources} do not set {values}.",
    fix="Set {values}, with the key of the template where it has one.",
    root_cause="Encryption was set where data obviously lies, and forgotten on logs, topics and queues.",
    lesson="Encrypt every store when the task asks for encryption, with its key.",
    reference="https://docs.aws.amazon.com/kms/latest/developerguide/service-integration.html",
    cost="A key costs a dollar a month.",
    security="Data lies without the protection that was asked for.",
    performance="None.",
    check=check,
    fails=(
        example(
            """
Resources:
  Files:
    Type: AWS::EFS::FileSystem
    Properties:  # finds
      PerformanceMode: generalPurpose
""",
            prompt="A file system, encrypted with KMS.",
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
