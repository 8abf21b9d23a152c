"""What must be in the account before a stack can be created, and how much of each thing it allows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from grader.case import Case, once
from grader.plan.model import PlanCode, Problem, Stage, at_resource
from grader.support.text import is_natural
from grader.template import Resource, Scope, Template, is_known

_ROLE = re.compile(r"^arn:aws[\w-]*:iam::(\d{12}):role/(?!aws-service-role/)(?:[\w+=,.@-]+/)*([\w+=,.@-]+)$")
_CERTIFICATE = re.compile(r"^arn:aws[\w-]*:acm:[\w-]+:\d{12}:certificate/")
_CERTIFICATES = frozenset({"CertificateArn", "AcmCertificateArn", "RegionalCertificateArn"})
_ROLES = frozenset(
    {"Role", "RoleArn", "RoleARN", "ExecutionRoleArn", "TaskRoleArn", "ServiceRole", "MonitoringRoleArn", "IAMRoleARN"}
)
_ARNS = _ROLES | _CERTIFICATES
# Properties that name something of the account: (type, property, what it is).
_NAMED: tuple[tuple[str, str, str], ...] = (
    ("AWS::AutoScaling::LaunchConfiguration", "KeyName", "key pair"),
    ("AWS::EC2::Instance", "KeyName", "key pair"),
    ("AWS::EC2::LaunchTemplate", "LaunchTemplateData.KeyName", "key pair"),
    ("AWS::Route53::RecordSet", "HostedZoneId", "hosted zone"),
)
# Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
_UNRESERVED = 100
_QUOTAS = {
    "AWS::EC2::EIP": "elastic-ips",
    "AWS::EC2::InternetGateway": "internet-gateways",
    "AWS::EC2::NatGateway": "nat-gateways-per-zone",
    "AWS::EC2::VPC": "vpcs",
}


@once
def check_prerequisites(case: Case) -> Iterator[Problem]:
    """Report references to the account's missing parts, and more of a thing than the account allows."""
    key_pairs = case.account.key_pairs | _created(case, "AWS::EC2::KeyPair", "KeyName")
    roles = case.account.roles | _created(case, "AWS::IAM::Role", "RoleName")
    held = {"key pair": key_pairs, "hosted zone": case.account.hosted_zones}
    for template, resource in case.resources():
        scope = case.scopes[template.file]
        if scope.exists(resource) is not False:
            yield from _named(template, scope, resource, held)
            yield from _there_already(case, template, scope, resource)
            for path, value in _texts(resource, scope):
                yield from _arn(case, template, resource, path, value, roles)
    yield from _concurrency(case)
    yield from _quotas(case)


def _created(case: Case, kind: str, key: str) -> frozenset[str]:
    return frozenset(case.scopes[template.file].text(one.get(key)) for template, one in case.resources(kind))


def _missing(template: Template, resource: Resource, path: str, what: str, value: str) -> Problem:
    message = f"uses the {what} {value}, which neither the bundle nor the account has"
    code = {"key pair": PlanCode.KEY_PAIR_MISSING, "role": PlanCode.ROLE_MISSING}.get(what, PlanCode.PLACEHOLDER)
    return at_resource(template, resource, path, code, message, Stage.EXECUTION, value=value, what=what)


def _named(
    template: Template, scope: Scope, resource: Resource, held: Mapping[str, frozenset[str]]
) -> Iterator[Problem]:
    for kind, path, what in _NAMED:
        value = scope.value(resource.get(path)) if resource.type == kind else None
        if isinstance(value, str) and value and is_known(value) and value not in held[what]:
            yield _missing(template, resource, path, what, value)


def _there_already(case: Case, template: Template, scope: Scope, resource: Resource) -> Iterator[Problem]:
    """Report what exists once and exists: the region's one of a type, or the role of a service."""
    service = scope.text(resource.get("AWSServiceName")) if resource.type == "AWS::IAM::ServiceLinkedRole" else ""
    if resource.type in case.account.singletons or service in case.account.service_linked_roles:
        message = f"is the account's only {service or resource.type}, which exists"
        yield at_resource(
            template, resource, "", PlanCode.NAME_TAKEN, message, Stage.EXECUTION, value=service or resource.type
        )


def _arn(
    case: Case, template: Template, resource: Resource, path: str, value: str, roles: frozenset[str]
) -> Iterator[Problem]:
    key = path.rpartition(".")[2]
    if (
        key in _CERTIFICATES
        and _CERTIFICATE.match(value)
        and is_known(value)
        and value not in case.account.certificates
    ):
        yield _missing(template, resource, path, "certificate", value)
    role = _ROLE.match(value) if key in _ROLES else None
    if role and role.group(1) == case.account.id and role.group(2) not in roles:
        yield _missing(template, resource, path, "role", role.group(2))


def _texts(resource: Resource, scope: Scope) -> Iterator[tuple[str, str]]:
    """Yield (path, text) of every property of a resource that may hold an ARN of the account, wherever it is."""
    stack: list[tuple[str, object]] = [("", scope.value(resource.properties))]
    while stack:
        path, value = stack.pop()
        if isinstance(value, dict):
            for key, item in value.items():
                below = f"{path}.{key}".lstrip(".")
                if key in _ARNS and isinstance(item, str):
                    yield below, item
                else:
                    stack.append((below, item))
        elif isinstance(value, list):
            stack.extend((f"{path}.{index}", item) for index, item in enumerate(value))


def _concurrency(case: Case) -> Iterator[Problem]:
    """Reserved concurrency takes from what the account has, of which a part must stay unreserved."""
    limit = case.account.quotas.get("lambda-concurrent-executions", 1_000)
    room = limit - (_UNRESERVED if limit > 2 * _UNRESERVED else min(limit, 10))
    reserved = 0
    for kind in ("AWS::Lambda::Function", "AWS::Serverless::Function"):
        for template, function in case.resources(kind):
            scope = case.scopes[template.file]
            text = scope.text(function.get("ReservedConcurrentExecutions"))
            if not is_natural(text) or scope.exists(function) is False:
                continue
            reserved += int(text)
            if int(text) and reserved > room:
                message = f"reserves {text} concurrent executions, {reserved} in all; the account has {room} to give"
                facts = {"value": text, "limit": str(limit), "room": str(room)}
                path = "ReservedConcurrentExecutions"
                yield at_resource(
                    template, function, path, PlanCode.RESERVED_CONCURRENCY, message, Stage.EXECUTION, **facts
                )


def _quotas(case: Case) -> Iterator[Problem]:
    for kind, quota in _QUOTAS.items():
        limit = case.account.quotas.get(quota)
        wanted = [
            (template, one)
            for template, one in case.resources(kind)
            if case.scopes[template.file].exists(one) is not False
        ]
        room = None if limit is None else _room(quota, limit, len(case.account.zones))
        if room is not None and len(wanted) > room:
            template, resource = wanted[room]
            message = f"is one of {len(wanted)} of {kind}, and the account allows {room}"
            facts = {"value": str(len(wanted)), "limit": str(room), "quota": quota}
            yield at_resource(template, resource, "", PlanCode.QUOTA, message, Stage.EXECUTION, **facts)


def _room(quota: str, limit: int, zones: int) -> int:
    """Return how many a stack can have: the default VPC takes one network and one gateway; NAT gateways count by zone."""
    if quota == "nat-gateways-per-zone":
        return limit * zones
    return limit if quota == "elastic-ips" else limit - 1
