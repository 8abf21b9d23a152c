"""Defaults that are placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.rules.parameters._parameters import is_made_up, is_reached
from grader.support.markdown import code, listed
from grader.template import Call, Parameter, Template, items_of, text_of, walk

# What the service looks up when the resource is created: a certificate of a listener, an image, a network.
_CHECKED = re.compile(r"certificate/|^(vpc|subnet|sg|ami|rtb|igw|eni|tgw)-|^Z")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report parameters whose default is a placeholder that reaches a resource.

    Silent where the prompt gives the value, and where a condition compares the parameter with it: it means "none" there.
    High where the resource is created with the value and fails later.
    """
    for template in case.templates:
        for parameter in template.parameters.values():
            value = parameter.default or ""
            if not is_made_up(value) or parameter.name in case.task.parameters or value.lower() in case.prompt:
                continue
            if _is_sentinel(template, parameter) or not is_reached(case, template, parameter.name):
                continue
            is_passed = parameter.name in case.given
            owners = [use.owner for use in template.uses.get(parameter.name, ()) if use.section == "Resources"]
            used = f" is used by {listed(list(dict.fromkeys(owners)))}" if owners else " is used by a condition"
            yield RuleFinding(
                location=Location(
                    file=template.file,
                    line=parameter.line_of("Default"),
                    resource=parameter.name,
                    path=f"Parameters.{parameter.name}.Default",
                ),
                message=f"has the placeholder {value} as its default",
                facts={
                    "value": value,
                    "because": f"{code(parameter.name)}{used}, and nothing in the response creates what it names.",
                },
                level="Critical" if _CHECKED.search(value) and not is_passed else "",
            )


def _is_sentinel(template: Template, parameter: Parameter) -> bool:
    """Whether a condition compares a parameter with its own default."""
    for node in template.conditions.values():
        for _, call in walk(node):
            if isinstance(call, Call) and call.name == "Fn::Equals":
                sides = items_of(call.argument)
                names = [text_of(side.argument) for side in sides if isinstance(side, Call) and side.name == "Ref"]
                if parameter.name in names and parameter.default in [text_of(side) for side in sides]:
                    return True
    return False


_ROLE = """
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {AWS: !Sub 'arn:aws:iam::${PartnerAccount}:root'}, Action: 'sts:AssumeRole'}]
"""

RULE = Rule(
    id="placeholder-default",
    kind="placeholder-value",
    level="High",
    category="prerequisites",
    title="Placeholder as a default: {values}",
    issue="{resources} in {file} {has the placeholder|have the placeholders} {values} as {its default|their defaults}. The value has "
    "the form of a real one, so that CloudFormation accepts it; the service that uses it then fails.",
    fix="Create what {resources} {names|name} in the template, or make the default empty and put what uses it behind a condition.",
    root_cause="{because}",
    lesson="Do not give sample accounts, certificates, networks or images as defaults.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html",
    aws_behaviour="Networks, images, hosted zones and certificates are looked up when the resource is created, which then fails; other "
    "placeholders are accepted and fail where they are used.",
    yields_to=("placeholder-value",),
    check=check,
    fails=(
        example(f"""
Parameters:
  PartnerAccount:
    Type: String
    Default: '111111111111'  # finds
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:{_ROLE}
"""),
        example("""
Parameters:
  CertificateArn:
    Type: String
    Default: arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012  # finds
Resources:
  Domain:
    Type: AWS::ApiGateway::DomainName
    Properties: {DomainName: api.shop.dev, CertificateArn: !Ref CertificateArn}
"""),
    ),
    passes=(
        example(f"""
Parameters:
  PartnerAccount: {{Type: String, Default: '111111111111'}}
Conditions: {{HasPartner: !Not [!Equals [!Ref PartnerAccount, '111111111111']]}}
Resources:
  Topic: {{Type: AWS::SNS::Topic}}
  Role:
    Type: AWS::IAM::Role
    Condition: HasPartner
    Properties:{_ROLE}
"""),
        example(
            f"""
Parameters:
  PartnerAccount: {{Type: String, Default: '111111111111'}}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:{_ROLE}
""",
            prompt="A role for the partner account 111111111111.",
        ),
        example("""
Parameters:
  UseVpc: {Type: String, Default: 'no', AllowedValues: ['yes', 'no']}
  SubnetId: {Type: String, Default: subnet-12345678}
Conditions: {InVpc: !Equals [!Ref UseVpc, 'yes']}
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Host:
    Type: AWS::EC2::Instance
    Condition: InVpc
    Properties: {ImageId: ami-0a1b2c3d4e5f60718, SubnetId: !Ref SubnetId}
"""),
    ),
)
