"""Inline code that reads variables nobody sets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.case.inline_code import inline_functions
from grader.catalogue import Rule, RuleFinding, at_property, example

_PYTHON = re.compile(r"""os\.environ\[\s*['"](\w+)['"]\s*\]""")
# Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
_GIVEN = re.compile(r"AWS_|LAMBDA_|_HANDLER|_X_AMZN|TZ$|PATH$|LANG$|LD_LIBRARY_PATH$|PYTHONPATH$|NODE_PATH$")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report environment variables that inline Python reads without a default and that the template does not set."""
    for code in inline_functions(case):
        if not code.is_python or code.is_open:
            continue
        names = [name for name in dict.fromkeys(_PYTHON.findall(code.text)) if not _GIVEN.match(name)]
        unset = [name for name in names if name not in code.variables and f'os.environ["{name}"] =' not in code.text]
        if unset:
            message = f"reads {', '.join(unset)}, which the template does not set"
            yield at_property(code.template, code.function, code.path, message, value=unset[0])


RULE = Rule(
    id="inline-code-environment",
    kind="inline-code-bug",
    level="High",
    category="code",
    title="Inline code that reads variables nobody sets",
    issue="The inline code of {resources} in {file} reads {values} from its environment, and the template does not set "
    "it: the function fails with a KeyError.",
    fix="Add {values} to Environment.Variables of {resources}.",
    root_cause="Code and configuration were written apart.",
    lesson="Hold the variables that code reads against those that the template sets.",
    reference="https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
    cost="Every invocation fails and is paid for.",
    security="None.",
    performance="None.",
    check=check,
    fails=(
        example("""
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
      Policies:
        - PolicyName: work
          PolicyDocument:
            Version: '2012-10-17'
            Statement: [{Effect: Allow, Action: ['dynamodb:GetItem', 'logs:*'], Resource: '*'}]
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Code:
        ZipFile: |  # finds
          import os
          def handler(event, context):
              return os.environ["TABLE"]
"""),
    ),
    passes=(
        example("""
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
      Policies:
        - PolicyName: work
          PolicyDocument:
            Version: '2012-10-17'
            Statement: [{Effect: Allow, Action: ['dynamodb:GetItem', 'logs:*'], Resource: '*'}]
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Environment: {Variables: {TABLE: orders}}
      Code:
        ZipFile: |
          import os
          def handler(event, context):
              return os.environ["TABLE"]
"""),
    ),
)
