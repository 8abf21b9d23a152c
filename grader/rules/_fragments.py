"""Fragments of templates that the examples of several rules share: roles, functions, databases, networks."""

from __future__ import annotations

LAMBDA_ROLE = """
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
"""
NETWORK = """
  Network: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Inside: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Network, CidrBlock: 10.0.1.0/24}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: Workers, VpcId: !Ref Network}}
"""
REST_API = """
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: orders}}
"""


def resources(*parts: str, head: str = "") -> str:
    """Return a template of resources, each part indented as below `Resources`; `head` is what precedes that section."""
    return (
        "\n".join([*([head.strip("\n")] if head else []), "Resources:", *(part.strip("\n") for part in parts)]) + "\n"
    )


def database(*properties: str, name: str = "Orders") -> str:
    """Return an RDS instance that deploys, with further lines of properties: its engine, version and class among them."""
    given = {line.split(":")[0] for line in properties}
    usual = ("Engine: postgres", "DBInstanceClass: db.t4g.medium", "AllocatedStorage: '20'", "StorageEncrypted: true")
    login = ("MasterUsername: shop", "ManageMasterUserPassword: true")
    lines = [line for line in (*usual, *login) if line.split(":")[0] not in given]
    kept = "\n    DeletionPolicy: Snapshot\n    UpdateReplacePolicy: Snapshot"
    return f"  {name}:\n    Type: AWS::RDS::DBInstance{kept}\n    Properties:{_lines(*lines, *properties)}"


def function(*properties: str, name: str = "Worker") -> str:
    """Return a Lambda function that runs with `Role`, with further lines of properties."""
    given = {line.split(":")[0] for line in properties}
    usual = ("Runtime: python3.13", "Handler: index.handler", "Role: !GetAtt Role.Arn")
    code = ("Code: {ZipFile: 'def handler(event, context): return None'}",)
    lines = [line for line in (*usual, *code) if line.split(":")[0] not in given]
    return f"  {name}:\n    Type: AWS::Lambda::Function\n    Properties:{_lines(*lines, *properties)}"


def _lines(*properties: str) -> str:
    return "".join(f"\n      {line}" for line in properties)
