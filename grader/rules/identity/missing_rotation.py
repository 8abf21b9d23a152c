"""Rotation that the prompt asks for and nothing does."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.case.deployed import created
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.support.markdown import code
from grader.task.prompt import Sentence

_ROTATES = r"\brotat(e|es|ed|ing|ion)\b"
_SECRETS = r"secret|credential|password"
_KEYS = r"\bkms\b|\bkeys?\b|\bcmks?\b|encrypt"
# Keys that KMS rotates by itself where it is asked to: symmetric ones with key material of its own.
# Source: https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
_SYMMETRIC = ("", "SYMMETRIC_DEFAULT")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report secrets without a rotation schedule and keys without rotation, where the prompt asks for rotation."""
    asked = case.request.orders(rf"{_ROTATES}[^.;]{{0,60}}\b({_SECRETS})|({_SECRETS})\w*\b[^.;]{{0,60}}{_ROTATES}")
    if asked and not asked.is_optional:
        yield from _secrets(case, asked)
    asked = case.request.orders(rf"{_ROTATES}[^.;]{{0,40}}({_KEYS})|({_KEYS})[^.;]{{0,40}}{_ROTATES}")
    if asked and not asked.is_optional:
        yield from _keys(case, asked)


def _secrets(case: Case, asked: Sentence) -> Iterator[RuleFinding]:
    if any(True for _ in created(case, "AWS::SecretsManager::RotationSchedule")):
        return  # which secret it rotates is often said by a name
    for template, secret, scope in created(case, "AWS::SecretsManager::Secret"):
        owner = scope.text(secret.get("Description")) + secret.name
        if "api" in owner.lower() and "password" not in owner.lower():
            continue  # a key of somebody else's API cannot be rotated from here
        facts = {"what": "AWS::SecretsManager::RotationSchedule", "because": _because(asked)}
        yield at_property(template, secret, "", "has no rotation schedule", **facts)


def _keys(case: Case, asked: Sentence) -> Iterator[RuleFinding]:
    for template, key, scope in created(case, "AWS::KMS::Key"):
        usage = scope.text(key.get("KeySpec"))
        value = scope.text(key.get("EnableKeyRotation")).lower()
        imported = scope.text(key.get("Origin")) not in ("", "AWS_KMS")
        if value in ("", "false") and usage in _SYMMETRIC and not imported:
            facts = {"what": "EnableKeyRotation: true", "because": _because(asked)}
            yield at_property(template, key, "EnableKeyRotation", "does not rotate", **facts)


def _because(asked: Sentence) -> str:
    return f"Line {asked.line} of the prompt asks for it: {code(asked.text)}."


RULE = Rule(
    id="missing-rotation",
    kind="rotation-config",
    level="High",
    category="security",
    title="Missing rotation: {resources}",
    issue="The prompt asks for rotation, and {resources} in {file} {does|do} not rotate: {whats} is missing.",
    fix="Add {whats}. For a database secret, HostedRotationLambda of AWS::SecretsManager::RotationSchedule brings the function, and "
    "ManageMasterUserPassword of the database lets RDS rotate the password.",
    root_cause="{because}",
    lesson="A secret rotates only with a rotation schedule, and a KMS key only with EnableKeyRotation.",
    reference="https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html",
    aws_behaviour="Secrets Manager and KMS rotate nothing unless a schedule or EnableKeyRotation says so.",
    security="A secret or key that leaks stays valid.",
    needed=lambda finding: True if finding.type == "AWS::KMS::Key" else None,
    check=check,
    fails=(
        example(
            """
Resources:
  Secret:  # finds
    Type: AWS::SecretsManager::Secret
    Properties: {GenerateSecretString: {PasswordLength: 30}}
  Key:
    Type: AWS::KMS::Key
    Properties: {Description: orders}
""",
            prompt="A secret that is rotated every 30 days.",
        ),
        example(
            """
Resources:
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties: {GenerateSecretString: {PasswordLength: 30}}
  Key:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: false  # finds
""",
            prompt="Encrypt with a KMS key. Enable automatic key rotation.",
        ),
    ),
    passes=(
        example(
            """
Resources:
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties: {GenerateSecretString: {PasswordLength: 30}}
  Key:
    Type: AWS::KMS::Key
    Properties: {Description: orders}
""",
            prompt="A secret and a key. Do not rotate the key. Rotate the logs every day.",
        ),
        example(
            """
Resources:
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties: {GenerateSecretString: {PasswordLength: 30}}
  Rotation:
    Type: AWS::SecretsManager::RotationSchedule
    Properties: {SecretId: !Ref Secret, RotationRules: {AutomaticallyAfterDays: 30}}
""",
            prompt="A secret that is rotated every 30 days.",
        ),
    ),
)
