"""Attributes that a resource does not return."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.rules.language._causes import attribute
from grader.support.markdown import code
from grader.template import Reference, dotted

# Attributes that hold others, and are not values themselves.
# Source: "Return values" of each type in https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
_GROUPS = {
    "AWS::ElastiCache::ReplicationGroup": {
        "ConfigurationEndPoint",
        "PrimaryEndPoint",
        "ReadEndPoint",
        "ReaderEndPoint",
    },
    "AWS::RDS::DBCluster": {"Endpoint", "MasterUserSecret", "ReadEndpoint"},
    "AWS::RDS::DBInstance": {"Endpoint", "MasterUserSecret"},
    "AWS::Redshift::Cluster": {"Endpoint"},
}


def check(case: Case) -> Iterator[RuleFinding]:
    """Report attributes that are groups of attributes, where a value is needed."""
    for template in case.templates:
        for use in template.references:
            target = template.resources.get(use.target)
            if target and use.kind in ("GetAtt", "Sub") and use.attribute in _GROUPS.get(target.type, ()):
                owner = template.resources.get(use.owner) if use.section == "Resources" else None
                message = f"{use.target}.{use.attribute} is a group of attributes, not a value"
                kind = owner.type if owner else target.type
                name = owner.name if owner else target.name
                yield RuleFinding(
                    location=Location(
                        file=template.file, line=use.line, resource=name, type=kind, path=dotted(use.path)
                    ),
                    message=message,
                    facts=_group(use, code(name), code(target.type)),
                )


def _group(use: Reference, owner: str, kind: str) -> dict[str, str]:
    """Return the facts of a group of attributes that is read as a value."""
    name = code(f"{use.target}.{use.attribute}")
    part = code(f"{use.target}.{use.attribute}.{'Address' if 'ndpoint' in (use.attribute or '') else 'SecretArn'}")
    return {
        "attribute": f"{use.target}.{use.attribute}",
        "says": f"{use.target}.{use.attribute} is a group of attributes, not a value",
        "plain": f"{owner} reads {name}, which is a group of attributes and not a value (line {use.line})",
        "because": f"{kind} returns the members of {code(use.attribute or '')}, not the group.",
        "remedy": f"Name the member, such as {part}.",
    }


RULE = Rule(
    id="invalid-getatt",
    kind="invalid-getatt",
    level="Critical",
    category="references",
    title="Attribute that the resource does not return: {attributes}",
    issue="In {file}, {says}. CloudFormation rejects the template.",
    fix="{remedy}",
    root_cause="{because}",
    lesson="Take the attributes of Fn::GetAtt from the return values of the type.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-"
    "getatt.html",
    aws_behaviour="CloudFormation rejects the template: the resource has no such attribute.",
    stands_for=(
        "plan:attribute-unknown",
        "cloudformation-validate:E9004",
        "cfn-lint:E1010",
        "cloudformation-validate:E1010",
    ),
    check=check,
    confirm=attribute,
    fails=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !GetAtt Topic.QueueName  # finds
"""),
    ),
    passes=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !GetAtt Topic.TopicName
"""),
    ),
)
