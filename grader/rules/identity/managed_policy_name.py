"""Managed policies that AWS does not have."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.template import dotted

# Names that are often written, and what AWS calls the policy.
# Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
_WRONG = {
    "service-role/ConfigRole": "service-role/AWS_ConfigRole",
    "ConfigRole": "service-role/AWS_ConfigRole",
    "AWSConfigRole": "service-role/AWS_ConfigRole",
    "service-role/AWSConfigRole": "service-role/AWS_ConfigRole",
    "AWSLambdaBasicExecutionRole": "service-role/AWSLambdaBasicExecutionRole",
    "AWSLambdaVPCAccessExecutionRole": "service-role/AWSLambdaVPCAccessExecutionRole",
    "AmazonECSTaskExecutionRolePolicy": "service-role/AmazonECSTaskExecutionRolePolicy",
    "AmazonRDSEnhancedMonitoringRole": "service-role/AmazonRDSEnhancedMonitoringRole",
    "service-role/AmazonSSMManagedInstanceCore": "AmazonSSMManagedInstanceCore",
    "service-role/CloudWatchAgentServerPolicy": "CloudWatchAgentServerPolicy",
    "service-role/AWSXRayDaemonWriteAccess": "AWSXRayDaemonWriteAccess",
    "service-role/AmazonEKSClusterPolicy": "AmazonEKSClusterPolicy",
    "AmazonAPIGatewayPushToCloudWatchLogs": "service-role/AmazonAPIGatewayPushToCloudWatchLogs",
    "AWSBackupServiceRolePolicyForBackup": "service-role/AWSBackupServiceRolePolicyForBackup",
    "AWSCodeDeployRole": "service-role/AWSCodeDeployRole",
    "AWSGlueServiceRole": "service-role/AWSGlueServiceRole",
}


def check(case: Case) -> Iterator[RuleFinding]:
    """Report ARNs of managed policies under a name or path that AWS does not have."""
    for template in case.templates:
        for path, node, text in case.texts(template):
            name = text.partition(":iam::aws:policy/")[2]
            right = _WRONG.get(name, name)
            if right != name and path[0] == "Resources" and len(path) > 1:
                resource = template.resources.get(str(path[1]))
                message = f"there is no policy {name}; it is called {right}"
                facts = {"value": name, "needed": right}
                yield RuleFinding(
                    location=Location(
                        file=template.file,
                        line=node.line,
                        resource=str(path[1]),
                        type=resource.type if resource else "",
                        path=dotted(path[2:]),
                    ),
                    message=message,
                    facts=facts,
                )


RULE = Rule(
    id="managed-policy-name",
    kind="invalid-managed-policy",
    level="Critical",
    category="security",
    title="Managed policies that AWS does not have",
    issue="In {file}, {resources} attach {values}. AWS has no policy of that name and path; it is {needed}. Creating "
    "the role fails.",
    fix="Attach {needed} instead of {value}.",
    root_cause="Some managed policies stand below service-role/ and some do not; names alone do not tell.",
    lesson="Take the ARN of a managed policy from its reference page.",
    reference="https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html",
    cost="The deployment is rolled back.",
    security="None.",
    performance="None.",
    check=check,
    fails=(
        example("""
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: config.amazonaws.com}, Action: 'sts:AssumeRole'}]
      ManagedPolicyArns:
        - arn:aws:iam::aws:policy/service-role/ConfigRole  # finds
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
