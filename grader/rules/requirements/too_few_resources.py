"""Fewer resources of a type than the ideal answer has."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="too-few-resources",
    kind="missing-resource",
    level="Medium",
    category="requirements",
    title="Fewer resources of a type than the task needs",
    issue='The prompt asks for it ("{asked}"), the ideal answer has more of them, and the response none with the same work: {types}.',
    fix="Add the others, each with its own settings and what refers to it.",
    root_cause="One resource was taken to do the work of several.",
    lesson="Count what the prompt asks for, not only name it.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html",
    cost="The rest has to be built by hand.",
    security="None.",
    performance="None.",
    stands_for=("ideal:too-few-resources",),
    fails=(
        example(
            """
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: 60, KmsMasterKeyId: alias/aws/sqs}
""",
            prompt="Orders and returns go to SQS queues of their own.",
            ideal="""
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: 60, KmsMasterKeyId: alias/aws/sqs}
  Returns:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: 600, KmsMasterKeyId: alias/aws/sqs}
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
