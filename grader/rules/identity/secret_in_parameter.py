"""Secrets that are passed as parameters."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.case.deployed import created
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.catalogue.sentences import as_quote
from grader.rules.identity._corrections import managed_password
from grader.rules.identity._secrets import (
    has_default,
    is_choice,
    parameter_asked,
    parameter_of,
    replaced,
    store_asked,
    taken,
)
from grader.support.markdown import code, listed


def check(case: Case) -> Iterator[RuleFinding]:
    """Report properties that take a secret from a parameter, unless the prompt asks for the parameter."""
    asked = store_asked(case)
    if (asked is None and parameter_asked(case)) or (asked and is_choice(asked)):
        return
    for template, resource, _, path, node in taken(case):
        parameter = parameter_of(template, node)
        if parameter is None or has_default(parameter) or parameter.type != "String":
            continue
        secrets = [secret.name for _, secret, _ in created(case, "AWS::SecretsManager::Secret")]
        made = (
            f"the templates create {listed(secrets)}, which it does not use"
            if secrets
            else "the templates create no secret"
        )
        hidden = "" if parameter.no_echo else " without NoEcho"
        because = (
            f"Line {asked.line} of the prompt asks for another way: {as_quote(asked.text)}."
            if asked
            else f"{code(resource.name)} takes it from the parameter {code(parameter.name)}{hidden}, and {made}."
        )
        yield at_property(
            template,
            resource,
            path,
            f"takes the secret from the parameter {parameter.name}{hidden}",
            level="High" if asked else "",
            parameter=parameter.name,
            because=because,
            remedy=replaced(case, resource),
        )


_TEMPLATE = """
Parameters:
  AdminPassword: {Type: String, NoEcho: true}
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    Properties: {MasterUserPassword: !Ref AdminPassword}
"""

RULE = Rule(
    id="secret-in-parameter",
    kind="secret-in-parameter",
    level="Medium",
    category="security",
    title="Secret passed as a parameter: {parameters}",
    issue="{resources} in {file} {takes|take} a secret from {parameters}. Everyone who deploys has to know it, and it is kept in "
    "the shell history, the pipeline configuration or the parameters file it is passed with.",
    fix="{remedy}",
    root_cause="{because}",
    lesson="Generate secrets in Secrets Manager and refer to them; do not pass them as parameters.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices.html",
    aws_behaviour="CloudFormation deploys it; NoEcho hides the value in the console and in DescribeStacks only.",
    security="The secret is known to everyone who can read the command, the pipeline or the parameters file.",
    is_choice=True,
    check=check,
    corrections=managed_password,
    fails=(
        example("""
Parameters:
  AdminPassword: {Type: String, NoEcho: true, MinLength: 12, Default: ''}
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      Engine: mysql
      DBInstanceClass: db.t4g.micro
      AllocatedStorage: '20'
      StorageEncrypted: true
      MasterUsername: shop
      MasterUserPassword: !Ref AdminPassword  # finds
"""),
    ),
    passes=(
        example("""
Parameters:
  SecretArn: {Type: String}
  Snapshot: {Type: String, Default: snap}
  AdminPassword: {Type: String, NoEcho: true}
Conditions:
  IsNew: !Equals [!Ref Snapshot, '']
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      MasterUserPassword: !Sub '{{resolve:secretsmanager:${SecretArn}:SecretString:password}}'
  Restored:
    Type: AWS::RDS::DBInstance
    Properties:
      DBSnapshotIdentifier: !Ref Snapshot
      MasterUserPassword: !If [IsNew, !Ref AdminPassword, !Ref AWS::NoValue]
"""),
        example(
            _TEMPLATE,
            prompt="A database. Use parameters for the user name and the password.",
        ),
        example(
            _TEMPLATE,
            prompt="The password of the database must come from a NoEcho parameter or from Secrets Manager.",
        ),
    ),
)
