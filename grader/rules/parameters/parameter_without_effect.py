"""Parameters that are unused, or do not affect what they name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.catalogue.corrections import template_of
from grader.model import Finding, Location
from grader.rules._shared import SUFFIX, environment_parameters, with_facts
from grader.rules.parameters._corrections import without_parameter
from grader.support.markdown import code
from grader.template import Parameter, Template, dotted, text_of, walk

_SERVERLESS = "db.serverless"


def check(case: Case) -> Iterator[RuleFinding]:
    """Report parameters without a use, and instance classes beside serverless instances that ignore them."""
    for template in case.templates:
        contradicted = _beside_serverless(template)
        suffixes = _suffixes(case, template)
        for parameter in template.parameters.values():
            uses = template.uses.get(parameter.name, ())
            if parameter.name in contradicted:
                reason = f"names an instance class, while {contradicted[parameter.name]} has {_SERVERLESS}"
                because = f"{code(contradicted[parameter.name])} has the fixed instance class {code(_SERVERLESS)}."
            elif not uses and parameter.name not in suffixes and "Fn::Transform" not in template.text:
                reason = "is used nowhere in the template"
                because = _unused(template, parameter)
            else:
                continue
            facts = {"parameter": parameter.name, "value": parameter.default or "", "because": because}
            place = f"Parameters.{parameter.name}"
            yield RuleFinding(
                location=Location(file=template.file, line=parameter.line, resource=parameter.name, path=place),
                message=reason,
                facts=facts,
            )


def _suffixes(case: Case, template: Template) -> tuple[str, ...]:
    """Return the parameters for the suffix that the prompt asks for: missing-environment-suffix reports what lacks it."""
    return environment_parameters(template) if case.request.orders(SUFFIX) else ()


def _confirm(case: Case, finding: Finding) -> Finding | None:
    template = template_of(case, finding)
    name = finding.facts.get("name", "")
    return None if template and name in _suffixes(case, template) else with_facts(finding, parameter=name)


def _unused(template: Template, parameter: Parameter) -> str:
    """Say where the parameter's name or its default is written instead of a reference."""
    if "${" + parameter.name + "}" in template.text:
        return f"`${{{parameter.name}}}` is in a text without Fn::Sub, which CloudFormation does not replace."
    value = parameter.default or ""
    if len(value) > 3 and value.lower() not in ("true", "false"):
        for resource in template.resources.values():
            for path, node in walk(resource.properties):
                if text_of(node) == value and _is_named(parameter.name, resource.name, dotted(path)):
                    place = f"{code(dotted(path))} of {code(resource.name)}"
                    return f"The default {code(value)} of {code(parameter.name)} is written out at {place} instead of a reference."
    return f"Outside the Parameters section, {code(template.file)} has no reference to {code(parameter.name)}."


def _is_named(parameter: str, resource: str, path: str) -> bool:
    """Whether a place has a word of the parameter's name, so that the parameter was meant for it."""
    words = re.findall(r"[A-Z][a-z]{3,}|[A-Z]{3,}|^[a-z]{4,}", parameter)
    return any(word.lower() in f"{resource}.{path}".lower() for word in words)


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
    title="{Parameter|Parameters} without effect: {parameters}",
    issue="{parameters} in {file} {changes|change} nothing: no resource takes {its value|their values}. A deployer who sets "
    "{it|them} gets the same stack.",
    fix="Remove {parameters}, or refer to {it|them} in the properties that the {name says|names say}.",
    root_cause="{because}",
    lesson="Declare a parameter together with its use.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html",
    aws_behaviour="CloudFormation accepts the parameter and ignores its value.",
    stands_for=("cfn-lint:W2001", "cloudformation-validate:W2001"),
    check=check,
    confirm=_confirm,
    corrections=without_parameter,
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
