"""EC2 key pairs that nothing creates."""

from __future__ import annotations

from grader.case import Case
from grader.catalogue import Rule, example
from grader.model import Finding
from grader.rules._prerequisites import is_created_by_command, named_prerequisite
from grader.rules._shared import resource_at, with_facts
from grader.rules.compute._corrections import key_pair
from grader.support.markdown import code
from grader.template import Parameter, Scalar, Template

_WORDS = r"\bkey ?pair\w*|\bkey ?name\b|\bssh key\b"
_THING = r"key ?pairs?|ssh keys?"


def _confirm(case: Case, finding: Finding) -> Finding | None:
    """Silent where a document creates the key pair or the prompt orders it; less severe where the answer names the prerequisite."""
    template = next((one for one in case.templates if one.file == finding.file), None)
    if template is None:
        return None
    value = finding.facts.get("value", "")
    if value and (is_created_by_command(case, "AWS::EC2::KeyPair") or case.request.orders(_WORDS)):
        return None
    found = resource_at(case, finding)
    if found is not None:
        node = found[1].get(finding.path.removeprefix("Properties."))
        if isinstance(node, Scalar):
            because = f"{code(finding.resource)} names the key pair at line {node.line}, and no template creates it."
            return with_facts(finding, level="Critical", because=because, remedy=_CREATE)
    parameter = _parameter(template, finding)
    quoted = named_prerequisite(case, _THING)
    is_named = quoted or (parameter is not None and "exist" in (parameter.text("Description") or "").lower())
    named = code(parameter.name) if parameter else "a parameter"
    because = f"The value of {named} is {code(value)}, and no template creates that key pair. {quoted}".rstrip()
    remedy = _CREATE
    if not value:
        because = (
            f"The default of {named} is empty, which CloudFormation rejects for the type, whatever the conditions say."
        )
        if parameter is not None and template.conditions_using(parameter.name):
            remedy = f"Give {named} the type String, which accepts an empty default: the condition on it then leaves the key pair out."
    level = "Critical" if not value else "Medium" if is_named else ""
    return with_facts(finding, level=level, because=because, remedy=remedy)


_CREATE = (
    "Create an AWS::EC2::KeyPair in the template, make the key pair optional with a condition, or connect through Session Manager, which "
    "needs no key pair."
)


def _parameter(template: Template, finding: Finding) -> Parameter | None:
    used = [use.target for use in template.references if use.owner == finding.resource and "KeyName" in use.path]
    return next((template.parameters[name] for name in (finding.resource, *used) if name in template.parameters), None)


RULE = Rule(
    id="key-pair-missing",
    kind="external-dependency",
    level="High",
    category="prerequisites",
    title="EC2 key pair that nothing creates",
    issue="{resources} in {file} {needs|need} a key pair that exists before the stack is created, and neither the templates nor a "
    "document of the response create it.",
    fix="{remedy}",
    root_cause="{because}",
    lesson="Create a key pair in the template, make it optional, or use Session Manager.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-keypair.html",
    stands_for=("plan:key-pair-missing",),
    confirm=_confirm,
    aws_behaviour="CloudFormation rejects the value, or EC2 the launch; a literal name or an empty default is Critical, "
    "one that a parameter can replace High, a documented one Medium.",
    corrections=key_pair,
    fails=(
        example("""
Parameters:
  AdminKey:
    Type: AWS::EC2::KeyPair::KeyName
    Default: admin  # finds
Resources:
  Web:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: '{{resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64}}'
      InstanceType: t3.micro
      KeyName: !Ref AdminKey  # finds
"""),
    ),
    passes=(
        example("""
Parameters:
  AdminKey: {Type: 'AWS::EC2::KeyPair::KeyName', Default: admin}
Resources:
  Web:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: '{{resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64}}'
      InstanceType: t3.micro
      KeyName: !Ref AdminKey
=== README.md
Before the deployment: `aws ec2 create-key-pair --key-name admin`.
"""),
        example(
            """
Resources:
  Web:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: '{{resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64}}'
      InstanceType: t3.micro
      KeyName: admin
""",
            prompt="An instance with our key pair admin.",
        ),
    ),
)
