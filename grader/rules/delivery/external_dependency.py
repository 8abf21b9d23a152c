"""Parameters for existing infrastructure that nothing in the response creates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.rules._prerequisites import is_created_by_command, named_prerequisite, passed_in_command
from grader.rules.delivery._corrections import created
from grader.rules.parameters._parameters import AWS_TYPES, is_asked, is_reached, kind_of, words_for
from grader.support.markdown import code, listed
from grader.template import Parameter, Template

_NAMES = re.compile(
    r"(vpc|subnet|securitygroup|hostedzone|transitgateway|cluster|loadbalancer|alb|listener|certificate|kmskey|bucket|topic|table|function|role|policy"
    r"|connection|repository|webacl|ecsservice)s?(id|ids|arn|arns|name)(primary|secondary|dev|test|staging|prod|production|blue|green|\d)?$"
)
# What depends on a domain that only the reader owns: the prompt's wish for it leaves no other way.
_OF_DOMAIN = ("AWS::CertificateManager::Certificate", "AWS::Route53::HostedZone")
_COMMAND = r"aws [a-z0-9-]+ (create|request|import|allocate)-"


def check(case: Case) -> Iterator[RuleFinding]:
    """Report parameters of root templates that want an existing thing, have no default and are used by what is created.

    Silent where the prompt asks for the parameter, or says that the thing exists, and where a document has the command that
    creates it. Medium where a document names it or a command of the response passes it, and where what the prompt asks for
    needs something of the reader's.
    """
    for template in case.templates:
        if template.file in case.parents:
            continue
        for parameter in template.parameters.values():
            name = parameter.name
            is_open = parameter.default == "" or "Default" not in parameter.node.keys
            if not is_open or name in case.task.parameters or _is_optional(template, name):
                continue
            if not _is_external(case, parameter) or not is_reached(case, template, name) or is_asked(case, parameter):
                continue
            if is_created_by_command(case, kind_of(parameter)):
                continue
            explained = _explained(case, parameter)
            yield RuleFinding(
                location=Location(
                    file=template.file,
                    line=parameter.line,
                    resource=name,
                    type=kind_of(parameter),
                    path=f"Parameters.{name}",
                ),
                message="needs an existing resource that nothing in the response creates",
                facts={"parameter": name, "because": f"{_because(template, parameter)} {explained}".rstrip()},
                level="Medium" if explained or _is_target(case, parameter) else "",
            )


def _because(template: Template, parameter: Parameter) -> str:
    owners = dict.fromkeys(use.owner for use in template.uses.get(parameter.name, ()) if use.section == "Resources")
    kind = kind_of(parameter)
    used = (
        f"{code(parameter.name)} is used by {listed(list(owners))}"
        if owners
        else f"{code(parameter.name)} has no default"
    )
    return f"{used}, and the templates contain no {code(kind)}." if kind else f"{used}, and has no default."


def _is_external(case: Case, parameter: Parameter) -> bool:
    """Whether a parameter, by its type or its name, is for a thing of the account that no template of the bundle makes."""
    kind = kind_of(parameter)
    if kind and any(case.resources(kind)):
        return False
    if AWS_TYPES.search(parameter.type):
        return True
    name = parameter.name.replace("_", "").lower()
    is_new = re.match(r"new|target|output|desired", name) is not None
    return len(case.templates) == 1 and parameter.type == "String" and not is_new and _NAMES.search(name) is not None


def _is_optional(template: Template, name: str) -> bool:
    """Whether the template can do without: an empty default that a condition looks at."""
    parameter = template.parameters[name]
    return parameter.default is not None and bool(template.conditions_using(name))


def _is_target(case: Case, parameter: Parameter) -> bool:
    """Whether the prompt's wish needs something of the reader's: a domain's zone, or what a pipeline reads or deploys to."""
    if kind_of(parameter) in _OF_DOMAIN:
        return case.request.orders(rf"\b({words_for(parameter)})|\bhttps\b|\btls\b|\bcustom domain") is not None
    is_end = re.search(r"repository|connection|cluster|service", parameter.name, re.I) is not None
    return is_end and any(case.resources("AWS::CodePipeline::Pipeline", "AWS::CodeDeploy::DeploymentGroup"))


def _explained(case: Case, parameter: Parameter) -> str:
    """Return the sentence that says how the response names what to prepare for the parameter; empty where it does not."""
    words = rf"{words_for(parameter).lower()}|{re.escape(parameter.name.lower())}"
    return named_prerequisite(case, words) or _with_command(case, words) or passed_in_command(case, parameter.name)


def _with_command(case: Case, words: str) -> str:
    """Return the sentence that a document says to create the thing, where it also has a command of that kind."""
    if not case.documented(_COMMAND):
        return ""
    created = rf"\bcreate (a|an|your|the|one)\b[^\n]{{0,120}}\b({words})"
    return "A document of the response gives a command that creates it." if case.documented(created) else ""


RULE = Rule(
    id="external-dependency",
    kind="external-dependency",
    level="High",
    category="prerequisites",
    title="Existing infrastructure required: {parameters}",
    issue="{file} takes {parameters} from outside. The prompt does not say that the {resource|resources} behind {it|them} "
    "{exists|exist}, and nothing in the response creates {it|them}: in a new account the stack cannot be created without further "
    "work.",
    fix="Create what {parameters} {stands|stand} for in the template. To make it optional instead, give the parameter the type "
    "String, an empty default and a condition: the AWS-specific parameter types reject an empty value.",
    root_cause="{because}",
    lesson="Create in the template what the prompt does not declare as existing.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html",
    is_choice=True,
    aws_behaviour="CloudFormation refuses to create the stack until the parameter has the id or name of an existing "
    "resource.",
    yields_to=("placeholder-value", "key-pair-missing"),
    check=check,
    corrections=created,
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
        example(
            """
Parameters:
  SubnetId:  # finds
    Type: AWS::EC2::Subnet::Id
Resources:
  Host:
    Type: AWS::EC2::Instance
    Properties: {ImageId: ami-0a1b2c3d4e5f60718, SubnetId: !Ref SubnetId}
""",
            prompt="Our existing VPC is vpc-1a2b3c4d. Create a subnet in it for a host.",
        ),
    ),
    passes=(
        example(
            """
Parameters:
  VpcId: {Type: AWS::EC2::VPC::Id}
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: Web, VpcId: !Ref VpcId}
""",
            prompt="Create a security group in our existing VPC.",
        ),
        example(
            """
Parameters:
  KeyName: {Type: AWS::EC2::KeyPair::KeyName}
  ImageId: {Type: AWS::EC2::Image::Id, Default: ami-0a1b2c3d4e5f60718}
Resources:
  Host:
    Type: AWS::EC2::Instance
    Properties: {ImageId: !Ref ImageId, KeyName: !Ref KeyName}
""",
            prompt="Parameters: KeyName for SSH access, ImageId.",
        ),
        example("""
Parameters:
  KeyName: {Type: AWS::EC2::KeyPair::KeyName}
Resources:
  Host:
    Type: AWS::EC2::Instance
    Properties: {ImageId: ami-0a1b2c3d4e5f60718, KeyName: !Ref KeyName}
=== README.md
First `aws ec2 create-key-pair --key-name admin`, then deploy with KeyName=admin.
"""),
        example("""
Parameters:
  WithTls: {Type: String, Default: 'no', AllowedValues: ['yes', 'no']}
  CertificateArn: {Type: String}
Conditions: {HasTls: !Equals [!Ref WithTls, 'yes']}
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Domain:
    Type: AWS::ApiGateway::DomainName
    Condition: HasTls
    Properties: {DomainName: api.shop.dev, CertificateArn: !Ref CertificateArn}
"""),
    ),
)
