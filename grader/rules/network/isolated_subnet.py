"""Private subnets without a way out."""

from __future__ import annotations

from collections.abc import Iterator, KeysView

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.template import Reference, Resource, Template

# What runs in a subnet and calls AWS, and where it names its subnets.
_RUNS = {
    "AWS::Lambda::Function": "VpcConfig.SubnetIds",
    "AWS::ECS::Service": "NetworkConfiguration.AwsvpcConfiguration.Subnets",
}


def check(case: Case) -> Iterator[RuleFinding]:
    """Report route tables without a default route whose subnets hold functions or tasks that call services."""
    for template in case.templates:
        if any(template.of_type("AWS::EC2::VPCEndpoint", "AWS::EC2::TransitGatewayAttachment")):
            continue
        ways = _linked(template, "AWS::EC2::Route", "RouteTableId").keys()
        held = _linked(template, "AWS::EC2::SubnetRouteTableAssociation", "SubnetId")
        for kind, path in _RUNS.items():
            for resource in template.of_type(kind):
                if (
                    resource.flag("NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp")
                    or resource.get(path) is None
                ):
                    continue
                yield from _cut_off(template, resource, path.split(".")[-1], ways, held)


def _uses(template: Template, resource: Resource) -> list[Reference]:
    return [use for use in template.references if use.owner == resource.name]


def _linked(template: Template, kind: str, key: str) -> dict[str, Resource]:
    """Return the resources of a type by what one of their properties refers to."""
    links = list(template.of_type(kind))
    return {use.target: link for link in links for use in _uses(template, link) if key in use.path}


def _cut_off(
    template: Template, resource: Resource, key: str, ways: KeysView[str], held: dict[str, Resource]
) -> Iterator[RuleFinding]:
    for use in _uses(template, resource):
        link = held.get(use.target) if key in use.path else None
        tables = [one.target for one in _uses(template, link) if "RouteTableId" in one.path] if link else []
        table = template.resources.get(tables[0]) if tables else None
        if table and table.name not in ways:
            message = f"has no route out, and {resource.name} in its subnet {use.target} calls services"
            yield at_property(template, table, "", message, value=resource.name)
            return


RULE = Rule(
    id="isolated-subnet",
    kind="route-missing",
    level="High",
    category="requirements",
    title="Private subnets without a way out",
    issue="The route tables {resources} in {file} have no route but the local one, and there is no VPC endpoint. "
    "{values} in their subnets reach neither AWS nor the image registry.",
    fix="Add a NAT gateway and a default route to it, or endpoints for the services that are called.",
    root_cause="Private was taken for isolated.",
    lesson="Give private subnets a NAT gateway or the endpoints they need.",
    reference="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html",
    cost="Tasks start, fail and start again.",
    security="None.",
    performance="Calls time out.",
    check=check,
    fails=(
        example("""
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
      Policies:
        - PolicyName: work
          PolicyDocument:
            Version: '2012-10-17'
            Statement: [{Effect: Allow, Action: ['dynamodb:GetItem', 'logs:*'], Resource: '*'}]
  Network: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Inside: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Network, CidrBlock: 10.0.1.0/24}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: Workers, VpcId: !Ref Network}}
  Table:  # finds
    Type: AWS::EC2::RouteTable
    Properties: {VpcId: !Ref Network}
  Link: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Inside, RouteTableId: !Ref Table}}
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: !GetAtt Role.Arn
      VpcConfig: {SubnetIds: [!Ref Inside], SecurityGroupIds: [!Ref Group]}
      Code: {ZipFile: 'def handler(event, context): return None'}
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
