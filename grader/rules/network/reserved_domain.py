"""Hosted zones of domains that are reserved for documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._shared import created
from grader.support.markdown import code
from grader.template import as_text

# Route 53 rejects the domains themselves ("example.com is reserved by AWS!"). For names below them that is not documented;
# no registry can delegate them, so that their public zone never answers.
# Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html (InvalidDomainName)
_RESERVED = re.compile(r"(?P<below>.+\.)?example\.(com|net|org)\.?", re.I)


def check(case: Case) -> Iterator[RuleFinding]:
    """Report public hosted zones of domains that are reserved for documentation."""
    for template, zone in created(case, "AWS::Route53::HostedZone"):
        scope = case.scopes[template.file]
        name = scope.text(zone.get("Name"))
        reserved = _RESERVED.fullmatch(name)
        if reserved is None or zone.get("VPCs") is not None:
            continue
        node = zone.get("Name")
        used = [
            use.target
            for use in template.references
            if use.owner == zone.name and use.path[:2] == ("Properties", "Name")
        ]
        parameter = next(
            (one for one in used if one in template.parameters and as_text(scope.parameter(one)) == name), ""
        )
        because = (
            f"The default of the parameter {code(parameter)} is {code(template.parameters[parameter].default or name)}."
            if parameter
            else f"{code(name)} is written at line {node.line if node else zone.line}."
        )
        asked = case.request.orders(rf"(?<![\w.@/-]){re.escape(name)}(?![\w/-])")
        if asked is not None and any(
            asked.is_example(match.start()) for match in re.finditer(re.escape(name), asked.text)
        ):
            asked = None
        if asked is not None:
            because = f"Line {asked.line} of the prompt gives the domain {code(name)}. {because}"
        message = f"{name} is reserved for documentation"
        level = "High" if reserved["below"] else ""
        yield at_property(template, zone, "Name", message, level=level, value=name, because=because)


RULE = Rule(
    id="reserved-domain",
    kind="reserved-domain",
    level="Critical",
    category="prerequisites",
    title="Public hosted zone of a reserved domain",
    issue="{resources} in {file} {is a public zone|are public zones} of {values}. The domain is reserved for documentation: Route 53 "
    "rejects the domain itself, and no registry delegates names below it, so its records never resolve.",
    fix="Take the domain as a parameter without a reserved default, and create the zone and its records under a condition that is false "
    "until a domain is given.",
    root_cause="{because}",
    lesson="Never deploy example.com: take the domain as a parameter and make DNS optional.",
    reference="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/CreatingHostedZone.html",
    aws_behaviour="Route 53 rejects example.com, example.net and example.org, and the stack rolls back; names below them never resolve (High).",
    check=check,
    fails=(
        example("""
Resources:
  Zone:
    Type: AWS::Route53::HostedZone
    Properties:
      Name: example.com  # finds
  Below:
    Type: AWS::Route53::HostedZone
    Properties:
      Name: shop.example.com  # finds
"""),
    ),
    passes=(
        example("""
Parameters: {Domain: {Type: String, Default: example.com}, HasDomain: {Type: String, Default: 'no'}}
Conditions: {Dns: !Equals [!Ref HasDomain, 'yes']}
Resources:
  Zone:
    Type: AWS::Route53::HostedZone
    Condition: Dns
    Properties: {Name: !Ref Domain}
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: orders}}
"""),
    ),
)
