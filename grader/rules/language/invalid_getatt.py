"""Attributes that a resource does not return."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.template import dotted

# Attributes that hold others, and are no value themselves.
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
                    facts={"says": message},
                )


RULE = Rule(
    id="invalid-getatt",
    kind="invalid-getatt",
    level="Critical",
    category="references",
    title="Attribute that the resource does not return",
    issue=(
        "{file} reads an attribute that the resource does not return, at line {line}: {says}. CloudFormation "
        "rejects the template."
    ),
    fix="Read an attribute from the return values of the type, or use Ref where Ref returns the value.",
    root_cause="The name after the dot at line {line} is not a return value of the type.",
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
