"""Permissions that a role lacks."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="missing-permission",
    kind="missing-iam-permission",
    level="High",
    category="security",
    title="Permissions that a role lacks",
    issue="Policies in {file} lack actions that those of the ideal answer allow: {says}.",
    fix="Allow {neededs} in the policies of {resources}.",
    root_cause="Permissions were written for the main path of the code.",
    lesson="Go through each call of the code, and through what services do in its name.",
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html",
    cost="Calls are refused.",
    security="None.",
    performance="None.",
    stands_for=("ideal:missing-action",),
    fails=(
        example(
            """
Resources:
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Action: ['dynamodb:GetItem'], Resource: '*'}]  # finds
""",
            prompt="A policy.",
            ideal="""
Resources:
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Action: ['dynamodb:GetItem', 'dynamodb:PutItem'], Resource: '*'}]
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
