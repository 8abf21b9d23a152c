"""Account numbers written out."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="hardcoded-account",
    kind="hardcoded-environment-value",
    level="Medium",
    category="naming",
    title="Account numbers written into ARNs",
    issue="{resources} in {file} name an account by its number: {says}. In any other account the ARN points away from "
    "it.",
    fix="Write ${{AWS::AccountId}} inside Fn::Sub.",
    root_cause="The ARN was copied from an account or an example.",
    lesson="Build ARNs from the pseudo parameters.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html",
    cost="None.",
    security="Rights may go to a foreign account.",
    performance="None.",
    stands_for=("cloudformation-validate:W9013",),
    fails=(
        example("""
Resources:
  Domain:
    Type: AWS::ApiGateway::DomainName
    Properties:
      DomainName: api.shop.dev
      CertificateArn: arn:aws:acm:us-east-1:998877665544:certificate/0b1c2d3e-1111-2222-3333-444455556666
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
