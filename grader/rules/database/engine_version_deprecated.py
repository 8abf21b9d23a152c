"""Engine versions that no new database can be created with for long."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="engine-version-deprecated",
    kind="invalid-engine-version",
    level="Medium",
    category="versions",
    title="Database engine versions that are being withdrawn",
    issue="Withdrawn versions of a database engine, in {file}: on {resources}. For {resource}: {says}.",
    fix="Move to a current minor version, or give the major version alone and let RDS choose.",
    root_cause="Minor versions are offered for a year or two; the one chosen was current when the model learnt it.",
    lesson="Give a major version, or a minor version that is offered today.",
    reference="https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html",
    cost="A failed creation once the version is gone, or an upgrade soon after.",
    security="Old minor versions lack fixes.",
    performance="None.",
    stands_for=("cfn-lint:E3025", "cloudformation-validate:E3025", "cfn-lint:W3690", "cfn-lint:W3691"),
    yields_to=("invalid-engine-version",),
    engine="cfn-lint",
    forgiven=True,
    fails=(
        example("""
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:  # finds
      Engine: mysql
      EngineVersion: '8.0.40'
      DBInstanceClass: db.t4g.micro
      AllocatedStorage: '20'
      StorageEncrypted: true
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
