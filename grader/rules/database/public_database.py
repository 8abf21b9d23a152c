"""Databases with a public address."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._fragments import database, resources
from grader.rules._shared import PUBLIC_CIDRS, created
from grader.support.markdown import code
from grader.template import Resource, Template

_TYPES = ("AWS::RDS::DBInstance", "AWS::Redshift::Cluster")
_DATABASE = r"\b(database|db|rds|postgres\w*|mysql|mariadb|redshift|aurora|endpoint)\b"
_ORDERED = r"\bpublic(ly)?[- ]access\w*|\bpublic (endpoint|database|rds)\b|\bpublicly\b|\bfrom (the )?internet\b"


def check(case: Case) -> Iterator[RuleFinding]:
    """Report databases that are publicly accessible, where the prompt does not order it."""
    for template, instance in created(case, *_TYPES):
        value = case.scopes[template.file].text(instance.get("PubliclyAccessible")).lower()
        if value != "true" or case.request.orders(_ORDERED, near=_DATABASE):
            continue
        group = _open_group(case, template, instance)
        because = f"{code(instance.name)} sets `PubliclyAccessible` to true" + (
            f", and its security group {code(group)} admits every address."
            if group
            else "; its security groups limit who can connect."
        )
        message = "has a public address"
        yield at_property(
            template, instance, "PubliclyAccessible", message, level="" if group else "Medium", because=because
        )


def _open_group(case: Case, template: Template, instance: Resource) -> str:
    """Return the security group of an instance that admits every address, an empty text where none of the template does."""
    used = {use.target for use in template.references if use.owner == instance.name}
    for group in template.of_type("AWS::EC2::SecurityGroup"):
        rules = case.scopes[template.file].value(group.get("SecurityGroupIngress"))
        for rule in rules if isinstance(rules, list) else ():
            if group.name in used and isinstance(rule, dict) and rule.get("CidrIp") in PUBLIC_CIDRS:
                return group.name
    return ""


RULE = Rule(
    id="public-database",
    kind="public-access",
    level="High",
    category="security",
    title="Publicly accessible database",
    issue="{resources} in {file} {has|have} PubliclyAccessible set to true. The endpoint then resolves to a public address outside the VPC, "
    "and only security groups and subnets keep the internet away from it.",
    fix="Set PubliclyAccessible: false on {resources}, and connect from inside the VPC, through a VPN or through a bastion host.",
    root_cause="{because}",
    lesson="Keep databases without a public address, in private subnets.",
    reference="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
    security="The database has a public address.",
    check=check,
    needed=lambda finding: False,
    is_choice=True,
    aws_behaviour="Deploys; the database has a public address, open to the internet where a security group admits it, else Medium.",
    fails=(
        example(
            resources(
                """
  Open:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Database
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 0.0.0.0/0}]
""",
                database("VPCSecurityGroups: [!GetAtt Open.GroupId]", "PubliclyAccessible: true  # finds"),
            )
        ),
        example(resources(database("PubliclyAccessible: true  # finds"))),
    ),
    passes=(
        example(
            resources(database("PubliclyAccessible: true")),
            prompt="The database must be publicly accessible for the reporting tool.",
        ),
        example(resources(database("PubliclyAccessible: false"))),
    ),
)
