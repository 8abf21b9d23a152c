"""Rotation that does not work or is missing."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="missing-rotation",
    kind="rotation-config",
    level="High",
    category="security",
    title="Rotation that does not work or is missing",
    issue="Secrets rotate in the ideal answer and do not, or not in that way, in the response: {types}.",
    fix="Add an AWS::SecretsManager::RotationSchedule with a hosted rotation function, or let RDS manage the password.",
    root_cause="The secret was created, and its rotation left out.",
    lesson="A secret rotates only with a schedule and a function.",
    reference="https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html",
    cost="None.",
    security="A password that leaks stays valid.",
    performance="None.",
    stands_for=("ideal:missing-rotation", "ideal:rotation"),
    fails=(
        example(
            """
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
""",
            prompt="A topic, and a secret that is rotated every 30 days.",
            ideal="""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties: {GenerateSecretString: {PasswordLength: 30}}
  Rotation:
    Type: AWS::SecretsManager::RotationSchedule
    Properties: {SecretId: !Ref Secret, RotationRules: {AutomaticallyAfterDays: 30}}
""",
        ),
    ),
    passes=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
"""),
    ),
)
