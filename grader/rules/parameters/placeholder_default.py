"""Defaults that stand for nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location

# Identifiers that documentation uses, and runs of digits that nobody has.
_MADE_UP = re.compile(
    r"^(arn:aws[\w-]*:[\w-]+:[\w-]*:)?(123456789012|([1-9])\3{11}|000000000000|111122223333)(:|$)"
    r"|certificate/(12345678-|abcd|x{4,}|0{8}|example|your)"
    r"|^(vpc|subnet|sg|ami|rtb|igw|eni|tgw)-(0?1234567|0?abcdef|x{4,}|0{6,}|12345)"
    r"|^Z(0?1234567|ABCDEF|XXXX)|^your-?(domain|account|bucket|key|org)|yourdomain|REPLACE_|CHANGE_?ME|<[^>]+>"
)


def check(case: Case) -> Iterator[RuleFinding]:
    """Report parameters whose default is a made-up identifier and that resources use."""
    for template in case.templates:
        for parameter in template.parameters.values():
            value = parameter.default or ""
            used = any(use.section in ("Resources", "Conditions") for use in template.uses.get(parameter.name, ()))
            if used and _MADE_UP.search(value) and parameter.name not in case.task.parameters:
                message = f"defaults to {value}, which stands for nothing"
                facts = {"value": value, "says": message}
                yield RuleFinding(
                    location=Location(
                        file=template.file,
                        line=parameter.line_of("Default"),
                        resource=parameter.name,
                        path=f"Parameters.{parameter.name}.Default",
                    ),
                    message=message,
                    facts=facts,
                )


RULE = Rule(
    id="placeholder-default",
    kind="placeholder-value",
    level="Critical",
    category="prerequisites",
    title="Defaults that stand for nothing: {values}",
    issue="Made-up identifiers as defaults, in {file}: {values}, of {resources}. They have the right form, so nothing "
    "complains until the service that is given one refuses it.",
    fix="Create the thing in the template, or leave the default empty and put what uses it behind a condition.",
    root_cause="The template needs something that it does not create, and an identifier from the documentation fills the "
    "gap.",
    lesson="Never default to made-up accounts, certificates, networks or images.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html",
    cost="The deployment is rolled back.",
    security="A made-up account may be somebody: trusting it gives them access.",
    performance="None.",
    check=check,
    fails=(
        example("""
Parameters:
  PartnerAccount:
    Type: String
    Default: '111111111111'  # finds
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {AWS: !Sub 'arn:aws:iam::${PartnerAccount}:root'}, Action: 'sts:AssumeRole'}]
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
