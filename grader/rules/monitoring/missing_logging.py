"""Logs that the ideal answer keeps and the response does not."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="missing-logging",
    kind="missing-logging",
    level="Medium",
    category="observability",
    title="Logs that the ideal answer keeps and the response does not",
    issue="Logging of the ideal answer has no counterpart in the response: {types}.",
    fix="Add the log groups with a retention, and switch logging on where it is missing.",
    root_cause="Services log only what they are told to.",
    lesson="Switch on the logs that an investigation would need.",
    reference="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/WhatIsCloudWatchLogs.html",
    cost="None.",
    security="What happened cannot be found out.",
    performance="None.",
    stands_for=("ideal:missing-logging", "ideal:logging"),
    fails=(
        example(
            """
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
""",
            prompt="A topic, and log groups for its consumers.",
            ideal="""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
  Log:
    Type: AWS::Logs::LogGroup
    Properties: {RetentionInDays: 30}
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
