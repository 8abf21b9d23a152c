"""SSM parameters of a type that CloudFormation cannot create."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.case.deployed import created, switched_off
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._deployed import only_with
from grader.rules.identity._corrections import holds_secret, plain_parameter
from grader.support.markdown import code, listed


def check(case: Case) -> Iterator[RuleFinding]:
    """Report SSM parameters of the type SecureString."""
    secrets = [secret.name for _, secret, _ in created(case, "AWS::SecretsManager::Secret")]
    off = switched_off(case, "AWS::SSM::Parameter")
    found = [(*one, "", "") for one in created(case, "AWS::SSM::Parameter")]
    found += [(template, one, scope, "Medium", only_with(one, names)) for template, one, scope, names in off]
    for template, parameter, scope, level, condition in found:
        if scope.text(parameter.get("Type")) == "SecureString":
            because = (
                f"The templates keep {listed(secrets)} in Secrets Manager, and {code(parameter.name)} in Parameter Store."
                if secrets
                else "The templates have no AWS::SecretsManager::Secret for values that have to be encrypted."
            )
            message = "CloudFormation cannot create a SecureString"
            facts = {"value": "SecureString", "because": condition + because}
            if holds_secret(case, template, parameter):
                facts["consequence"] = "Changing the type to String would store the secret in plain text."
            yield at_property(template, parameter, "Type", message, level=level, **facts)


RULE = Rule(
    id="ssm-secure-string",
    kind="invalid-ssm-parameter-type",
    level="Critical",
    category="schema",
    title="SSM parameters of the type SecureString: {resources}",
    issue="{resources} in {file} {has|have} the type SecureString. AWS::SSM::Parameter creates String and StringList only, and "
    "rejects other types.",
    fix="Put {resources} into AWS::SecretsManager::Secret, or create the SecureString with `aws ssm put-parameter` before the "
    "deployment and refer to it with a dynamic reference (`ssm-secure`).",
    root_cause="{because}",
    lesson="Keep secrets in Secrets Manager; CloudFormation cannot create SecureString parameters.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html",
    aws_behaviour="The resource handler refuses SecureString when the parameter is created.",
    security="{consequence}",
    check=check,
    corrections=plain_parameter,
    fails=(
        example("""
Resources:
  Password:
    Type: AWS::SSM::Parameter
    Properties:
      Type: SecureString  # finds
      Value: '{{resolve:secretsmanager:arn:aws:secretsmanager:us-east-1:999988887777:secret:shop}}'
"""),
    ),
    passes=(
        example("""
Parameters:
  Kept: {Type: String, Default: 'no'}
Conditions:
  IsKept: !Equals [!Ref Kept, 'yes']
Resources:
  Title:
    Type: AWS::SSM::Parameter
    Properties: {Type: !If [IsKept, SecureString, String], Value: Shop}
  Password:
    Type: AWS::SSM::Parameter
    Condition: IsKept
    Properties: {Type: String, Value: none}
"""),
    ),
)
