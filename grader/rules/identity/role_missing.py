"""Roles of the account that nothing creates."""

from __future__ import annotations

import re
from dataclasses import replace

from grader.case import Case
from grader.catalogue import Rule, example
from grader.model import Finding
from grader.rules._fragments import resource
from grader.support.markdown import code, listed

# Services that test the role when the resource is created; others take the ARN and fail when they use it.
# Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html (MonitoringRoleArn)
# Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html (the role cannot be assumed)
# Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
_TEST_THE_ROLE = re.compile(
    r"AWS::(RDS|Lambda|Serverless|StepFunctions|KinesisFirehose|CodeBuild|EKS|CloudTrail|Config)::"
)


def confirm(case: Case, finding: Finding) -> Finding | None:
    """Return a role that the plan misses, unless the prompt names it as one that exists."""
    name = finding.facts.get("value", "")
    if len(name) > 3 and case.request.first(re.escape(name)) is not None:
        return None
    roles = [role.name for _, role in case.resources("AWS::IAM::Role")]
    because = (
        f"The templates create the roles {listed(roles)}; {code(finding.resource)} names another by its ARN."
        if roles
        else f"The templates create no role; {code(finding.resource)} takes the ARN as if one existed."
    )
    level = "" if _TEST_THE_ROLE.match(finding.type) else "High"
    return replace(finding, level=level, facts={**finding.facts, "because": because})


_DATABASE = """
Engine: mysql
DBInstanceClass: db.t3.medium
AllocatedStorage: '20'
MasterUsername: orders
ManageMasterUserPassword: true
StorageEncrypted: true
MonitoringInterval: 60
MonitoringRoleArn: !Sub 'arn:aws:iam::${AWS::AccountId}:role/orders-monitoring'"""

RULE = Rule(
    id="role-missing",
    kind="external-dependency",
    level="Critical",
    category="prerequisites",
    title="Roles that no template creates: {values}",
    issue="{resources} in {file} {uses|use} {values}, a role of the deploying account that no template creates and the account does "
    "not have. The service cannot assume it.",
    fix="Create the role in the template, with the service in its trust policy, and refer to it with Fn::GetAtt; or take its ARN as "
    "a parameter that the documents explain.",
    root_cause="{because}",
    lesson="Create the roles that a template hands to services, or take their ARNs as documented parameters.",
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-service.html",
    aws_behaviour="RDS, Lambda, Step Functions, Firehose, CodeBuild, EKS, CloudTrail and Config test the role at creation and refuse "
    "it (Critical); other services accept the ARN and fail when they use it (High).",
    stands_for=("plan:role-missing",),
    confirm=confirm,
    fails=(
        example(
            "Resources:\n"
            + resource("Orders", "AWS::RDS::DBInstance", _DATABASE + "  # finds", "DeletionPolicy: Snapshot")
        ),
    ),
    passes=(
        example(
            "Resources:\n"
            + resource(
                "Monitoring",
                "AWS::IAM::Role",
                """
                RoleName: orders-monitoring
                AssumeRolePolicyDocument:
                  Version: '2012-10-17'
                  Statement: [{Effect: Allow, Principal: {Service: monitoring.rds.amazonaws.com}, Action: 'sts:AssumeRole'}]
                """,
            )
            + resource("Orders", "AWS::RDS::DBInstance", _DATABASE, "DependsOn: Monitoring\nDeletionPolicy: Snapshot")
        ),
        example(
            "Resources:\n" + resource("Orders", "AWS::RDS::DBInstance", _DATABASE, "DeletionPolicy: Snapshot"),
            prompt="A MySQL database. Use the existing role orders-monitoring for enhanced monitoring.",
        ),
    ),
)
