"""Function settings that do not fit together."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="function-configuration",
    kind="invalid-property-value",
    level="Medium",
    category="schema",
    title="Settings of functions that do not fit together",
    issue="{resources} in {file} are configured in a way that Lambda cannot honour: {says}.",
    fix="Give the function what its package type and runtime need, and nothing of the other.",
    root_cause="Settings for another kind of function were copied.",
    lesson="Check the settings of a function against its package type.",
    reference="https://docs.aws.amazon.com/lambda/latest/dg/configuration-function-zip.html",
    cost="The function may fail to be created.",
    security="None.",
    performance="Start-up is slower than it could be.",
    stands_for=(
        "cfn-lint:W2533",
        "cloudformation-validate:W2533",
        "cfn-lint:W2530",
        "cloudformation-validate:W2530",
        "cloudformation-validate:I2530",
        "cfn-lint:W3702",
    ),
    fails=(
        example("""
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      PackageType: Zip
      Runtime: python3.13
      Role: !GetAtt Role.Arn
      Code: {S3Bucket: shop-artifacts, S3Key: worker.zip}
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
