"""Refused by AWS."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="refused-by-aws",
    kind="invalid-property-value",
    level="Critical",
    category="schema",
    title="Refused by AWS",
    issue="AWS refuses the templates, in {file}: {says}.",
    fix="Change what the message names, and ask again.",
    root_cause="The templates were not held against what the service takes.",
    lesson="Make a change set before a template is handed over.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html",
    cost="The deployment is refused.",
    security="None.",
    performance="None.",
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
