"""Secrets that pass through parameters."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="secret-in-parameter",
    kind="secret-in-parameter",
    level="Medium",
    category="security",
    title="Secrets that pass through parameters",
    issue="A secret is taken from a parameter, in {file}: by {resources}. {says}. Whoever deploys has to know it, and "
    "it stands in the history of commands and pipelines.",
    fix="Let the service manage the password (ManageMasterUserPassword), or generate a secret in Secrets Manager and "
    "refer to it with a dynamic reference.",
    root_cause="The parameter is the simplest way to get a value in; NoEcho hides it from the console only.",
    lesson="Generate secrets in Secrets Manager and resolve them; never pass them as parameters.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices.html",
    cost="A secret costs about half a dollar a month.",
    security="Parameters leak through shells, pipelines and change sets.",
    performance="None.",
    stands_for=(
        "cfn-lint:W1011",
        "cloudformation-validate:W1011",
        "cfn-lint:W2501",
        "cloudformation-validate:W2501",
        "cfn-lint:W2509",
        "cloudformation-validate:W2509",
        "cfn-lint:W2010",
        "cloudformation-validate:W2010",
    ),
    fails=(
        example("""
Parameters:
  AdminPassword: {Type: String, NoEcho: true, MinLength: 12, Default: ''}
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      Engine: mysql
      DBInstanceClass: db.t4g.micro
      AllocatedStorage: '20'
      StorageEncrypted: true
      MasterUsername: shop
      MasterUserPassword: !Ref AdminPassword  # finds
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
