"""Nested stacks whose parameters or outputs differ from what the parent uses."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="nested-stack-interface",
    kind="undefined-reference",
    level="Critical",
    category="references",
    title="Nested stack that does not match its parent: {values}",
    issue=(
        "The stack {resource} in {file} {says}. In all, {count} of the parameters and outputs between parent and "
        "child do not match: {values}."
    ),
    fix=("Use the same names of parameters and outputs in parent and child, and pass lists as texts joined by commas."),
    root_cause="{value} is in one of the two templates only, or has another type there.",
    lesson="Check every nested stack against its parent: parameters passed and declared, outputs read and declared.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-"
    "stack.html",
    aws_behaviour=(
        "CloudFormation rejects the nested stack, or the attribute that reads its output, and rolls the parent back."
    ),
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
