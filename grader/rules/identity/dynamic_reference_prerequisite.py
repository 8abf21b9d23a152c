"""Parameters and secrets that a template reads and nothing creates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example, from_problem
from grader.plan.sources import unresolved_reads

_COMMANDS = {
    "parameter": r"put-parameter|ssm\.put_parameter|aws::ssm::parameter",
    "secret": r"create-secret|put-secret-value|create_secret",
}


def check(case: Case) -> Iterator[RuleFinding]:
    """Report what is read from a store and is not there, unless a document tells one to create it."""
    for problem in unresolved_reads(case):
        if not _is_told(case, problem.facts["word"], problem.facts["value"]):
            yield from_problem(problem)


def _is_told(case: Case, word: str, name: str) -> bool:
    """Whether a document gives the command and the name's last fixed part, or explains the parameter that holds it."""
    target = re.fullmatch(r"\$\{(\w+)(?:\.\w+)*\}", name)
    if target and case.mentions(target.group(1)):
        return True
    parts = [part for part in re.split(r"/|\$\{[^}]*\}|:", name) if len(part) > 2]
    return bool(parts) and case.documented(_COMMANDS[word]) and parts[-1].strip("-_").lower() in case.prose


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
