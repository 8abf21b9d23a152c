"""Keys that CloudWatch Logs may not use."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example

# What CloudWatch Logs must be allowed before it takes a key.
# Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
_NEEDED = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report keys of log groups whose policy does not let the logs service encrypt and decrypt."""
    for template, group in case.resources("AWS::Logs::LogGroup"):
        scope = case.scopes[template.file]
        key = case.referred(template, group.get("KmsKeyId"))
        if key is None or key.type != "AWS::KMS::Key":
            continue
        policy = scope.value(key.get("KeyPolicy"))
        if "logs." not in str(policy):
            message = f"encrypts the log group {group.name}, and its policy does not name the logs service"
            yield at_property(template, key, "KeyPolicy", message, value=group.name)
        elif lacks := [action for action in _NEEDED if not _allows(policy, action)]:
            message = f"encrypts the log group {group.name}, and its policy does not let the logs service {lacks[0]}"
            yield at_property(template, key, "KeyPolicy", message, value=group.name)


def _allows(policy: object, action: str) -> bool:
    """Whether a statement for the logs service allows an action."""
    statements = policy.get("Statement") if isinstance(policy, dict) else None
    for statement in statements if isinstance(statements, list) else ():
        if isinstance(statement, dict) and "logs." in str(statement.get("Principal")):
            actions = statement.get("Action")
            patterns = [actions] if isinstance(actions, str) else actions if isinstance(actions, list) else []
            if any(fnmatchcase(action, str(pattern)) or "${" in str(pattern) for pattern in patterns):
                return True
    return not isinstance(statements, list)


RULE = Rule(
    id="kms-key-policy",
    kind="kms-key-policy",
    level="Critical",
    category="security",
    title="Key that CloudWatch Logs may not use",
    issue="{resource} in {file} encrypts the log groups {values}, and its key policy has no statement for the service "
    "principal of CloudWatch Logs. Creating the log group is refused.",
    fix="Allow `logs.REGION.amazonaws.com` kms:Encrypt*, kms:Decrypt*, kms:ReEncrypt*, kms:GenerateDataKey* and "
    "kms:Describe*, with a condition on the ARN of the log group.",
    root_cause="A key policy that names the account alone is enough for most services, but not for those that come with a "
    "principal of their own.",
    lesson="Name the service that uses a key in its policy: logs, SNS, CloudFront and others do not act as the account.",
    reference="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
    cost="The deployment is rolled back.",
    security="None: the log group is not created.",
    performance="None.",
    check=check,
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
    ),
)
