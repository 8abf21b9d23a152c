"""Policies with actions that do not exist."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="unknown-iam-action",
    kind="missing-iam-permission",
    level="Medium",
    category="security",
    title="Policies with actions that do not exist",
    issue="Policies in {file} name actions that IAM does not know, on {resources}: {says}. They are accepted and allow "
    "nothing, so that the call they were written for is refused.",
    fix="Look the action up in the Service Authorization Reference: it is often called otherwise than the API call.",
    root_cause="The action was named after the call, the setting or the SDK method.",
    lesson="Take actions from the Service Authorization Reference.",
    reference="https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-"
    "contextkeys.html",
    cost="Time spent on looking for an AccessDenied.",
    security="A denial that names an unknown action denies nothing.",
    performance="None.",
    stands_for=(
        "cfn-lint:W3037",
        "cloudformation-validate:W3037",
        "cfn-lint:W2511",
        "cloudformation-validate:W2511",
        "cloudformation-validate:W2512",
        "cloudformation-validate:I3510",
    ),
    engine="cfn-lint",
    fails=(
        example("""
Resources:
  Reader:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Action: s3:GetBucketEncryption
            Resource: '*'
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
