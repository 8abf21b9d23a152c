"""Inline code that only pretends."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.case.inline_code import inline_functions
from grader.catalogue import Rule, RuleFinding, at_property, example

_PRETENDS = re.compile(
    r"(#|//)[ ]*(TODO|FIXME|placeholder|implement|add your|your code|actual implementation|in a real|simulat|mock|for now)",
    re.I,
)


def check(case: Case) -> Iterator[RuleFinding]:
    """Report inline code that says of itself that it is not finished."""
    for code in inline_functions(case):
        match = _PRETENDS.search(code.text)
        if match:
            said = match.group().strip()
            yield at_property(code.template, code.function, code.path, f"says of itself: {said}", value=said)


RULE = Rule(
    id="inline-code-incomplete",
    kind="inline-code-incomplete",
    level="Medium",
    category="code",
    title="Inline code that only pretends",
    issue="The inline code of {resources} in {file} is not finished; it says so itself: {values}. What the task wants "
    "done is not done.",
    fix="Write the code of {resources} out.",
    root_cause="The infrastructure was taken for the task, and the code in it for decoration.",
    lesson="Deliver code that does what the task asks, or say that it is missing.",
    reference="https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html",
    cost="Somebody has to write it.",
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

  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Code:
        ZipFile: |  # finds
          def handler(event, context):
              # TODO: rotate the secret
              return None
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
