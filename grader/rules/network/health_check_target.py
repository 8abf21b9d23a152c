"""Route 53 health checks of endpoints that their checkers cannot reach."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._shared import created
from grader.support.markdown import code
from grader.template import Resource, Scope

_STORES = ("AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::ElastiCache::ReplicationGroup", "AWS::DynamoDB::Table")
_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_MADE_UP = re.compile(
    r"\.example\.(com|org|net)$|(^|\.)yourdomain\.|placeholder|\.(internal|local|invalid|test)$", re.I
)
_PATH = "HealthCheckConfig.FullyQualifiedDomainName"


def check(case: Case) -> Iterator[RuleFinding]:
    """Report Route 53 health checks of databases, of internal load balancers, and of private or reserved names."""
    for template, health_check in created(case, "AWS::Route53::HealthCheck"):
        scope = case.scopes[template.file]
        named = case.referred(template, health_check.get(_PATH))
        name = scope.text(health_check.get(_PATH))
        if named is not None and _is_private(named, scope):
            message, value = f"checks {named.name}, which is private", named.name
            because = f"{code(_PATH.rpartition('.')[2])} is the endpoint of {code(named.name)} ({code(named.type)})."
        elif _MADE_UP.search(name):
            message, value = f"checks {name}, which resolves nowhere on the internet", name
            because = (
                f"{code(name)} is a reserved or private name, and no resource of the answer gives it a public address."
            )
        else:
            continue
        yield at_property(template, health_check, _PATH, message, value=value, because=because)


def _is_private(named: Resource, scope: Scope) -> bool:
    if named.type == "AWS::RDS::DBInstance":
        return scope.text(named.get("PubliclyAccessible")).lower() != "true"
    return named.type in _STORES or (named.type == _BALANCER and scope.text(named.get("Scheme")) == "internal")


RULE = Rule(
    id="health-check-target",
    kind="health-check",
    level="High",
    category="requirements",
    title="Route 53 health check of an endpoint that is not public",
    issue="{resources} in {file} {checks|check} {values}. Route 53's health checkers connect from the internet, so a private endpoint or "
    "a name that does not resolve is always unhealthy, and DNS failover takes place at once.",
    fix="Check a public endpoint of the stack; for a private one, use a health check of type CLOUDWATCH_METRIC on an alarm.",
    root_cause="{because}",
    lesson="Route 53 health checks need a public endpoint, or the state of a CloudWatch alarm.",
    reference="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html",
    performance="Traffic goes to the standby from the start.",
    aws_behaviour="Deploys; the health check is unhealthy from the start, and records that use it fail over.",
    check=check,
    fails=(
        example("""
Resources:
  Check:
    Type: AWS::Route53::HealthCheck
    Properties:
      HealthCheckConfig:
        Type: HTTPS
        FullyQualifiedDomainName: api.example.com  # finds
"""),
    ),
    passes=(
        example("""
Parameters: {Subnets: {Type: 'List<AWS::EC2::Subnet::Id>', Default: subnet-0a1b2c3d}}
Resources:
  Balancer: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Subnets: !Ref Subnets}}
  Check:
    Type: AWS::Route53::HealthCheck
    Properties:
      HealthCheckConfig:
        Type: HTTPS
        FullyQualifiedDomainName: !GetAtt Balancer.DNSName
"""),
    ),
)
