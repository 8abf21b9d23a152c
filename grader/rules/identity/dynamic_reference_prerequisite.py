"""Parameters and secrets that a template reads and nothing creates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.case.deployed import is_deployed
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Located
from grader.plan.sources import unresolved_reads
from grader.rules._prerequisites import named_prerequisite
from grader.support.markdown import listed

_COMMANDS = {
    "parameter": r"put-parameter|ssm\.put_parameter|aws::ssm::parameter",
    "secret": r"create-secret|put-secret-value|create_secret",
}
_REMEDIES = {
    "parameter": "The command is `aws ssm put-parameter`; CloudFormation creates parameters of the types String and StringList only.",
    "secret": "The command is `aws secretsmanager create-secret`; an AWS::SecretsManager::Secret can generate a password itself.",
}
_TYPES = {"parameter": "AWS::SSM::Parameter", "secret": "AWS::SecretsManager::Secret"}


def check(case: Case) -> Iterator[RuleFinding]:
    """Report what is read from a store and is not there, unless a document gives the command or the prompt names it.

    Medium where a document names it as something to have, without the command.
    """
    for problem in unresolved_reads(case):
        word, name = problem.facts["word"], problem.facts["value"]
        if (
            _is_read(case, problem)
            and not _is_undefined(case, problem, name)
            and not _is_documented(case, word, name)
            and not _is_given(case, name)
        ):
            words = _written(case, name)
            quoted = named_prerequisite(case, words) if words else ""
            facts = {
                **problem.facts,
                "because": f"{_because(case, word)} {quoted}".rstrip(),
                "remedy": _REMEDIES[word],
            }
            level = "Medium" if quoted else ""
            yield RuleFinding(location=problem.location, message=problem.message, facts=facts, level=level)


def _is_read(case: Case, problem: Located) -> bool:
    """Whether the place that reads is deployed: a parameter of the template always is."""
    template = next((one for one in case.templates if one.file == problem.file), None)
    resource = template.resources.get(problem.resource) if template else None
    return template is None or resource is None or is_deployed(case.scopes[template.file], resource, problem.path)


def _is_undefined(case: Case, problem: Located, name: str) -> bool:
    """Whether the name is a reference to what the template does not define, which another rule reports."""
    used = re.match(r"\$\{(\w+)\}", name)
    template = next((one for one in case.templates if one.file == problem.file), None)
    return bool(used and template) and used.group(1) not in {**template.parameters, **template.resources}  # type: ignore[union-attr]


def _is_documented(case: Case, word: str, name: str) -> bool:
    """Whether a document gives the command and the name's last fixed part, or explains the parameter that holds it."""
    target = re.fullmatch(r"\$\{(\w+)(?:\.\w+)*\}", name)
    if target and case.mentions(target.group(1)):
        return True
    part = _last_part(name)
    return bool(part) and case.documented(_COMMANDS[word]) and re.search(part, case.prose) is not None


def _is_given(case: Case, name: str) -> bool:
    """Whether the prompt names the whole path or name: then it is there, or somebody else creates it."""
    return len(name) > 3 and "${" not in name and case.request.first(re.escape(name.strip("/"))) is not None


def _last_part(name: str) -> str:
    """Return a pattern for the last fixed part of a name, in lower case; empty where nothing of it is fixed."""
    parts = [part for part in re.split(r"/|\$\{[^}]*\}|:", name) if len(part) > 2]
    return re.escape(parts[-1].strip("-_").lower()) if parts else ""


def _written(case: Case, name: str) -> str:
    """Return a pattern for a name as documents write it: without the values of parameters at its end; empty for `${Name}`."""
    if "${" in name:
        return _last_part(name)
    values = {str(value) for value in case.parameters.values()}
    values |= {str(one.default) for template in case.templates for one in template.parameters.values() if one.default}
    ends = [value for value in values if len(value) > 1 and name.endswith(f"-{value}")]
    return re.escape(name.removesuffix(max(ends, key=len, default="")).strip("/-").lower())


def _because(case: Case, word: str) -> str:
    """Say what the bundle creates of the kind that is read."""
    kind, store = _TYPES[word], "Parameter Store" if word == "parameter" else "Secrets Manager"
    made = [resource.name for _, resource in case.resources(kind)]
    if made:
        return f"The templates create {listed(made)} ({kind}), and this reference names another {word} in {store}."
    return f"The reference is to a {word} in {store}, and no template has a resource of the type {kind}."


RULE = Rule(
    id="dynamic-reference-prerequisite",
    kind="ssm-or-secret-prerequisite",
    level="High",
    category="prerequisites",
    title="Nothing creates what the template reads: {values}",
    issue="{file} reads {values} when it is deployed. No template creates what is read there, the account does "
    "not have it, and the documents have no command that creates it. CloudFormation resolves such a reference during the stack "
    "operation, and the operation fails.",
    fix="Create {values} in a template, or document the exact command to run before the deployment. {remedy}",
    root_cause="{because}",
    lesson="Create what a template resolves at deployment, or document the command that creates it.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html",
    aws_behaviour="CloudFormation resolves dynamic references and SSM parameter types during the operation, and fails it where the "
    "name does not exist.",
    security="Dynamic references keep the value out of the template; without instructions, deployers tend to write it in.",
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
        example("""
Parameters:
  Stage: {Type: String}
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !Sub '{{resolve:ssm:/shop/${Stage}/title}}'}  # finds
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
        example("""
Parameters:
  TitleFromStore: {Type: String, Default: 'false'}
Conditions:
  FromStore: !Equals [!Ref TitleFromStore, 'true']
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !If [FromStore, '{{resolve:ssm:/shop/title}}', Shop]}
"""),
        example(
            """
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: '{{resolve:ssm:/shop/title}}'}
""",
            prompt="A topic. Its display name is in Parameter Store under `/shop/title`.",
        ),
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: '{{resolve:ssm:/shop/title}}'}
=== README.md
`aws ssm put-parameter --name /shop/title --type String --value Shop`
"""),
    ),
)
