"""Backups that are missing."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="missing-backup",
    kind="backup-config",
    level="High",
    category="lifecycle",
    title="Backups that are missing",
    issue="The ideal answer backs up what the response does not: {types}. {says}.",
    fix="Set the retention of backups, or add a backup plan with a vault and a selection.",
    root_cause="Backups were taken for a default.",
    lesson="Say for every store how far back it can be restored.",
    reference="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html",
    cost="Lost data is made again by hand.",
    security="None.",
    performance="None.",
    stands_for=("ideal:missing-backup", "ideal:backup"),
    fails=(
        example(
            """
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      Engine: postgres
      DBInstanceClass: db.t4g.micro
      AllocatedStorage: '20'
      StorageEncrypted: true
      ManageMasterUserPassword: true
      MasterUsername: shop
""",
            prompt="A database.",
            ideal="""
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      Engine: postgres
      DBInstanceClass: db.t4g.micro
      AllocatedStorage: '20'
      StorageEncrypted: true
      ManageMasterUserPassword: true
      MasterUsername: shop
      BackupRetentionPeriod: 14
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
