"""Secrets that are written into the template."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.catalogue.sentences import as_quote
from grader.model import Location
from grader.rules.identity._corrections import without_secret
from grader.rules.identity._secrets import (
    hardcoding_forbidden,
    has_default,
    is_issued,
    is_literal,
    is_placeholder,
    replaced,
    store_asked,
    taken,
)
from grader.support.markdown import code
from grader.template import Scalar


def check(case: Case) -> Iterator[RuleFinding]:
    """Report parameters for secrets that have a default, and secrets written into a property."""
    asked = hardcoding_forbidden(case) or store_asked(case)
    level = "High" if asked else ""
    asks = f"Line {asked.line} of the prompt asks for another way: {as_quote(asked.text)}." if asked else ""
    for template in case.templates:
        for parameter in template.parameters.values():
            if has_default(parameter) and template.uses.get(parameter.name):
                yield RuleFinding(
                    location=Location(
                        file=template.file,
                        line=parameter.line_of("Default"),
                        resource=parameter.name,
                        path=f"Parameters.{parameter.name}.Default",
                    ),
                    message="is a secret and has a default",
                    facts={
                        "because": asks or f"The secret is the default of the parameter {code(parameter.name)}.",
                        "remedy": _ISSUED if is_issued(parameter) else _GENERATED,
                        "consequence": _consequence(parameter.name, parameter.default or ""),
                    },
                    level=level,
                )
    for template, resource, _, path, node in taken(case):
        if isinstance(node, Scalar) and is_literal(node.text):
            because = asks or f"{code(path)} has a text where a dynamic reference is possible."
            yield at_property(
                template,
                resource,
                path,
                "is a secret in plain text",
                level=level,
                because=because,
                remedy=replaced(case, resource),
                consequence=_consequence(resource.name, node.text),
            )


_GENERATED = "Generate the secret in an AWS::SecretsManager::Secret and refer to it with a dynamic reference."
_ISSUED = "Store the value that its issuer gives in Secrets Manager, outside the template, and refer to it with a dynamic reference."


def _consequence(name: str, value: str) -> str:
    """Say what a text means: a placeholder is the secret of every deployment that does not replace it."""
    if is_placeholder(value):
        return f"The text of {code(name)} is the placeholder {code(value)}, and a deployment that does not replace it uses it."
    return "Anyone who can read the template knows it."


RULE = Rule(
    id="hardcoded-secret",
    kind="hardcoded-secret",
    level="Medium",
    category="security",
    title="Hardcoded secrets: {resources}",
    issue="In {file}, {resources} {has|have} a secret in plain text. {consequence}",
    fix="Remove the text. {remedy}",
    root_cause="{because}",
    lesson="Keep secrets out of templates, their defaults included.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices.html",
    aws_behaviour="CloudFormation deploys with the text; NoEcho hides the value of a parameter, not its default in the template.",
    security="Everyone who can read the repository or the template of the stack knows the value that is deployed with it.",
    check=check,
    corrections=without_secret,
    fails=(
        example("""
Parameters:
  AdminPassword:
    Type: String
    NoEcho: true
    Default: ChangeMe123  # finds
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !Ref AdminPassword}
"""),
        example("""
Resources:
  Cache:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties:
      ReplicationGroupDescription: sessions
      TransitEncryptionEnabled: true
      AuthToken: correct-horse-battery-staple  # finds
"""),
        example("""
Parameters:
  LedgerPassword:
    Type: String
    NoEcho: true
    Default: ChangeMe123  # finds
Resources:
  Ledger:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Snapshot
    UpdateReplacePolicy: Snapshot
    Properties:
      DBInstanceClass: db.t4g.micro
      Engine: postgres
      AllocatedStorage: '20'
      StorageEncrypted: true
      MasterUsername: clerk
      MasterUserPassword: !Ref LedgerPassword
"""),
    ),
    passes=(
        example("""
Parameters:
  AdminPassword: {Type: String, NoEcho: true}
  TokenName: {Type: String, Default: shop-token}
  PushToken: {Type: String, Default: PLACEHOLDER_TOKEN}
  UnusedPassword: {Type: String, NoEcho: true, Default: ChangeMe123}
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !Sub '${AdminPassword}${TokenName}${PushToken}'}
  Cache:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties:
      ReplicationGroupDescription: sessions
      TransitEncryptionEnabled: true
      AuthToken: '{{resolve:secretsmanager:cache}}'
"""),
    ),
)
