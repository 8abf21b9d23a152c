"""Deletion protection where the task wants to tear down."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example

# What a prompt says when everything it asks for must be deletable again.
TEAR_DOWN = (
    r"destroyable|be (cleanly |fully |easily )?(destroyed|deleted|torn down)|no retain|without retain|tear ?down|teardown"
    r"|deletionpolicy: delete|no deletion ?protection|deletion protection (is |must be )?(disabled|off|false)|clean ?up"
)
_SWITCHES = {
    "AWS::Cognito::UserPool": "DeletionProtection",
    "AWS::DynamoDB::Table": "DeletionProtectionEnabled",
    "AWS::EKS::Cluster": "DeletionProtection",
    "AWS::Neptune::DBCluster": "DeletionProtection",
    "AWS::DocDB::DBCluster": "DeletionProtection",
    "AWS::RDS::DBCluster": "DeletionProtection",
    "AWS::RDS::DBInstance": "DeletionProtection",
    "AWS::RDS::GlobalCluster": "DeletionProtection",
}


def check(case: Case) -> Iterator[RuleFinding]:
    """Report deletion protection that is on, where the prompt wants everything to be deletable."""
    if not re.search(TEAR_DOWN, case.prompt):
        return
    for template, resource in case.resources(*_SWITCHES):
        path = _SWITCHES[resource.type]
        value = case.scopes[template.file].text(resource.get(path))
        if value.lower() in ("true", "active"):
            yield at_property(
                template, resource, path, f"{path} is {value}, and the task wants to delete it again", value=value
            )


RULE = Rule(
    id="deletion-protection",
    kind="deletion-protection",
    level="Critical",
    category="lifecycle",
    title="Deletion protection on what must be deletable",
    issue="Deletion protection is on for {resources} in {file}, and the task asks for resources that can be deleted "
    "with their stack. Deleting the stack fails there and leaves everything it depends on behind.",
    fix="Turn it off for {resources}, or make it a parameter or a condition of production.",
    root_cause="The setting is a good one for production, and was applied without looking at what the task asks for.",
    lesson="Follow the task on teardown before general advice on protection.",
    reference="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html",
    cost="What cannot be deleted is paid for.",
    security="None.",
    performance="None.",
    check=check,
    needed=lambda finding: "INACTIVE" if "UserPool" in finding.type else False,
    fails=(
        example(
            """
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      BillingMode: PAY_PER_REQUEST
      DeletionProtectionEnabled: true  # finds
""",
            prompt="A table. All resources must be destroyable.",
        ),
    ),
    passes=(
        example(
            """
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      BillingMode: PAY_PER_REQUEST
""",
            prompt="A table. All resources must be destroyable.",
        ),
    ),
)
