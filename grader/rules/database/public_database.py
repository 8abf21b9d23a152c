"""Databases on the internet."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="public-database",
    kind="public-access",
    level="High",
    category="security",
    title="Databases that can be reached from the internet",
    issue="{resources} in {file} are publicly accessible: {says}.",
    fix="Set PubliclyAccessible: false on {resources}, and reach them from inside the network.",
    root_cause="The database was to be reached from a desk.",
    lesson="Keep databases in private subnets.",
    reference="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
    cost="None.",
    security="The password is all that stands between the data and the internet.",
    performance="None.",
    stands_for=("cloudformation-validate:W9011",),
    needed=lambda finding: False,
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
      StorageEncrypted: true
      PubliclyAccessible: true  # finds
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
