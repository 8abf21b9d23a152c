"""Roles that nobody creates."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="role-missing",
    kind="external-dependency",
    level="Critical",
    category="prerequisites",
    title="Roles that nobody creates",
    issue="{resources} in {file} run with {values}, a role of the own account that no template creates and the account does not have.",
    fix="Create the role in the template, with the service that uses it in its trust policy, and refer to it with Fn::GetAtt.",
    root_cause="The name of a role was taken from an example or a console, where it had been made by hand.",
    lesson="Let a template bring the roles that it hands out, or take their ARNs as documented parameters.",
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-service.html",
    cost="The deployment is rolled back.",
    security="Whoever makes the role by hand decides what it may do.",
    performance="None.",
    stands_for=("plan:role-missing",),
    fails=(
        example("""
Resources:
  Orders:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Snapshot
    Properties:
      Engine: mysql
      DBInstanceClass: db.t3.medium
      AllocatedStorage: '20'
      MasterUsername: orders
      ManageMasterUserPassword: true
      StorageEncrypted: true
      MonitoringInterval: 60
      MonitoringRoleArn: !Sub 'arn:aws:iam::${AWS::AccountId}:role/orders-monitoring'  # finds
"""),
    ),
    passes=(
        example("""
Resources:
  Monitoring:
    Type: AWS::IAM::Role
    Properties:
      RoleName: orders-monitoring
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: monitoring.rds.amazonaws.com}, Action: 'sts:AssumeRole'}]
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole']
  Orders:
    Type: AWS::RDS::DBInstance
    DependsOn: Monitoring
    DeletionPolicy: Snapshot
    Properties:
      Engine: mysql
      DBInstanceClass: db.t3.medium
      AllocatedStorage: '20'
      MasterUsername: orders
      ManageMasterUserPassword: true
      StorageEncrypted: true
      MonitoringInterval: 60
      MonitoringRoleArn: !Sub 'arn:aws:iam::${AWS::AccountId}:role/orders-monitoring'
"""),
    ),
)
