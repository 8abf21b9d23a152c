"""Rotation schedules whose function is something else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.case.deployed import created
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.support.markdown import code, listed

_PSEUDO = re.compile(r"\$\{AWS::\w+\}")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report rotation schedules whose function is the ARN of something else, or a resource of another type."""
    for template, schedule, scope in created(case, "AWS::SecretsManager::RotationSchedule"):
        node = schedule.get("RotationLambdaARN")
        arn = scope.text(node)
        target = case.referred(template, node) if node is not None else None
        if target is not None:
            wrong = not re.match(r"AWS::(Lambda|Serverless|CloudFormation)::|Custom::", target.type)
        else:
            wrong = bool(arn) and "${" not in _PSEUDO.sub("", arn) and ":function:" not in arn
        if wrong:
            functions = [one.name for one in template.of_type("AWS::Lambda::Function", "AWS::Serverless::Function")]
            because = (
                f"The template has the functions {listed(functions)}; none of them is named here."
                if functions
                else f"The template has no function that could rotate; {code(arn)} is written in its place."
            )
            message = f"{arn} is not the ARN of a function"
            yield at_property(template, schedule, "RotationLambdaARN", message, value=arn, because=because)


RULE = Rule(
    id="rotation-function",
    kind="rotation-config",
    level="Critical",
    category="schema",
    title="Rotation schedule without a Lambda function: {resources}",
    issue="RotationLambdaARN of {resources} in {file} is {values}, which is not the ARN of a Lambda function. Secrets Manager rejects "
    "the schedule.",
    fix="Use HostedRotationLambda instead of RotationLambdaARN, or create the rotation function and refer to it with Fn::GetAtt.",
    root_cause="{because}",
    lesson="Let Secrets Manager host the rotation function, or create it in the template.",
    reference="https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html",
    aws_behaviour="RotateSecret is refused where RotationLambdaARN is not the ARN of a function that Secrets Manager may invoke.",
    security="The secret does not rotate.",
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
Parameters: {Rotator: {Type: String}}
Resources:
  Secret: {Type: AWS::SecretsManager::Secret, Properties: {GenerateSecretString: {PasswordLength: 30}}}
  Rotation:
    Type: AWS::SecretsManager::RotationSchedule
    Properties: {SecretId: !Ref Secret, RotationLambdaARN: !Ref Rotator}
  Other:
    Type: AWS::SecretsManager::RotationSchedule
    Properties: {SecretId: !Ref Secret, RotationLambdaARN: !Sub 'arn:aws:lambda:${AWS::Region}:999988887777:function:rotate'}
"""),
    ),
)
