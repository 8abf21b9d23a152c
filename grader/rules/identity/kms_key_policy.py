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


@dataclass(frozen=True, slots=True)
class _User:
    """A type that is encrypted by a service in its own name: where it names the key, and what its service needs."""

    path: str
    service: str
    actions: tuple[str, ...]


# Types whose creation is refused where their service may not use the key.
# Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
# Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
_USERS = {
    "AWS::CloudTrail::Trail": _User("KMSKeyId", "cloudtrail", ("kms:GenerateDataKey",)),
    "AWS::Logs::LogGroup": _User("KmsKeyId", "logs", ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey")),
}


def check(case: Case) -> Iterator[RuleFinding]:
    """Report keys of log groups and trails whose policy does not let the service use them."""
    for template, resource, scope in created(case, *_USERS):
        user = _USERS[resource.type]
        key = case.referred(template, resource.get(user.path))
        if key is None or key.type != "AWS::KMS::Key":
            continue
        if key.get("KeyPolicy") is not None and not isinstance(scope.value(key.get("KeyPolicy")), dict):
            continue
        stated = [one for one in statements_of(template, key, scope) if one.allows]
        service = [one for one in stated if any(_is_for(name, user.service) for name in one.principals())]
        lacks = [action for action in user.actions if not any(_allows(one, action) for one in service)]
        if not lacks:
            continue
        named = sorted({name for one in stated for name in one.principals() if name.endswith(".amazonaws.com")})
        message = f"encrypts {resource.name}, and its policy does not allow {lacks[0]} to {user.service}.amazonaws.com"
        facts = {
            "value": resource.name,
            "service": _principal(case, user.service),
            "needed": ", ".join(lacks),
            "because": _because(key.name, service, named),
        }
        # The documentation lists the actions that CloudWatch Logs needs, and does not say which of them CreateLogGroup tries.
        level = "High" if service and user.service == "logs" else ""
        yield at_property(template, key, "KeyPolicy", message, level=level, **facts)


def _principal(case: Case, service: str) -> str:
    """Return the service principal as the documentation writes it: that of CloudWatch Logs names the region."""
    return f"logs.{case.account.region}.amazonaws.com" if service == "logs" else f"{service}.amazonaws.com"


def _is_for(principal: str, service: str) -> bool:
    return principal == "*" or (principal.startswith(f"{service}.") and ".amazonaws.com" in principal)


def _allows(statement: Statement, action: str) -> bool:
    patterns = statement.actions
    return not patterns or any(fnmatchcase(action.lower(), pattern.lower()) or "${" in pattern for pattern in patterns)


def _because(key: str, service: Sequence[Statement], named: Sequence[str]) -> str:
    if service:
        return f"The policy of {code(key)} has a statement for the service, with other actions."
    if named:
        return f"The policy of {code(key)} names {listed(named)} and leaves this service out."
    return f"The policy of {code(key)} names principals of the account only."


RULE = Rule(
    id="kms-key-policy",
    kind="kms-key-policy",
    level="Critical",
    category="security",
    title="Key policy without the service that uses the key: {resources}",
    issue="{resources} in {file} {encrypts|encrypt} {values}, and {its key policy does|their key policies do} not allow {neededs} to "
    "{services}. The service calls KMS in its own name, so a statement for the account does not cover it, and a request with this "
    "key is refused.",
    fix="Add a statement to the key policy of {resources} that allows {neededs} to the service principal {services}; limit it to "
    "the resource with a condition (`kms:EncryptionContext:aws:logs:arn` for log groups, `aws:SourceArn` for trails).",
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
