"""Parameters that are unused, or do not affect what they name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.template import Template, text_of, walk

_SERVERLESS = "db.serverless"


def check(case: Case) -> Iterator[RuleFinding]:
    """Report parameters without a use, and instance classes beside serverless instances that ignore them."""
    for template in case.templates:
        contradicted = _beside_serverless(template)
        for parameter in template.parameters.values():
            uses = template.uses.get(parameter.name, ())
            if parameter.name in contradicted:
                reason = f"names an instance class, while {contradicted[parameter.name]} has {_SERVERLESS}"
            elif not uses and "Fn::Transform" not in template.text:
                reason = "is used nowhere in the template"
            else:
                continue
            facts = {"parameter": parameter.name, "value": parameter.default or "", "reason": reason}
            place = f"Parameters.{parameter.name}"
            yield RuleFinding(
                location=Location(file=template.file, line=parameter.line, resource=parameter.name, path=place),
                message=reason,
                facts=facts,
            )


def _beside_serverless(template: Template) -> dict[str, str]:
    """Return parameters for a database's instance class that no instance takes, with a serverless instance beside them."""
    instances = [resource for resource in template.of_type("AWS::RDS::DBInstance") if resource.get("DBInstanceClass")]
    fixed = [
        instance.name
        for instance in instances
        if any(text_of(node) == _SERVERLESS for _, node in walk(instance.properties.values["DBInstanceClass"]))
    ]
    if not fixed:
        return {}
    found = {}
    for parameter in template.parameters.values():
        names_class = re.search(r"instance_?(class|type|size)$", parameter.name, re.I) is not None
        values = (parameter.default or "", *parameter.allowed)
        is_class = any(value.startswith("db.") and value != _SERVERLESS for value in values)
        takes = any("DBInstanceClass" in use.path for use in template.uses.get(parameter.name, ()))
        if names_class and is_class and not takes:
            found[parameter.name] = fixed[0]
    return found


RULE = Rule(
    id="parameter-without-effect",
    kind="unused-parameter",
    level="Medium",
    category="parameters",
    title="Parameters that change nothing: {parameters}",
    issue="{parameter} in {file} {reason}. Whoever sets it expects an effect, and there is none. In all: {parameters}.",
    fix="Remove {parameters}, or use them where their names say.",
    root_cause="The parameters were declared for a version of the template that was not written.",
    lesson="Declare a parameter only with its use, and check that it reaches the property it names.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html",
    cost="None directly; a size that is not applied is a bill that is not as planned.",
    security="None, unless the parameter was meant to restrict something.",
    performance="A setting that is believed to apply does not.",
    stands_for=("cfn-lint:W2001", "cloudformation-validate:W2001"),
    check=check,
    fails=(
        example("""
Parameters:
  Owner:  # finds
    Type: String
    Default: shop
Resources:
  Topic:
    Type: AWS::SNS::Topic
"""),
        example("""
Parameters:
  DatabaseInstanceClass:  # finds
    Type: String
    Default: db.r6g.large
Resources:
  Cluster:
    Type: AWS::RDS::DBCluster
    DeletionPolicy: Delete
    Properties:
      Engine: aurora-postgresql
      StorageEncrypted: true
      MasterUsername: shop
      ManageMasterUserPassword: true
      ServerlessV2ScalingConfiguration: {MinCapacity: 0.5, MaxCapacity: 4}
      Tags: [{Key: size, Value: !Ref DatabaseInstanceClass}]
  Writer:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: aurora-postgresql
      DBClusterIdentifier: !Ref Cluster
      DBInstanceClass: db.serverless
"""),
    ),
    passes=(
        example("""
Parameters:
  Owner: {Type: String, Default: shop}
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !Ref Owner}
"""),
    ),
)
