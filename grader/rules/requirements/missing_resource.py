"""Resources that the prompt asks for and that are missing."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="missing-resource",
    kind="missing-resource",
    level="High",
    category="requirements",
    title="Resources that the prompt asks for and that are missing",
    issue='The prompt asks for it ("{asked}"), the ideal answer has it, and the response has no counterpart: {types}.',
    fix="Add what is missing, with what it needs: its role, its permissions, its place in the network.",
    root_cause="The prompt was read for its main point, and its list not ticked off.",
    lesson="Tick off against the resources what a prompt names.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html",
    cost="The rest has to be built by hand.",
    security="None.",
    performance="None.",
    stands_for=("ideal:missing-resource",),
    fails=(
        example(
            """
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
""",
            prompt="Orders go to a topic and to a DynamoDB table.",
            ideal="""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
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
