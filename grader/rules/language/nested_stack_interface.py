"""Nested stacks that do not fit their parent."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="nested-stack-interface",
    kind="undefined-reference",
    level="Critical",
    category="references",
    title="Nested stacks that do not fit their parent",
    issue="The stack {resource} in {file} {says}. Parent and child were written apart: in all, {count} places do not "
    "fit ({values}).",
    fix="Make both sides agree on {values}: the names of parameters and outputs, and texts where lists are joined by "
    "commas.",
    root_cause="The child was written, or changed, without a look at what its parent passes and reads.",
    lesson="Check every nested stack against its parent: parameters passed and taken, outputs read and given.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-"
    "stack.html",
    cost="The parent is refused, or rolls back with all its children.",
    security="None: nothing stays created.",
    performance="None: nothing stays created.",
    stands_for=(
        "plan:nested-parameter-unknown",
        "plan:nested-parameter-missing",
        "plan:nested-output-missing",
        "plan:nested-type",
    ),
    fails=(
        example("""
=== main.yml
Resources:
  Queues:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./queues.yml
      Parameters:
        Stage: dev  # finds
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !GetAtt Queues.Outputs.Name  # finds
=== queues.yml
Parameters:
  Name: {Type: String, Default: orders}
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties: {QueueName: !Ref Name}
=== README.md
    aws cloudformation package --template-file main.yml --s3-bucket stacks
"""),
    ),
    passes=(
        example("""
=== main.yml
Resources:
  Queues:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./queues.yml
      Parameters:
        Name: dev
=== queues.yml
Parameters:
  Name: {Type: String}
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties: {QueueName: !Ref Name}
=== README.md
    aws cloudformation package --template-file main.yml --s3-bucket stacks
"""),
    ),
)
