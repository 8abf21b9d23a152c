"""Flow logs that the prompt asks for, of a VPC without any."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.rules._asked import absent
from grader.rules._shared import created


def check(case: Case) -> Iterator[RuleFinding]:
    """Report a prompt that orders flow logs, and templates that create a VPC without one."""
    if any(created(case, "AWS::EC2::VPC")):
        yield from absent(case, r"\bflow logs?\b|\bflow logging\b", "AWS::EC2::FlowLog")


RULE = Rule(
    id="missing-flow-log",
    kind="missing-logging",
    level="High",
    category="observability",
    title="Missing VPC flow logs",
    issue="The prompt asks for flow logs: {asked}. No template has an AWS::EC2::FlowLog, and a VPC logs no traffic by itself.",
    fix="Add an AWS::EC2::FlowLog for the VPC, with a log group or a bucket as its destination and, for a log group, a role.",
    root_cause="{because}",
    lesson="A VPC has flow logs only where an AWS::EC2::FlowLog creates them.",
    reference="https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html",
    security="Traffic in the VPC cannot be examined afterwards.",
    aws_behaviour="Deploys without a record of the traffic that the prompt wants logged.",
    check=check,
    fails=(
        example(
            """
Resources:
  Network:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
""",
            prompt="A VPC with flow logs.",
        ),
    ),
    passes=(
        example(
            """
Resources:
  Network:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
""",
            prompt="A VPC. Create buckets for logs (flow logs, trails).",
        ),
    ),
)
