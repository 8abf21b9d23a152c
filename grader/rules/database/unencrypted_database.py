"""Databases without encryption at rest."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="unencrypted-database",
    kind="missing-encryption",
    level="Medium",
    category="security",
    title="Databases without encryption at rest",
    issue="{resources} in {file} store their data unencrypted: {says}. A database cannot be encrypted later without "
    "being copied.",
    fix="Set StorageEncrypted: true on {resources}.",
    root_cause="The default of the API is to leave storage unencrypted.",
    lesson="Switch encryption on in the first version: it cannot be added.",
    reference="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html",
    cost="A migration to a new database later.",
    security="Disks and snapshots can be read by whoever gets them.",
    performance="None.",
    stands_for=("cloudformation-validate:W9008",),
    needed=lambda finding: True,
    fails=(
        example("""
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      Engine: postgres
      DBInstanceClass: db.t4g.micro
      AllocatedStorage: '20'
      StorageEncrypted: false
      ManageMasterUserPassword: true
      MasterUsername: shop
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
