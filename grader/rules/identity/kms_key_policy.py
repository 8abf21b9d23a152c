"""Keys whose policy does not allow the service that encrypts with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from grader.case import Case
from grader.case.deployed import created
from grader.case.iam import Statement, statements_of
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules.identity._corrections import service_may_use
from grader.support.markdown import code, listed
from grader.support.text import series
from grader.template import Resource, Scope, Template


@dataclass(frozen=True, slots=True)
class _User:
    """A type that is encrypted by a service in its own name: where it names the key, what its service needs, and what limits it."""

    path: str
    service: str
    condition: str
    actions: tuple[str, ...]


# Types whose creation is refused where their service may not use the key.
# Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
# Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
_USERS = {
    "AWS::CloudTrail::Trail": _User(
        "KMSKeyId", "cloudtrail", "kms:EncryptionContext:aws:cloudtrail:arn", ("kms:GenerateDataKey",)
    ),
    "AWS::Logs::LogGroup": _User(
        "KmsKeyId", "logs", "kms:EncryptionContext:aws:logs:arn", ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey")
    ),
}


@dataclass(frozen=True, slots=True)
class _Lack:
    """A service that may not use a key: what it lacks, whether a statement is for it, and what it encrypts with the key."""

    user: _User
    actions: tuple[str, ...]
    is_named: bool
    names: list[str]
    principals: list[str]


def check(case: Case) -> Iterator[RuleFinding]:
    """Report keys of log groups and trails whose policy does not let the service use them, with all that they encrypt."""
    found: dict[tuple[str, str], tuple[Template, Resource, dict[str, _Lack]]] = {}
    for template, resource, scope in created(case, *_USERS):
        key = case.referred(template, resource.get(_USERS[resource.type].path))
        lack = _lack(template, resource, key, scope)
        if key is not None and lack is not None:
            lacks = found.setdefault((template.file, key.name), (template, key, {}))[2]
            lacks.setdefault(lack.user.service, lack).names.append(resource.name)
    for template, key, lacks in found.values():
        every = list(lacks.values())
        message = "; ".join(
            f"encrypts {series(one.names)}, and its policy does not allow {one.actions[0]} to {one.user.service}.amazonaws.com"
            for one in every
        )
        facts = {
            "service": ", ".join(_principal(case, one.user.service) for one in every),
            "consequence": " ".join(_consequence(case, key.name, one) for one in every),
            "remedy": " ".join(_remedy(case, key.name, one) for one in every),
            "because": _because(key.name, every),
        }
        # The documentation lists the actions that CloudWatch Logs needs, and does not say which of them CreateLogGroup tries.
        is_open = all(one.is_named and one.user.service == "logs" for one in every)
        yield at_property(template, key, "KeyPolicy", message, level="High" if is_open else "", **facts)


def _lack(template: Template, resource: Resource, key: Resource | None, scope: Scope) -> _Lack | None:
    """Return what the service of a resource lacks in the policy of its key; None where it lacks nothing that is known."""
    user = _USERS[resource.type]
    if key is None or key.type != "AWS::KMS::Key":
        return None
    if key.get("KeyPolicy") is not None and not isinstance(scope.value(key.get("KeyPolicy")), dict):
        return None
    stated = [one for one in statements_of(template, key, scope) if one.allows]
    service = [one for one in stated if any(_is_for(name, user.service) for name in one.principals())]
    lacks = tuple(action for action in user.actions if not any(_allows(one, action) for one in service))
    named = sorted({name for one in stated for name in one.principals() if name.endswith(".amazonaws.com")})
    return _Lack(user, lacks, bool(service), [], named) if lacks else None


def _consequence(case: Case, key: str, lack: _Lack) -> str:
    service = code(_principal(case, lack.user.service))
    return f"The key policy of {code(key)} does not allow {listed(lack.actions)} to {service}, and the key encrypts {listed(lack.names)}."


def _remedy(case: Case, key: str, lack: _Lack) -> str:
    service = code(_principal(case, lack.user.service))
    allowed = f"Allow {listed(lack.actions)} to {service} in the key policy of {code(key)}"
    return f"{allowed}, with a condition on {code(lack.user.condition)}."


def _principal(case: Case, service: str) -> str:
    """Return the service principal as the documentation writes it: that of CloudWatch Logs names the region."""
    return f"logs.{case.account.region}.amazonaws.com" if service == "logs" else f"{service}.amazonaws.com"


def _is_for(principal: str, service: str) -> bool:
    return principal == "*" or (principal.startswith(f"{service}.") and ".amazonaws.com" in principal)


def _allows(statement: Statement, action: str) -> bool:
    patterns = statement.actions
    return not patterns or any(fnmatchcase(action.lower(), pattern.lower()) or "${" in pattern for pattern in patterns)


def _because(key: str, lacks: Sequence[_Lack]) -> str:
    absent = [one for one in lacks if not one.is_named]
    if not absent:
        return f"The policy of {code(key)} has a statement for the service, with other actions."
    if named := absent[0].principals:
        return f"The policy of {code(key)} names {listed(named)} and leaves {'these services' if len(absent) > 1 else 'this service'} out."
    return f"The policy of {code(key)} names principals of the account only."


RULE = Rule(
    id="kms-key-policy",
    kind="kms-key-policy",
    level="Critical",
    category="security",
    title="Key policy without the service that uses the key: {resources}",
    issue="In {file}, {resources} {is a key|are keys} that a service may not use. {consequence} The service calls KMS in its own name, so a "
    "statement for the account does not cover it, and a request with this key is refused.",
    fix="{remedy}",
    root_cause="{because}",
    lesson="Name in a key policy each service that uses the key in its own name, such as CloudWatch Logs and CloudTrail.",
    reference="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
    aws_behaviour="CreateLogGroup and CreateTrail try the key and are refused where the key policy does not allow the service.",
    check=check,
    corrections=service_may_use,
    fails=(
        example("""
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:  # finds
        Version: '2012-10-17'
        Statement:
          - {Effect: Allow, Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}, Action: 'kms:*', Resource: '*'}
  Logs:
    Type: AWS::Logs::LogGroup
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties: {RetentionInDays: 7, KmsKeyId: !GetAtt Key.Arn}
"""),
        example("""
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:  # finds
        Version: '2012-10-17'
        Statement:
          - {Effect: Allow, Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}, Action: 'kms:*', Resource: '*'}
          - {Effect: Deny, Principal: {Service: cloudtrail.amazonaws.com}, Action: 'kms:*', Resource: '*'}
  Trail:
    Type: AWS::CloudTrail::Trail
    Properties: {IsLogging: true, S3BucketName: audit, KMSKeyId: !Ref Key}
"""),
    ),
    passes=(
        example("""
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: '2012-10-17'
        Statement:
          - {Effect: Allow, Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}, Action: 'kms:*', Resource: '*'}
          - {Effect: Allow, Principal: {Service: !Sub 'logs.${AWS::Region}.amazonaws.com'}, Action: 'kms:*', Resource: '*'}
  Logs:
    Type: AWS::Logs::LogGroup
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties: {RetentionInDays: 7, KmsKeyId: !GetAtt Key.Arn}
"""),
        example("""
Parameters:
  EncryptLogs: {Type: String, Default: 'no'}
Conditions:
  Encrypted: !Equals [!Ref EncryptLogs, 'yes']
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: '2012-10-17'
        Statement:
          - {Effect: Allow, Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}, Action: 'kms:*', Resource: '*'}
  Uploads:
    Type: AWS::S3::Bucket
    DeletionPolicy: Delete
    Properties:
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault: {SSEAlgorithm: 'aws:kms', KMSMasterKeyID: !Ref Key}
  Logs:
    Type: AWS::Logs::LogGroup
    Properties: {KmsKeyId: !If [Encrypted, !GetAtt Key.Arn, !Ref AWS::NoValue]}
"""),
    ),
)
