"""Fragments of templates that the examples of several rules share: roles, functions, databases, networks."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

LAMBDA_ROLE = """
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
"""
LAMBDA_TRUST = (
    "AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, "
    "Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]}"
)
NETWORK = """
  Network: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Inside: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Network, CidrBlock: 10.0.1.0/24}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: Workers, VpcId: !Ref Network}}
"""
REST_API = """
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: orders}}
"""
# A REST API that logs, with the role of the account that this needs.
LOGGING_API = f"""{REST_API.rstrip()}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{{Effect: Allow, Principal: {{Service: apigateway.amazonaws.com}}, Action: 'sts:AssumeRole'}}]
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs']
  Account: {{Type: AWS::ApiGateway::Account, Properties: {{CloudWatchRoleArn: !GetAtt Role.Arn}}}}
  Release:
    Type: AWS::ApiGateway::Deployment
    DependsOn: Account
    Properties:
      RestApiId: !Ref Api
      StageName: live
      StageDescription: {{MethodSettings: [{{HttpMethod: '*', ResourcePath: '/*', LoggingLevel: INFO}}]}}
"""


def but(text: str, changes: Mapping[str, str]) -> str:
    """Return a template that differs from another in a few places: what an example is about. Raises ValueError for a part that it lacks."""
    for old, new in changes.items():
        if old not in text:
            raise ValueError(old)
        text = text.replace(old, new)
    return text


def unmarked(text: str) -> str:
    """Return a template without the marks of findings: nothing is reported where the prompt or another file differs."""
    return text.replace("  # finds", "")


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


def resource(name: str, kind: str, properties: str = "", attributes: str = "") -> str:
    """Return a resource; `properties` and `attributes` are YAML at any indentation."""
    text = f"  {name}:\n    Type: {kind}\n" + _indented(attributes, 4)
    return text + ("    Properties:\n" + _indented(properties, 6) if properties.strip() else "")


def role(actions: Sequence[str] = (), mark: str = "", properties: str = "", name: str = "Role") -> str:
    """Return a role for functions that allows actions on every resource; `mark` is put behind its Policies."""
    policies = ""
    if actions:
        listed = ", ".join(f"'{action}'" for action in actions)
        statement = f"{{Effect: Allow, Action: [{listed}], Resource: '*'}}"
        document = f"PolicyDocument: {{Version: '2012-10-17', Statement: [{statement}]}}"
        policies = f"Policies:{mark}\n  - PolicyName: work\n    {document}\n"
    return resource(name, "AWS::IAM::Role", f"{LAMBDA_TRUST}\n{policies}{textwrap.dedent(properties).strip()}")


def worker(code: str, mark: str = "", properties: str = "", runtime: str = "python3.13") -> str:
    """Return a function with inline code and the role named Role; `mark` is put behind its ZipFile."""
    head = f"Runtime: {runtime}\nRole: !GetAtt Role.Arn\n"
    handler = "" if "Handler:" in properties else "Handler: index.handler\n"
    body = f"Code:\n  ZipFile: |{mark}\n" + _indented(code, 4)
    return resource(
        "Worker", "AWS::Lambda::Function", head + handler + textwrap.dedent(properties).strip() + "\n" + body
    )


def _indented(text: str, by: int) -> str:
    lines = textwrap.dedent(text).strip("\n")
    return textwrap.indent(lines, " " * by) + "\n" if lines.strip() else ""
