"""Edits that correct security groups and the logging of APIs."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue.corrections import added, depends_on, node_at, set_value, steps_of, template_of
from grader.model import Edit, Finding
from grader.template import Scalar


def from_network(case: Case, finding: Finding) -> Iterator[Edit]:
    """Admit the addresses of the network of the template, where it has one, in place of every address."""
    template = template_of(case, finding)
    steps = steps_of(template, finding) if template else None
    networks = list(template.of_type("AWS::EC2::VPC")) if template else []
    if (
        template
        and steps
        and steps[-1] == "CidrIp"
        and len(networks) == 1
        and isinstance(node_at(template, steps), Scalar)
    ):
        yield set_value(steps, {"Fn::GetAtt": [networks[0].name, "CidrBlock"]})


def logging_account(case: Case, finding: Finding) -> Iterator[Edit]:
    """Set the CloudWatch role of the account, and let the stage wait for it."""
    template = template_of(case, finding)
    if template is None or finding.resource not in template.resources:
        return
    trust = {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}
    policy = "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
    properties: dict[str, object] = {
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "ManagedPolicyArns": [{"Fn::Sub": policy}],
    }
    role = added(template, "ApiGatewayLogsRole", "AWS::IAM::Role", properties)
    arn: dict[str, object] = {"CloudWatchRoleArn": {"Fn::GetAtt": [str(role.path[1]), "Arn"]}}
    account = added(template, "ApiGatewayAccount", "AWS::ApiGateway::Account", arn)
    yield from (role, account, depends_on(template, finding.resource, str(account.path[1])))
