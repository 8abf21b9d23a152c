"""Policies that allow everything."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.template import Map, dotted, items_of, text_of, walk

_WIDE = re.compile(r"^(\*|[a-z0-9-]+:\*)$")
_KINDS = ("AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::User", "AWS::IAM::Group")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report statements that allow all actions of a service, or of all, on every resource."""
    for template, resource in case.resources(*_KINDS):
        for path, node in walk(resource.properties):
            if not isinstance(node, Map) or text_of(node.get("Effect")) != "Allow" or node.get("Principal") is not None:
                continue
            scope = case.scopes[template.file]
            actions = [str(scope.value(one)) for one in items_of(node.get("Action"))]
            everywhere = "*" in [str(scope.value(one)) for one in items_of(node.get("Resource"))]
            wide = [action for action in actions if _WIDE.match(action)]
            if wide and everywhere and node.get("Condition") is None:
                message = f"allows {', '.join(wide)} on every resource"
                place = "Properties." + dotted(path)
                yield RuleFinding(
                    location=Location(
                        file=template.file, line=node.line, resource=resource.name, type=resource.type, path=place
                    ),
                    message=message,
                    facts={"value": wide[0]},
                )


RULE = Rule(
    id="overly-permissive-iam",
    kind="overly-permissive-iam",
    level="Medium",
    category="security",
    title="Policies that allow everything",
    issue="In {file}, {resources} allow {values} on every resource. Whatever runs with this role can do far more than "
    "the task needs.",
    fix="List the actions that are needed, on the ARNs that they are needed for.",
    root_cause="A wildcard is the quickest way to a policy that works.",
    lesson="Write policies with the actions and resources that the code uses.",
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
      Policies:
        - PolicyName: all
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - {Effect: Allow, Action: 's3:*', Resource: '*'}  # finds
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
