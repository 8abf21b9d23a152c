"""Parameter types that CloudFormation cannot create."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example


def check(case: Case) -> Iterator[RuleFinding]:
    """Report SSM parameters of type SecureString."""
    for template, parameter in case.resources("AWS::SSM::Parameter"):
        if case.scopes[template.file].text(parameter.get("Type")) == "SecureString":
            yield at_property(
                template, parameter, "Type", "CloudFormation cannot create a SecureString", value="SecureString"
            )


RULE = Rule(
    id="ssm-secure-string",
    kind="invalid-ssm-parameter-type",
    level="Critical",
    category="schema",
    title="SSM parameters of a type that CloudFormation cannot create",
    issue="{resources} in {file} are of type {value}. AWS::SSM::Parameter creates String and StringList only; a "
    "SecureString is refused.",
    fix="Use Secrets Manager for {resources}, or create the SecureString with the CLI before the deployment and "
    "resolve it.",
    root_cause="The service has the type, and its CloudFormation resource has not.",
    lesson="Keep secrets in Secrets Manager; CloudFormation cannot create SecureString parameters.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html",
    cost="The deployment is refused.",
    security="Changing the type to String would store the secret in plain text.",
    performance="None.",
    check=check,
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
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
"""),
    ),
)
