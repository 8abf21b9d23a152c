"""Templates that AWS rejects in a dry run."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="refused-by-aws",
    kind="invalid-property-value",
    level="Critical",
    category="schema",
    title="Rejected by AWS in a dry run",
    issue="AWS rejects {resources} in {file}: {says}.",
    fix="Correct what the message names, and create the change set again.",
    root_cause="The change set of {file} failed at line {line}.",
    lesson="Create a change set before a template is delivered.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html",
    aws_behaviour="CloudFormation reports the validation error when it creates the change set.",
    stands_for=("aws:refused-by-aws",),
    fails=(
        example(
            """
Resources:
  Orders:  # finds
    Type: AWS::SNS::Topic
    Properties: {DisplayName: orders}
""",
            event={
                "EventType": "VALIDATION_ERROR",
                "LogicalResourceId": "Orders",
                "ValidationStatusReason": "the moon is full",
            },
        ),
    ),
    passes=(
        example(
            """
Resources:
  Orders:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: orders}
""",
            event={
                "EventType": "HOOK_INVOCATION_ERROR",
                "HookType": "House::Topics::Hook",
                "LogicalResourceId": "Orders",
                "HookStatusReason": "a topic needs an owner",
            },
        ),
    ),
)
