"""Nowhere for what fails to go."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="missing-dlq",
    kind="missing-dlq",
    level="High",
    category="requirements",
    title="Nowhere for what fails to go",
    issue="What {resources} cannot process is lost: {says}.",
    fix="Add a dead-letter queue, and an alarm on its depth.",
    root_cause="Only the way of success was built.",
    lesson="Give every asynchronous step a place for what fails.",
    reference="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
    cost="Lost work is done again.",
    security="None.",
    performance="None.",
    stands_for=("ideal:missing-dlq",),
    fails=(
        example(
            """
Resources:
  Work:
    Type: AWS::SQS::Queue
    Properties:  # finds
      DelaySeconds: 5
""",
            prompt="A queue.",
            ideal="""
Resources:
  Work:
    Type: AWS::SQS::Queue
    Properties:
      DelaySeconds: 5
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 3}
  Failed:
    Type: AWS::SQS::Queue
    Properties:
      MessageRetentionPeriod: 1209600
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
