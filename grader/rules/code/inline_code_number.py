"""Numbers that DynamoDB does not take."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.case.inline_code import inline_functions
from grader.catalogue import Rule, RuleFinding, at_property, example

_WRITES = re.compile(r"\.(put_item|update_item)\(|batch_writer\(")
_FLOATS = re.compile(r"\bfloat\(|\btime\.time\(\)(?!\s*\))(?!\s*\*)|\bround\([^)]*,\s*\d")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report inline Python that hands floats to DynamoDB's table resource, which takes only Decimal."""
    for code in inline_functions(case):
        text = code.text
        if not code.is_python or "Decimal" in text or not _WRITES.search(text):
            continue
        if not re.search(r"boto3\.resource\(\s*['\"]dynamodb", text):
            continue
        loads = "json.loads(" in text and "parse_float" not in text
        money = re.search(r"amount|price|total|balance|score|rate|value", text)
        if _FLOATS.search(text) or (loads and money):
            yield at_property(
                code.template, code.function, code.path, "writes numbers to DynamoDB without Decimal", value="float"
            )


RULE = Rule(
    id="inline-code-number",
    kind="inline-code-bug",
    level="High",
    category="code",
    title="Numbers that DynamoDB does not take",
    issue="The inline code of {resources} in {file} writes numbers with a fraction through the table resource of boto3."
    " It refuses floats with a TypeError and wants Decimal.",
    fix="Parse with json.loads(text, parse_float=Decimal), and make other numbers Decimal(str(number)).",
    root_cause="Python and JSON have floats, and DynamoDB does not.",
    lesson="Use Decimal for every number on its way to DynamoDB.",
    reference="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html",
    cost="Messages are tried again until they expire.",
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
            Statement: [{Effect: Allow, Action: ['dynamodb:*', 'logs:*'], Resource: '*'}]
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Code:
        ZipFile: |  # finds
          import boto3
          import json
          table = boto3.resource("dynamodb").Table("orders")
          def handler(event, context):
              order = json.loads(event["body"])
              table.put_item(Item={"id": order["id"], "amount": order["amount"]})
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
