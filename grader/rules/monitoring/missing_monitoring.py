"""Monitoring that the ideal answer has and the response lacks."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="missing-monitoring",
    kind="missing-monitoring",
    level="Medium",
    category="observability",
    title="Monitoring that the ideal answer has and the response lacks",
    issue="Dashboards, traces, metrics or some of the alarms of the ideal answer have no counterpart in the response: {types}.",
    fix="Add what is missing, and let the alarms reach somebody.",
    root_cause="Monitoring was left for later.",
    lesson="Deliver alarms with the resources they watch.",
    reference="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html",
    cost="None.",
    security="None.",
    performance="Trouble is noticed late.",
    stands_for=("ideal:missing-monitoring", "ideal:monitoring"),
    fails=(
        example(
            """
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
""",
            prompt="A topic, with a dashboard and alarms on failed deliveries.",
            ideal="""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
  Board:
    Type: AWS::CloudWatch::Dashboard
    Properties: {DashboardBody: '{"widgets": []}'}
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
