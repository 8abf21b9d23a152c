"""VPC endpoints that the prompt asks for, in a VPC without any."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.rules._asked import absent
from grader.rules._shared import created

_WORDS = r"\bvpc (gateway |interface )?endpoints?\b|\binterface endpoints?\b|(?<!api )\bgateway (vpc )?endpoints?\b|\bprivatelink\b"


def check(case: Case) -> Iterator[RuleFinding]:
    """Report a prompt that orders VPC endpoints or PrivateLink, and templates that create a VPC without an endpoint."""
    if any(created(case, "AWS::EC2::VPC")):
        yield from absent(case, _WORDS, "AWS::EC2::VPCEndpoint")


RULE = Rule(
    id="missing-private-endpoint",
    kind="networking-missing",
    level="High",
    category="requirements",
    title="Missing VPC endpoints",
    issue="The prompt asks for private connections to AWS services: {asked}. The VPC has no endpoint, so calls to AWS services leave it "
    "over the internet, or fail.",
    fix="Add gateway endpoints for S3 and DynamoDB, and interface endpoints for the other services that are called from the VPC.",
    root_cause="{because}",
    lesson="Where private connectivity is asked for, list the services that are called and give each its endpoint.",
    reference="https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html",
    cost="Traffic to S3 and DynamoDB is charged at a NAT gateway; gateway endpoints are free.",
    security="Calls to AWS services use public addresses.",
    aws_behaviour="Deploys; traffic to AWS services does not stay on the private network as asked.",
    check=check,
    fails=(
        example(
            """
Resources:
  Network:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
""",
            prompt="A VPC. Traffic to AWS services uses PrivateLink.",
        ),
    ),
    passes=(
        example(
            """
Resources:
  Network:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
  Files:
    Type: AWS::EC2::VPCEndpoint
    Properties: {VpcId: !Ref Network, ServiceName: !Sub 'com.amazonaws.${AWS::Region}.s3'}
""",
            prompt="A VPC. Traffic to AWS services uses PrivateLink.",
        ),
        example(
            """
Resources:
  Network:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
""",
            prompt="A VPC with an API Gateway endpoint. Prefer VPC endpoints over NAT gateways where applicable.",
        ),
    ),
)
