"""Private endpoints that the prompt asks for, in a network without any."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.case.prompt import PROMPT, mentioned
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location


def check(case: Case) -> Iterator[RuleFinding]:
    """Report a prompt that names VPC endpoints or PrivateLink, and templates that make a VPC and no endpoint in it."""
    asked = mentioned(case, "AWS::EC2::VPCEndpoint")
    if asked is None or not any(case.resources("AWS::EC2::VPC")) or any(case.resources("AWS::EC2::VPCEndpoint")):
        return
    facts = {"asked": " ".join(asked.text.strip(" -*#>\t").split())[:160]}
    message = "there is no AWS::EC2::VPCEndpoint in any template"
    yield RuleFinding(
        location=Location(file=PROMPT, line=asked.line, type="AWS::EC2::VPCEndpoint"), message=message, facts=facts
    )


RULE = Rule(
    id="missing-private-endpoint",
    kind="networking-missing",
    level="Medium",
    category="requirements",
    title="A network without the private endpoints that are asked for",
    issue='The prompt wants private connections to AWS services ("{asked}"), and the network has no VPC endpoint: what is '
    "called from it leaves over the internet, or not at all.",
    fix="Add gateway endpoints for S3 and DynamoDB, and interface endpoints for the other services that are called.",
    root_cause="NAT gateways make the calls work, so that the private way was not missed.",
    lesson="Where private connectivity is asked for, list the services that are called and give each its endpoint.",
    reference="https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html",
    cost="Traffic to S3 and DynamoDB is paid for at the NAT gateway; gateway endpoints are free.",
    security="Calls to AWS services go over public addresses.",
    performance="None.",
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
    ),
)
