"""Roles with full access to whole services."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.template import items_of

_FULL = re.compile(r":iam::aws:policy/(?:[\w-]+/)*(\w*FullAccess|AdministratorAccess|PowerUserAccess)$")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report roles, users and groups that attach AWS's full-access policies."""
    for template, resource in case.resources("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"):
        scope = case.scopes[template.file]
        for index, node in enumerate(items_of(resource.get("ManagedPolicyArns"))):
            match = _FULL.search(scope.text(node))
            if match:
                message = f"attaches {match.group(1)}"
                yield at_property(template, resource, f"ManagedPolicyArns.{index}", message, value=match.group(1))


RULE = Rule(
    id="managed-full-access",
    kind="overly-permissive-iam",
    level="High",
    category="security",
    title="Roles with full access to whole services: {values}",
    issue="In {file}, {resources} attach {values}. Whatever runs with these roles can read, change and delete "
    "everything of those services in the account.",
    fix="Write a policy with the actions and the ARNs that are needed, in place of {values}.",
    root_cause="A managed policy is one line; a policy of its own has to be thought about.",
    lesson="Never attach full-access policies to roles of an application.",
    reference="https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    cost="None.",
    security="A fault in the code becomes a fault of the whole account.",
    performance="None.",
    check=check,
    fails=(
        example("""
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
      ManagedPolicyArns:
        - arn:aws:iam::aws:policy/AmazonS3FullAccess  # finds
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
