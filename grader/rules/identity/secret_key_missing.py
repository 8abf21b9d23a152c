"""Dynamic references to a key that the secret of the template does not have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from grader.case import Case
from grader.case.deployed import created, deployed
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.support.markdown import code, listed
from grader.template import Call, Resource, Scalar, Scope, Template, dotted, is_known

_REFERENCE = re.compile(r"\{\{resolve:secretsmanager:\$\{(\w+)(?:\.\w+)?\}:SecretString:([^:{}]+)")
# Keys that an AWS::SecretsManager::SecretTargetAttachment adds.
# Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
_ATTACHED = frozenset({"engine", "host", "port", "dbname", "dbInstanceIdentifier", "dbClusterIdentifier", "ssl"})
_DATABASE = """
Resources:
  Login:
    Type: AWS::SecretsManager::Secret
    DeletionPolicy: Delete
    Properties:
      GenerateSecretString: {SecretStringTemplate: '{"username": "shop"}', GenerateStringKey: password, ExcludeCharacters: '"@/'}
  Data:
    Type: AWS::DocDB::DBCluster
    DeletionPolicy: Delete
    Properties:
      StorageEncrypted: true
      MasterUsername: !Sub '{{resolve:secretsmanager:${Login}:SecretString:username}}'
      MasterUserPassword: !Sub '{{resolve:secretsmanager:${Login}:SecretString:password}}'
"""


def check(case: Case) -> Iterator[RuleFinding]:
    """Report references to keys that the value of a secret in the same template lacks."""
    for template, resource, scope in created(case):
        if "secretsmanager" not in template.text:
            continue
        for path, node in deployed(scope, resource.properties, ("Properties",)):
            for name, key in _REFERENCE.findall(scope.text(node)) if isinstance(node, Call | Scalar) else ():
                secret = template.resources.get(name)
                keys = _keys(template, secret, scope) if secret else None
                if keys is not None and key not in keys:
                    yield _finding(template, resource, dotted(path), node.line, name, key, keys)


def _keys(template: Template, secret: Resource, scope: Scope) -> frozenset[str] | None:
    """Return the keys of a secret's JSON value, none where the value is not JSON; None where they are not known."""
    written, generated = scope.value(secret.get("SecretString")), scope.value(secret.get("GenerateSecretString"))
    if secret.type != "AWS::SecretsManager::Secret" or not is_known(written) or not is_known(generated):
        return None
    if isinstance(generated, dict):
        keys = _json_keys(generated.get("SecretStringTemplate", ""))
        own = generated.get("GenerateStringKey")
        return None if keys is None else keys | {str(own)} | _attached(template) if own else frozenset()
    return _json_keys(written) if isinstance(written, str) else None


def _json_keys(text: object) -> frozenset[str] | None:
    try:
        value = json.loads(str(text))
    except (ValueError, RecursionError):
        return None
    return frozenset(map(str, value)) if isinstance(value, dict) else None


def _attached(template: Template) -> frozenset[str]:
    return _ATTACHED if any(template.of_type("AWS::SecretsManager::SecretTargetAttachment")) else frozenset()


def _finding(
    template: Template, resource: Resource, path: str, line: int, secret: str, key: str, keys: frozenset[str]
) -> RuleFinding:
    location = Location(file=template.file, line=line, resource=resource.name, type=resource.type, path=path)
    have = f"{code(secret)} has the keys {listed(sorted(keys))}" if keys else f"The value of {code(secret)} is no JSON"
    because = f"{have}, and {code(resource.name)} reads {code(key)}."
    return RuleFinding(
        location=location,
        message=f"reads the key {key} of the secret {secret}",
        facts={"value": key, "because": because},
    )


RULE = Rule(
    id="secret-key-missing",
    kind="undefined-reference",
    level="Critical",
    category="references",
    title="Dynamic references to keys that a secret does not have: {values}",
    issue="{resources} in {file} {reads|read} {values} from a secret of the same template that has no such key. CloudFormation "
    "stops with “Could not find a value associated with JSONKey in SecretString”.",
    fix="Refer to a key of the secret, or add the key with `SecretStringTemplate` or `GenerateStringKey`.",
    root_cause="{because}",
    lesson="A dynamic reference names a key of the secret's JSON value exactly.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html",
    aws_behaviour="Resolving the reference fails, and the resource is not created.",
    check=check,
    fails=(example(_DATABASE.replace(":username}}'", ":user}}'  # finds")),),
    passes=(example(_DATABASE),),
)
