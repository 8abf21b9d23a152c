"""Health checks that can never pass."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules.database.global_database import by_name

_STORES = ("AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::ElastiCache::ReplicationGroup", "AWS::DynamoDB::Table")
_MADE_UP = re.compile(r"example\.(com|org|net)|yourdomain|placeholder|\.internal$|\.local$", re.I)


def check(case: Case) -> Iterator[RuleFinding]:
    """Report Route 53 health checks of databases, of private names and of made-up ones."""
    for template, check_ in case.resources("AWS::Route53::HealthCheck"):
        scope = case.scopes[template.file]
        path = "HealthCheckConfig.FullyQualifiedDomainName"
        uses = [
            use for use in template.references if use.owner == check_.name and "FullyQualifiedDomainName" in use.path
        ]
        store = next(
            (
                use.target
                for use in uses
                if use.target in template.resources and template.resources[use.target].type in _STORES
            ),
            "",
        )
        name = scope.text(check_.get(path))
        alarm = "HealthCheckConfig.AlarmIdentifier.Name"
        yield from by_name(case, template, check_, alarm, ("AWS::CloudWatch::Alarm", "AlarmName"))
        if store:
            yield at_property(
                template,
                check_,
                path,
                f"asks the database {store}, which answers no checkers from the internet",
                value=store,
            )
        elif _MADE_UP.search(name):
            yield at_property(template, check_, path, f"asks {name}, which nobody answers", value=name)


RULE = Rule(
    id="health-check-target",
    kind="health-check",
    level="High",
    category="requirements",
    title="Health checks that can never pass",
    issue="{resources} in {file} ask {values}. Route 53's checkers stand in the internet: what is private, is no web "
    "server or does not exist never answers them, so that failover happens at once and for good.",
    fix="Check a public endpoint, or the state of a CloudWatch alarm (Type CLOUDWATCH_METRIC) for what is private.",
    root_cause="The health check was pointed at what should be healthy, not at what can be asked.",
    lesson="Point health checks at endpoints that their checkers can reach.",
    reference="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html",
    cost="A failover that nobody wanted.",
    security="Opening a database for checkers would expose it.",
    performance="Traffic goes to the standby.",
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
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
"""),
    ),
)
