"""Parameters and secrets that a template reads and nothing creates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.rule import Hit, Rule, example
from grader.template import Scope, Template, dotted

_RESOLVE = re.compile(r"\{\{resolve:(ssm|ssm-secure|secretsmanager):((?:arn:[^}\s]*?:secret:)?[^:}]+)[^}]*\}\}")
_COMMANDS = {
    "ssm": r"put-parameter|ssm\.put_parameter|aws::ssm::parameter",
    "secretsmanager": r"create-secret|put-secret-value|create_secret",
}
_SSM_TYPE = "AWS::SSM::Parameter::Value"


def check(case: Case) -> Iterator[Hit]:
    """Report dynamic references and SSM-typed parameters whose source the bundle, the account and the documents lack."""
    created = set(_created(case))
    for template in case.templates:
        for path, line, service, name in _reads(case, template):
            if _is_there(case, service, name, created, case.scopes[template.file]):
                continue
            word = "parameter" if service == "ssm" else "secret"
            resource = template.resources.get(str(path[1])) if len(path) > 1 and path[0] == "Resources" else None
            yield Hit(
                template.file,
                line,
                f"reads the {word} {name}, which nothing creates",
                str(path[1]) if len(path) > 1 else "",
                resource.type if resource else "",
                dotted(path[2:]),
                {"value": name, "store": "Parameter Store" if service == "ssm" else "Secrets Manager", "word": word},
            )


def _reads(case: Case, template: Template) -> Iterator[tuple[tuple[str | int, ...], int, str, str]]:
    for path, node, text in case.texts(template):
        for match in _RESOLVE.finditer(text):
            yield path, node.line, match.group(1).removesuffix("-secure"), match.group(2)
    for parameter in template.parameters.values():
        name = case.scopes[template.file].given.get(parameter.name, parameter.default)
        if parameter.type.startswith(_SSM_TYPE) and isinstance(name, str):
            yield ("Parameters", parameter.name), parameter.line_of("Default"), "ssm", name


def _created(case: Case) -> Iterator[str]:
    for template, resource in case.resources("AWS::SSM::Parameter", "AWS::SecretsManager::Secret"):
        scope = case.scopes[template.file]
        yield scope.text(resource.get("Name")).lstrip("/") if resource.get("Name") is not None else ""
        yield "${" + resource.name + "}"
        yield "${" + resource.name + ".Id}"


def _is_there(case: Case, service: str, name: str, created: set[str], scope: Scope) -> bool:
    if name.startswith("/aws/") or name.lstrip("/") in created or ".Outputs." in name:
        return True
    held = case.account.ssm_parameters if service == "ssm" else case.account.secrets
    if name in held:
        return True
    target = re.fullmatch(r"\$\{(\w+)(?:\.\w+)*\}", name)
    if target and (target.group(1) in scope.template.resources or case.mentions(target.group(1))):
        return True
    # A document that gives the command and the name's last fixed part has told the reader.
    parts = [part for part in re.split(r"/|\$\{[^}]*\}|:", name) if len(part) > 2]
    return bool(parts) and case.documented(_COMMANDS[service]) and parts[-1].strip("-_").lower() in case.prose


RULE = Rule(
    id="dynamic-reference-prerequisite",
    kind="ssm-or-secret-prerequisite",
    level="High",
    category="prerequisites",
    title="{store} entries that are read but never created",
    issue="{file} reads {values} from {store}. No template creates it, the account does not hold it, and no document tells "
    "the reader to create it. CloudFormation resolves such a reference while it creates the stack; what is not there fails the "
    "operation.",
    fix="Create it in a template (a secret can generate its own password), or give the exact command that does before the "
    "deployment, for each of {values}.",
    root_cause="Reading the value from {store} is the right idea; the step that puts it there was left to the reader.",
    lesson="Whatever a template resolves at deployment must be created by it or by a documented step.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html",
    cost="A failed deployment; standard parameters cost nothing, a secret about half a dollar a month.",
    security="Good in itself: no value stands in the template. Without instructions, people put it there.",
    performance="None.",
    check=check,
    fails=(
        example("""
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Delete
    Properties:
      Engine: postgres
      DBInstanceClass: db.t4g.micro
      AllocatedStorage: '20'
      StorageEncrypted: true
      MasterUsername: '{{resolve:ssm:/shop/db/user}}'  # finds
      ManageMasterUserPassword: true
"""),
        example("""
Parameters:
  Pool:
    Type: AWS::SSM::Parameter::Value<String>
    Default: /shop/pool  # finds
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !Ref Pool}
"""),
    ),
    passes=(
        example("""
Resources:
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties:
      GenerateSecretString: {SecretStringTemplate: '{"username": "shop"}', GenerateStringKey: password}
  Database:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Delete
    Properties:
      Engine: postgres
      DBInstanceClass: db.t4g.micro
      AllocatedStorage: '20'
      StorageEncrypted: true
      MasterUsername: !Sub '{{resolve:secretsmanager:${Secret}:SecretString:username}}'
      MasterUserPassword: !Sub '{{resolve:secretsmanager:${Secret}:SecretString:password}}'
"""),
    ),
)
