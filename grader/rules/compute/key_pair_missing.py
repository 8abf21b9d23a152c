"""Key pairs that nothing creates."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="key-pair-missing",
    kind="external-dependency",
    level="Medium",
    category="prerequisites",
    title="Key pairs that nothing creates",
    issue="{resource} in {file} {says}. A key pair has to exist before an instance can use it; nothing creates this "
    "one.",
    fix="Create an AWS::EC2::KeyPair in the template, make the key optional, or do without: Session Manager needs "
    "none.",
    root_cause="A key pair is taken for given, as on the account of whoever wrote the example.",
    lesson="Do not rely on key pairs of an account; create them, make them optional, or use Session Manager.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-keypair.html",
    cost="The stack is refused.",
    security="A shared key pair opens every instance that uses it.",
    performance="None.",
    stands_for=("plan:key-pair-missing",),
    fails=(
        example("""
Parameters:
  AdminKey:
    Type: AWS::EC2::KeyPair::KeyName
    Default: admin  # finds
Resources:
  Web:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: '{{resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64}}'
      InstanceType: t3.micro
      KeyName: !Ref AdminKey  # finds
"""),
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
