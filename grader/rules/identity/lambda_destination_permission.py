"""Functions that may not reach their destination."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.case.iam import grants, role_of
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.model import Location
from grader.template import dotted

# What a function's role must allow to hand its results on, by the type of the destination.
# Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
_NEEDED = {
    "AWS::Events::EventBus": "events:PutEvents",
    "AWS::Lambda::Function": "lambda:InvokeFunction",
    "AWS::SNS::Topic": "sns:Publish",
    "AWS::SQS::Queue": "sqs:SendMessage",
}


def check(case: Case) -> Iterator[RuleFinding]:
    """Report destinations that the role of the function is not allowed to use."""
    for template, config in case.resources("AWS::Lambda::EventInvokeConfig"):
        uses = [use for use in template.references if use.owner == config.name]
        source = next((use.target for use in uses if "FunctionName" in use.path), "")
        function = template.resources.get(source)
        if function is None:
            continue
        role = role_of(template, function)
        if role is None:
            continue
        granted = grants(case, template, role)
        for use in uses:
            target = template.resources.get(use.target)
            needed = _NEEDED.get(target.type) if target and "DestinationConfig" in use.path else None
            if needed and not granted.allow(needed):
                facts = {"value": use.target, "needed": needed, "function": source}
                message = f"sends results of {source} to {use.target}, and its role does not allow {needed}"
                yield RuleFinding(
                    location=Location(
                        file=template.file, line=use.line, resource=source, type=function.type, path=dotted(use.path)
                    ),
                    message=message,
                    facts=facts,
                )
                message = f"is the role of {source}, and does not allow {needed} on {use.target}"
                yield at_property(template, role, "Policies", message, **facts)


RULE = Rule(
    id="lambda-destination-permission",
    kind="missing-invoke-permission",
    level="Critical",
    category="security",
    title="Functions that may not reach their destination",
    issue="In {file}, the results of {function} go to {values}, and the role of the function does not allow {needed}. "
    "Lambda checks that when the destination is set, and refuses it.",
    fix="Allow {needed} on {values} in the role of {function}.",
    root_cause="The role was written for what the code does, and Lambda itself acts with it, too.",
    lesson="A function's role must allow handing results to its destinations.",
    reference="https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html",
    cost="The deployment is rolled back.",
    security="None.",
    performance="None.",
    check=check,
    fails=(
        example("""
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:  # finds
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]

  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Code: {ZipFile: 'def handler(event, context): return None'}
  Failed:
    Type: AWS::SQS::Queue
  Results:
    Type: AWS::Lambda::EventInvokeConfig
    Properties:
      FunctionName: !Ref Worker
      Qualifier: $LATEST
      DestinationConfig:
        OnFailure:
          Destination: !GetAtt Failed.Arn  # finds
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
