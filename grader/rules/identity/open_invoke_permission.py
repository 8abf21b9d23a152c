"""Permissions to invoke that say too little."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="open-invoke-permission",
    kind="overly-permissive-iam",
    level="Medium",
    category="security",
    title="Permissions that do not say whose resource may call",
    issue="{resources} in {file} let a service invoke a function, and leave open for which account: {says}.",
    fix="Add SourceAccount, and a SourceArn of the type that the principal has.",
    root_cause="The ARN of the source was taken to name its account.",
    lesson="Give SourceArn, and SourceAccount where the ARN holds no account.",
    reference="https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-account.html",
    cost="None.",
    security="A bucket of the same name in somebody else's account could call the function.",
    performance="None.",
    stands_for=(
        "cfn-lint:W3663",
        "cloudformation-validate:W3663",
        "cfn-lint:W3664",
        "cloudformation-validate:W3664",
    ),
    fails=(
        example("""
Parameters: {Function: {Type: String, Default: orders}}
Resources:
  Permission:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref Function
      Action: lambda:InvokeFunction
      Principal: s3.amazonaws.com
      SourceArn: arn:aws:s3:::shop-uploads
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
