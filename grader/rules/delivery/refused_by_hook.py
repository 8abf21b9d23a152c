"""Refused by a hook of the account."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="refused-by-hook",
    kind="external-dependency",
    level="Critical",
    category="prerequisites",
    title="Refused by a hook of the account",
    issue="A hook of the account refuses {resources} in {file}: {says}.",
    fix="Meet the hook's policy, or ask its owners.",
    root_cause="The templates were not held against what the service takes.",
    lesson="Make a change set before a template is handed over.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html",
    cost="The deployment is refused.",
    security="None.",
    performance="None.",
    stands_for=("aws:refused-by-hook",),
    fails=(
        example(
            """
Resources:
  Orders:  # finds
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
    passes=(
        example(
            """
Resources:
  Orders:
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
)
