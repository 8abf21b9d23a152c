"""Deletion protection where the prompt wants to delete the stack."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.case.deletion import PROTECTIONS
from grader.case.deployed import created, entries
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.model import Finding
from grader.rules.storage._teardown import is_kept, is_protection_ordered, quoted, teardown
from grader.template import Map, Resource, Scope

_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_ATTRIBUTE = "deletion_protection.enabled"


def check(case: Case) -> Iterator[RuleFinding]:
    """Report deletion protection that is on, where the prompt wants everything to be deletable and asks for no protection."""
    asked = teardown(case)
    if asked is None or is_protection_ordered(case):
        return
    for template, resource, scope in created(case, *PROTECTIONS, _BALANCER):
        path = PROTECTIONS.get(resource.type) or _attribute(scope, resource)
        value = scope.text(resource.get(path)) if path else ""
        if value.lower() in ("true", "active", "enabled") and not is_kept(case, resource.type):
            yield at_property(template, resource, path, f"{path} is {value}", value=value, because=quoted(asked))


def _attribute(scope: Scope, balancer: Resource) -> str:
    """Return the path of the value of a load balancer's attribute; empty where it is not set."""
    for path, entry in entries(scope, balancer.get("LoadBalancerAttributes")):
        if isinstance(entry, Map) and scope.text(entry.get("Key")) == _ATTRIBUTE:
            return ".".join(("LoadBalancerAttributes", *map(str, path), "Value"))
    return ""


def _needed(finding: Finding) -> object:
    """Return the value that switches the protection off."""
    if finding.type == _BALANCER:
        return "false"
    return {"ACTIVE": "INACTIVE", "ENABLED": "DISABLED"}.get(finding.facts.get("value", ""), False)


RULE = Rule(
    id="deletion-protection",
    kind="deletion-protection",
    level="High",
    category="lifecycle",
    title="Deletion protection on resources that must be deletable: {resources}",
    issue="Deletion protection is on for {resources} in {file}, and the prompt asks for resources that can be deleted with their "
    "stack. The service refuses to delete {it|them}, and the deletion of the stack fails.",
    fix="Switch the protection off for {resources}, or let a parameter or condition for production switch it on.",
    root_cause="{because}",
    lesson="Switch deletion protection off where the stack has to be deletable.",
    reference="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html",
    aws_behaviour="The stack is created; DeleteStack fails at the protected resource and leaves it and what it depends on.",
    cost="Resources that cannot be deleted continue to be charged.",
    needed=_needed,
    check=check,
    is_charged=True,
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
        example(
            """
Resources:
  Front:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      Subnets: [subnet-01234567, subnet-89abcdef]
      LoadBalancerAttributes:
        - {Key: idle_timeout.timeout_seconds, Value: '60'}
        - {Key: deletion_protection.enabled, Value: 'true'}  # finds
""",
            prompt="A load balancer. All resources must be destroyable.",
        ),
    ),
    passes=tuple(
        example(
            f"""
Parameters:
  Stage: {{Type: String, Default: test}}
Conditions:
  IsProduction: !Equals [!Ref Stage, prod]
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{{AttributeName: id, AttributeType: S}}]
      KeySchema: [{{AttributeName: id, KeyType: HASH}}]
      BillingMode: PAY_PER_REQUEST
      DeletionProtectionEnabled: {value}
""",
            prompt=prompt,
        )
        for value, prompt in (
            ("!If [IsProduction, true, false]", "A table. All resources must be destroyable."),
            ("true", "A table with best practices. Clean up old items with a time to live."),
            ("true", "A table. The stack must be deletable. Enable deletion protection for the table."),
        )
    ),
)
