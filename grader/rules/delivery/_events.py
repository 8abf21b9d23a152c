"""What a dry run reports, for the examples of its rules: a template, and events of DescribeEvents."""

from __future__ import annotations

TEMPLATE = """
Resources:
  Orders:  # finds
    Type: AWS::SNS::Topic
    Properties: {DisplayName: orders}
"""
VALIDATION = {
    "EventType": "VALIDATION_ERROR",
    "LogicalResourceId": "Orders",
    "ValidationStatusReason": "the moon is full",
}
HOOK = {
    "EventType": "HOOK_INVOCATION_ERROR",
    "HookType": "House::Topics::Hook",
    "LogicalResourceId": "Orders",
    "HookStatusReason": "a topic needs an owner",
}
