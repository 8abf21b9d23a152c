"""Domains that nobody can have."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example

# Route 53 refuses these as reserved.
# Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html (InvalidDomainName)
_RESERVED = re.compile(r"(^|\.)(example\.(com|net|org))\.?$", re.I)


def check(case: Case) -> Iterator[RuleFinding]:
    """Report hosted zones of domains that are reserved for documentation."""
    for template, zone in case.resources("AWS::Route53::HostedZone"):
        scope = case.scopes[template.file]
        name = scope.text(zone.get("Name"))
        if _RESERVED.search(name) and zone.get("VPCs") is None and scope.exists(zone) is not False:
            yield at_property(template, zone, "Name", f"{name} is reserved for documentation", value=name)


RULE = Rule(
    id="reserved-domain",
    kind="reserved-domain",
    level="Critical",
    category="prerequisites",
    title="Hosted zone for a domain that nobody can have",
    issue="{resource} in {file} is a public zone for {value}, a domain that is reserved for documentation. Route 53 "
    "refuses to create it.",
    fix="Take the domain as a parameter, with the zone and its records behind a condition that is off until one is "
    "given.",
    root_cause="The name from the documentation was taken over as a default.",
    lesson="Never deploy reserved example domains; make DNS optional.",
    reference="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/CreatingHostedZone.html",
    cost="The deployment is rolled back.",
    security="None.",
    performance="None.",
    check=check,
    fails=(
        example("""
Resources:
  Zone:
    Type: AWS::Route53::HostedZone
    Properties:
      Name: shop.example.com  # finds
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
