"""Edits that correct security groups, and stages that log."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue.corrections import added, depends_on, node_at, set_value, steps_of, template_of
from grader.model import Action, Edit, Finding, Steps
from grader.rules._shared import PUBLIC_CIDRS, created
from grader.rules._stage_logging import STAGES, logging_of
from grader.template import Scalar, Template, plain

# The ports of a web server that prompts ask for, by their words.
_WEB = ((443, r"\bhttps\b|\b443\b|\bhttp/s\b|\bhttp\(s\)"), (80, r"\bhttp\b|\b80\b|\bhttp/s\b"))
_CIDR = re.compile(r"cidr|allowed|admin|trusted|ssh|office", re.I)


def public_ports(case: Case) -> list[int]:
    """Return the ports of web servers that the prompt asks for."""
    return [port for port, words in _WEB if case.request.orders(words)]


def is_ssh_asked(case: Case) -> bool:
    """Whether the prompt asks for SSH."""
    return case.request.orders(r"\bssh\b") is not None


def from_network(case: Case, finding: Finding) -> Iterator[Edit] | None:
    """Narrow a rule for every address: to the ports that the prompt asks for, else to a parameter's range or to the own network.

    None where the prompt restricts the source and no parameter of the template has it.
    """
    template = template_of(case, finding)
    steps = steps_of(template, finding) if template else None
    if template is None or not steps or steps[-1] != "CidrIp" or not isinstance(node_at(template, steps), Scalar):
        return None
    source = _source(case, template, is_restricted="restricted" in finding.facts)
    ports = public_ports(case) if finding.facts.get("value") == "all ports" else []
    if ports:
        return _only(template, steps, ports, source if is_ssh_asked(case) else None)
    return iter([set_value(steps, source)]) if source else None


def _source(case: Case, template: Template, *, is_restricted: bool) -> dict[str, object] | None:
    """Return the addresses to admit: a parameter's, else those of the one network of the template; None where neither is there."""
    ranges = [name for name in template.parameters if _CIDR.search(name) and _is_range(case, template, name)]
    networks = [one.name for one in template.of_type("AWS::EC2::VPC")]
    if ranges:
        return {"Ref": ranges[0]}
    return None if is_restricted or len(networks) != 1 else {"Fn::GetAtt": [networks[0], "CidrBlock"]}


def _is_range(case: Case, template: Template, name: str) -> bool:
    """Whether a parameter has the range of addresses that are admitted: not every address, and not that of a network or subnet."""
    value = str(case.scopes[template.file].parameter(name))
    of_network = any(
        use.owner in template.resources and template.resources[use.owner].type in ("AWS::EC2::VPC", "AWS::EC2::Subnet")
        for use in template.uses.get(name, ())
    )
    return re.fullmatch(r"\d+\.\d+\.\d+\.\d+/\d+", value) is not None and value not in PUBLIC_CIDRS and not of_network


def _only(template: Template, steps: Steps, ports: list[int], ssh: dict[str, object] | None) -> Iterator[Edit]:
    """Limit a rule to one port, and add a rule for each further one, and for SSH from a narrower source."""
    rule = steps[:-1]
    first = _limits(ports[0])
    yield from (set_value((*rule, name), value) for name, value in first.items())
    values = plain(node_at(template, rule))
    if not isinstance(rule[-1], int) or not isinstance(values, dict):
        return
    for port in ports[1:]:
        yield Edit(action=Action.APPEND, path=rule[:-1], value={**values, **_limits(port)})
    if ssh:
        yield Edit(action=Action.APPEND, path=rule[:-1], value={**_limits(22), "CidrIp": ssh})


def _limits(port: int) -> dict[str, object]:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}


def logging_role(case: Case, finding: Finding) -> Iterator[Edit]:
    """Set the role with which API Gateway writes logs, before the stage that logs; none where stages of several templates log.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
    """
    template = template_of(case, finding)
    logging = {one.file for one, stage in created(case, *STAGES) if logging_of(stage, case.scopes[one.file])[0]}
    if template is None or finding.resource not in template.resources or not logging <= {template.file}:
        return
    policy = "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
    trust = {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = added(
        template,
        "ApiGatewayLoggingRole",
        "AWS::IAM::Role",
        {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "ManagedPolicyArns": [{"Fn::Sub": policy}],
        },
    )
    account = added(
        template,
        "ApiGatewayAccount",
        "AWS::ApiGateway::Account",
        {"CloudWatchRoleArn": {"Fn::GetAtt": [str(role.path[1]), "Arn"]}},
    )
    yield from (role, account, depends_on(template, finding.resource, str(account.path[1])))
