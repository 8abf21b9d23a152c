"""Flow logs that the prompt asks for, of a network without any."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.case.prompt import PROMPT, mentioned
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location


def check(case: Case) -> Iterator[RuleFinding]:
    """Report a prompt that names flow logs, and templates that make a VPC without one."""
    asked = mentioned(case, "AWS::EC2::FlowLog")
    if asked is None or not any(case.resources("AWS::EC2::VPC")) or any(case.resources("AWS::EC2::FlowLog")):
        return
    facts = {"asked": " ".join(asked.text.strip(" -*#>\t").split())[:160]}
    yield RuleFinding(
        location=Location(file=PROMPT, line=asked.line, type="AWS::EC2::FlowLog"),
        message="there is no AWS::EC2::FlowLog in any template",
        facts=facts,
    )


RULE = Rule(
    id="missing-flow-log",
    kind="missing-logging",
    level="High",
    category="observability",
    title="A network without the flow logs that are asked for",
    issue='The prompt asks for flow logs ("{asked}"), and no template has one.',
    fix="Add an AWS::EC2::FlowLog for the VPC, with a log group and a role that may write to it.",
    root_cause="The line of the prompt was lost among the resources of the network.",
    lesson="Tick off what a prompt asks of a network: addresses, routes, endpoints, logs.",
    reference="https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html",
    cost="None.",
    security="What went through the network cannot be found out afterwards.",
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
            prompt="A VPC.",
        ),
    ),
)
