"""Another engine than the task needs."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="engine-choice",
    kind="engine-mismatch",
    level="High",
    category="requirements",
    title="Another engine than the task needs",
    issue="{resources} in {file} run another engine than the ideal answer: {says}.",
    fix="Take the engine that the ideal answer takes, with its port, its parameters and its driver.",
    root_cause="Engines were taken for interchangeable.",
    lesson="Choose the engine from the prompt and from the code that talks to it.",
    reference="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_GettingStarted.html",
    cost="None.",
    security="None.",
    performance="None.",
    stands_for=("ideal:engine",),
    fails=(
        example(
            """
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      Engine: mysql  # finds
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
