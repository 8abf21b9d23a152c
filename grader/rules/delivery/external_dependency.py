"""Things of the account that a template only takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.template import Parameter, Template

_TYPES = re.compile(
    r"AWS::EC2::(VPC::Id|Subnet::Id|SecurityGroup::Id|KeyPair::KeyName|Instance::Id)|AWS::Route53::HostedZone::Id"
)
_KINDS = {
    "VPC::Id": "AWS::EC2::VPC",
    "Subnet::Id": "AWS::EC2::Subnet",
    "SecurityGroup::Id": "AWS::EC2::SecurityGroup",
    "KeyPair::KeyName": "AWS::EC2::KeyPair",
    "Instance::Id": "AWS::EC2::Instance",
}
_NAMES = re.compile(
    r"(vpc|subnet|securitygroup|hostedzone|transitgateway|cluster|loadbalancer|alb|listener|certificate|kmskey|bucket|topic|table|function|role|policy"
    r"|connection|repository|webacl|ecsservice)s?(id|ids|arn|arns|name)(primary|secondary|dev|test|staging|prod|production|blue|green|\d)?$"
)
# What a parameter without a type of its own is the name, the id or the ARN of.
_NAMED = {
    "ecscluster": "AWS::ECS::Cluster",
    "ecsservice": "AWS::ECS::Service",
    "loadbalancer": "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "albarn": "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "listener": "AWS::ElasticLoadBalancingV2::Listener",
    "certificate": "AWS::CertificateManager::Certificate",
    "hostedzone": "AWS::Route53::HostedZone",
    "transitgateway": "AWS::EC2::TransitGateway",
    "securitygroup": "AWS::EC2::SecurityGroup",
    "subnet": "AWS::EC2::Subnet",
    "vpc": "AWS::EC2::VPC",
    "kmskey": "AWS::KMS::Key",
    "bucket": "AWS::S3::Bucket",
    "topic": "AWS::SNS::Topic",
    "table": "AWS::DynamoDB::Table",
    "function": "AWS::Lambda::Function",
    "webacl": "AWS::WAFv2::WebACL",
    "role": "AWS::IAM::Role",
}


def check(case: Case) -> Iterator[RuleFinding]:
    """Report parameters of root templates that want an existing thing and have no default."""
    for template in case.templates:
        if template.file in case.parents:
            continue
        for parameter in template.parameters.values():
            if parameter.default or parameter.name in case.task.parameters or _optional(template, parameter.name):
                continue
            if _wants(case, parameter):
                message = "wants something that must exist already, and nothing in the response creates it"
                facts = {"parameter": parameter.name}
                place = f"Parameters.{parameter.name}"
                yield RuleFinding(
                    location=Location(
                        file=template.file,
                        line=parameter.line,
                        resource=parameter.name,
                        type=_kind(parameter),
                        path=place,
                    ),
                    message=message,
                    facts=facts,
                )


def _kind(parameter: Parameter) -> str:
    """Return the type of the resource that a parameter stands for, empty where neither its type nor its name tells."""
    typed = _TYPES.search(parameter.type)
    if typed:
        return _KINDS.get(typed.group(1) or "", "AWS::Route53::HostedZone")
    name = parameter.name.replace("_", "").lower()
    return next((type for word, type in _NAMED.items() if word in name), "")


def _wants(case: Case, parameter: Parameter) -> bool:
    """Whether a parameter, by its type or its name, is for a thing of the account that no template of the bundle makes."""
    typed = _TYPES.search(parameter.type)
    if typed:
        return not any(case.resources(_kind(parameter)))
    name = parameter.name.replace("_", "").lower()
    return len(case.templates) == 1 and parameter.type == "String" and _NAMES.search(name) is not None


def _optional(template: Template, name: str) -> bool:
    """Whether the template can do without: an empty default that a condition looks at."""
    parameter = template.parameters[name]
    return parameter.default is not None and bool(template.conditions_using(name))


RULE = Rule(
    id="external-dependency",
    kind="external-dependency",
    level="High",
    category="prerequisites",
    title="Existing infrastructure that the template only takes: {parameters}",
    issue="{file} wants {parameters} from outside. The task does not say that they exist, and nothing in the response "
    "creates them: the stack cannot be deployed in a new account.",
    fix="Create what {parameters} stand for in the template, or make each optional, with an empty default and a "
    "condition.",
    root_cause="The template was written as a part of an infrastructure that the task does not have.",
    lesson="Deliver templates that stand by themselves: create what they need.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/best-practices.html",
    cost="Somebody has to build the missing part first.",
    security="Shared networks and roles mix what should be apart.",
    performance="None.",
    check=check,
    fails=(
        example("""
Parameters:
  VpcId:  # finds
    Type: AWS::EC2::VPC::Id
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: Web, VpcId: !Ref VpcId}
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
