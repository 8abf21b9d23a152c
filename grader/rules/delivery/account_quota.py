"""More of a thing than the account allows."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="account-quota",
    kind="account-singleton",
    level="Critical",
    category="account",
    title="More resources than the account allows",
    issue="{resource} in {file} {says} by default ({quota}).",
    fix="Do with {limit}, or document the quota increase as a step before the deployment.",
    root_cause="The design was not held against the default quotas.",
    lesson="Stay within the default quotas of an account, or say which must be raised.",
    reference="https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html",
    cost="The deployment is rolled back.",
    security="None.",
    performance="None.",
    stands_for=("plan:quota",),
    fails=(
        example("""
Resources:
  A: {Type: AWS::EC2::EIP, Properties: {Domain: vpc}}
  B: {Type: AWS::EC2::EIP, Properties: {Domain: vpc}}
  C: {Type: AWS::EC2::EIP, Properties: {Domain: vpc}}
  D: {Type: AWS::EC2::EIP, Properties: {Domain: vpc}}
  E: {Type: AWS::EC2::EIP, Properties: {Domain: vpc}}
  F: {Type: AWS::EC2::EIP, Properties: {Domain: vpc}}  # finds
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
