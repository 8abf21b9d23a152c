"""Encryption that is missing or weaker than asked."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="missing-encryption",
    kind="missing-encryption",
    level="High",
    category="security",
    title="Encryption that is missing or weaker than asked",
    issue="{resources} in {file} are encrypted otherwise than the ideal answer does it: {says}.",
    fix="Set {paths} on {resources} as the ideal answer does.",
    root_cause="Default encryption was taken for what was asked.",
    lesson="Name the key wherever data comes to rest, and encrypt it on its way.",
    reference="https://docs.aws.amazon.com/prescriptive-guidance/latest/encryption-best-practices/welcome.html",
    cost="None.",
    security="Who gets at the storage or the wire can read the data.",
    performance="None.",
    stands_for=("ideal:encryption",),
    fails=(
        example(
            """
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:  # finds
      DelaySeconds: 5
""",
            prompt="An encrypted queue.",
            ideal="""
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      DelaySeconds: 5
      KmsMasterKeyId: alias/aws/sqs
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
