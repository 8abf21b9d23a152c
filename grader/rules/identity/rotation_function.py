"""Rotation by what is no function."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example

_FUNCTION = re.compile(r"\$\{|:function:|^$")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report rotation schedules whose function is the ARN of something else."""
    for template, schedule in case.resources("AWS::SecretsManager::RotationSchedule"):
        scope = case.scopes[template.file]
        arn = scope.text(schedule.get("RotationLambdaARN"))
        if not _FUNCTION.search(re.sub(r"\$\{AWS::\w+\}", "", arn)):
            yield at_property(template, schedule, "RotationLambdaARN", f"{arn} is not the ARN of a function", value=arn)


RULE = Rule(
    id="rotation-function",
    kind="rotation-config",
    level="Critical",
    category="schema",
    title="Rotation by what is no function",
    issue="{resources} in {file} rotate with {values}, which is not the ARN of a function.",
    fix="Use HostedRotationLambda, or create the function and name it.",
    root_cause="The ARN was made up.",
    lesson="Let Secrets Manager host the rotation function.",
    reference="https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudformation.html",
    cost="The deployment is rolled back.",
    security="The secret does not rotate.",
    performance="None.",
    check=check,
    fails=(
        example("""
Resources:
  Secret: {Type: AWS::SecretsManager::Secret, Properties: {GenerateSecretString: {PasswordLength: 30}}}
  Rotation:
    Type: AWS::SecretsManager::RotationSchedule
    Properties:
      SecretId: !Ref Secret
      RotationLambdaARN: !Sub 'arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:rotation'  # finds
"""),
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
