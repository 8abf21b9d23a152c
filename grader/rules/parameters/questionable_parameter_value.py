"""Parameters whose values do not fit where they are used."""

from __future__ import annotations

import re

from grader.case import Case
from grader.catalogue import Rule, example
from grader.catalogue.corrections import template_of
from grader.model import Finding
from grader.rules._shared import with_facts
from grader.support.markdown import code
from grader.template import Parameter, Template

# What an engine says of a value of a parameter: with the place that takes it, or at that place.
_TAKEN = re.compile(
    r"^\{'Ref': '(?P<name>\w+)'\} (?P<kind>default|AllowedValues entry) '(?P<value>.*?)' (?:does not match|is not one of).* for "
    r"property '(?P<property>[\w.]+)' when resolved at Resources/(?P<owner>\w+)/"
)
_TAKES = re.compile(r"^\{'Ref': '(?P<name>\w+)'\} is not a '")


def _confirm(case: Case, finding: Finding) -> Finding | None:
    """Say which parameter has which value, and what takes it.

    None for an empty value that a condition looks at, for what is not created, and for a value that a dynamic reference is made of.
    """
    template = template_of(case, finding)
    found = _TAKEN.match(finding.message) or _TAKES.match(finding.message)
    parameter = template.parameters.get(found["name"]) if template and found else None
    if template is None or found is None or parameter is None:
        return finding
    is_place = found.re is _TAKES
    owner = finding.resource if is_place else found["owner"]
    value = parameter.default if is_place else found["value"]
    resource = template.resources.get(owner)
    is_created = resource is not None and case.scopes[template.file].exists(resource) is not False
    is_read = value is not None and value.startswith("{{resolve:")
    if not is_created or is_read or (not value and template.conditions_using(parameter.name)):
        return None
    if is_place and _is_resolved(template, owner, parameter):
        return None
    path = finding.path.removeprefix("Properties.").partition(".Fn::")[0] if is_place else found["property"]
    kind = "the default" if is_place or found["kind"] == "default" else "the allowed value"
    has = f"has {kind} {code(value)}" if value else f"has {kind} `''`" if value is not None else "has no default"
    where = f"{code(path)} of {code(owner)}"
    # The value of the deployment, where the service accepts the values of a list only: no other deployment is described.
    is_deployed = not is_place and case.scopes[template.file].text(parameter.node.get("Default")) == value
    is_refused = is_deployed and found["kind"] == "default" and "is not one of" in finding.message
    return with_facts(
        finding,
        level="Critical" if is_refused and parameter.name not in case.given else "",
        parameter=parameter.name,
        plain=f"{code(parameter.name)} {has}, and {where} does not accept that",
        because=f"{where} takes the value of {code(parameter.name)}, which no AllowedPattern or AllowedValues limits to what is accepted.",
        remedy=f"Give {code(parameter.name)} only values that {where} accepts, or constrain it with AllowedValues or AllowedPattern.",
    )


def _is_resolved(template: Template, owner: str, parameter: Parameter) -> bool:
    """Whether a resource takes a parameter as a part of a text, such as a dynamic reference, not by itself."""
    return any(use.owner == owner and use.kind == "Sub" for use in template.uses.get(parameter.name, ()))


RULE = Rule(
    id="questionable-parameter-value",
    former_ids=("doubtful-parameter-value",),
    kind="parameter-value",
    level="Medium",
    category="parameters",
    title="Parameter value that its use does not accept: {parameters}",
    issue="In {file}, {says}. A deployment with that value fails.",
    fix="{remedy}",
    root_cause="{because}",
    lesson="Let every default and allowed value be a value that can be deployed.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html",
    aws_behaviour="CloudFormation accepts the parameter; the service rejects the value when the resource is created with it. Critical "
    "for a default that is not in the list of what the property accepts.",
    stands_for=(
        "cfn-lint:W1030",
        "cloudformation-validate:W1030",
        "cfn-lint:W2030",
        "cloudformation-validate:W2030",
        "cfn-lint:W2031",
        "cloudformation-validate:W2031",
        "cfn-lint:W3034",
        "cloudformation-validate:W3034",
        "cfn-lint:W2002",
        "cloudformation-validate:W2002",
        "cfn-lint:I2003",
        "cloudformation-validate:I2003",
    ),
    confirm=_confirm,
    engine="cfn-lint",
    fails=(
        example("""
Parameters:
  KeyArn: {Type: String, Default: placeholder}
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    Properties:
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault:
              SSEAlgorithm: aws:kms
              KMSMasterKeyID: !Ref KeyArn
"""),
    ),
    passes=(
        example("""
Parameters:
  Image: {Type: String, Default: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64}
Resources:
  Server:
    Type: AWS::EC2::Instance
    Properties: {ImageId: !Sub '{{resolve:ssm:${Image}}}', InstanceType: t3.micro}
"""),
        example("""
Parameters:
  BalancerArn: {Type: String, Default: ''}
  AclArn: {Type: String, Default: 'arn:aws:wafv2:us-east-1:999988887777:regional/webacl/shop/1'}
Conditions: {HasBalancer: !Not [!Equals [!Ref BalancerArn, '']]}
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Association:
    Type: AWS::WAFv2::WebACLAssociation
    Condition: HasBalancer
    Properties: {ResourceArn: !Ref BalancerArn, WebACLArn: !Ref AclArn}
"""),
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
"""),
    ),
)
