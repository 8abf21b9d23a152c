"""Engine versions that are not offered."""

from __future__ import annotations

from grader.rule import Rule, example

RULE = Rule(
    id="invalid-engine-version",
    kind="invalid-engine-version",
    level="Critical",
    category="versions",
    title="Database engine version that is not offered",
    issue="A version or a class of a database that the service does not offer, in {file}: on {resources}. For {resource}: "
    "{says}.",
    fix="Take a version from `aws rds describe-db-engine-versions`, or give only the major version.",
    root_cause="The version was once offered, or never; minor versions come and go within months.",
    lesson="Give a major version, or a minor version that is offered today.",
    reference="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBEngineVersions.html",
    cost="The database fails, and everything created before it is rolled back.",
    security="None by itself.",
    performance="None: nothing stays created.",
    stands_for=(
        "cfn-lint:E3690",
        "cfn-lint:E3691",
        "cloudformation-validate:E3690",
        "cloudformation-validate:E3691",
        "cfn-lint:E3692",
        "cfn-lint:E3025",
        "cloudformation-validate:E3025",
        "cfn-lint:E3062",
        "cloudformation-validate:E3062",
        "cfn-lint:E3694",
        "cloudformation-validate:E3694",
    ),
    engine="cfn-lint",
    fails=(
        example("""
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      Engine: postgres
      EngineVersion: '9.1'  # finds
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
