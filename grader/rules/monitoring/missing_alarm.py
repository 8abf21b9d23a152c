"""Alarms that the prompt asks for, in a response without any."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="missing-alarm",
    kind="missing-monitoring",
    level="High",
    category="observability",
    title="A response without alarms",
    issue='The prompt asks for alarms ("{asked}"), the ideal answer has them, and the response has none.',
    fix="Add the alarms and the metrics, and let the alarms reach somebody.",
    root_cause="Monitoring was left for later.",
    lesson="Deliver alarms with the resources they watch.",
    reference="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html",
    cost="None.",
    security="None.",
    performance="Trouble is noticed late.",
    stands_for=("ideal:missing-alarm",),
    fails=(
        example(
            """
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
""",
            prompt="A topic, with alarms on failed deliveries.",
            ideal="""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
  Failed:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/SNS
      MetricName: NumberOfNotificationsFailed
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 1
      Threshold: 0
      ComparisonOperator: GreaterThanThreshold
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
