"""Functions and tasks that call AWS services from subnets without a route out of the VPC."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.case.iam import grants, role_of
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._fragments import LAMBDA_ROLE, NETWORK, function, resources
from grader.rules._shared import created
from grader.support.markdown import code
from grader.template import Reference, Resource, Template

# What runs in a subnet, and where it names its subnets.
_RUNS = {
    "AWS::Lambda::Function": "VpcConfig.SubnetIds",
    "AWS::ECS::Service": "NetworkConfiguration.AwsvpcConfiguration.Subnets",
}
_WAYS_OUT = ("AWS::EC2::VPCEndpoint", "AWS::EC2::TransitGatewayAttachment", "AWS::EC2::VPCPeeringConnection")
# Lambda itself needs these: logs leave through the service, interfaces are made by it.
_OWN = re.compile(r"(logs|xray|cloudwatch):|ec2:\w*(networkinterface|privateip|describesubnets)", re.I)
_CALLS = re.compile(r"\bboto3\b|@aws-sdk/|\baws-sdk\b|\burllib|\brequests\b|\bhttps?\.(request|get)\b|\bfetch\(")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report route tables without a route out whose subnets hold functions that call AWS, or tasks that pull images."""
    for template in case.templates:
        if any(template.of_type(*_WAYS_OUT)):
            continue
        for where, resource in created(case, *_RUNS):
            if where is template and not resource.flag("NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp"):
                yield from _cut_off(case, template, resource)


def _uses(template: Template, resource: Resource) -> list[Reference]:
    return [use for use in template.references if use.owner == resource.name]


def _cut_off(case: Case, template: Template, resource: Resource) -> Iterator[RuleFinding]:
    table = _table_without_routes(template, resource)
    is_service = resource.type == "AWS::ECS::Service"
    if table is None or (is_service and resource.text("DesiredCount") == "0"):
        return
    calls = "pull the images of its tasks" if is_service else _calls(case, template, resource)
    if calls:
        because = f"{code(table.name)} has no `AWS::EC2::Route`, and {code(resource.name)} has to {calls}."
        message = f"has no route out, and {resource.name} in its subnets has to {calls.replace('`', '')}"
        level = "Critical" if is_service else ""
        yield at_property(template, table, "", message, level=level, value=resource.name, because=because)


def _table_without_routes(template: Template, resource: Resource) -> Resource | None:
    """Return the route table of the resource's first subnet, None where it has a route or is not known."""
    key = _RUNS[resource.type].split(".")[-1]
    subnets = {use.target for use in _uses(template, resource) if key in use.path}
    for link in template.of_type("AWS::EC2::SubnetRouteTableAssociation"):
        uses = _uses(template, link)
        if any("SubnetId" in use.path and use.target in subnets for use in uses):
            tables = [template.resources.get(use.target) for use in uses if "RouteTableId" in use.path]
            routes = template.uses.get(tables[0].name, ()) if tables and tables[0] else ()
            if not any("RouteTableId" in use.path and _is_route(template, use.owner) for use in routes):
                return tables[0] if tables else None
    return None


def _is_route(template: Template, name: str) -> bool:
    return name in template.resources and template.resources[name].type == "AWS::EC2::Route"


def _calls(case: Case, template: Template, function: Resource) -> str:
    """Return what a function calls over the network, as far as its role or its code says it; empty where nothing does."""
    role = role_of(template, function)
    actions = grants(case, template, role).actions if role else frozenset()
    wanted = sorted(action for action in actions if not _OWN.match(action) and action != "*")
    if wanted:
        return f"call {code(wanted[0].split(':')[0])}"
    return "call other services" if _CALLS.search(case.scopes[template.file].text(function.get("Code.ZipFile"))) else ""


RULE = Rule(
    id="isolated-subnet",
    kind="route-missing",
    level="High",
    category="requirements",
    title="Private subnet without a route out of the VPC",
    issue="The route {table|tables} {resources} in {file} {has|have} no route but the local one, and the template has no VPC endpoint. "
    "{values} in the associated subnets cannot reach AWS services: every call times out.",
    fix="Add a NAT gateway and a default route to it in {resources}, or VPC endpoints for the services that {values} {calls|call}.",
    root_cause="{because}",
    lesson="Give private subnets a NAT gateway, or the VPC endpoints that their functions and tasks need.",
    reference="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html",
    cost="Each call is charged until its timeout, and is repeated.",
    performance="Every call to an AWS service times out.",
    aws_behaviour="Functions deploy and time out at each call; an ECS service never becomes stable, and its stack rolls back (Critical).",
    check=check,
    fails=(
        example(
            resources(
                LAMBDA_ROLE
                + """
      Policies:
        - PolicyName: work
          PolicyDocument:
            Version: '2012-10-17'
            Statement: [{Effect: Allow, Action: ['dynamodb:GetItem', 'logs:*'], Resource: '*'}]
""",
                NETWORK,
                """
  Table:  # finds
    Type: AWS::EC2::RouteTable
    Properties: {VpcId: !Ref Network}
  Link: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Inside, RouteTableId: !Ref Table}}
""",
                function("VpcConfig: {SubnetIds: [!Ref Inside], SecurityGroupIds: [!Ref Group]}"),
            )
        ),
    ),
    passes=(
        example(
            resources(
                LAMBDA_ROLE
                + """
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole']
""",
                NETWORK,
                """
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Network}}
  Link: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Inside, RouteTableId: !Ref Table}}
""",
                function("VpcConfig: {SubnetIds: [!Ref Inside], SecurityGroupIds: [!Ref Group]}"),
            )
        ),
    ),
)
