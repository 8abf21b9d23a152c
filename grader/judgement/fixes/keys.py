"""Edits that let services which publish to an encrypted topic or queue use its key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.case import Case
from grader.catalogue.corrections import added, set_value
from grader.facts.checks.encryption import key_of, services_without_key
from grader.facts.places import root_of
from grader.model import Action, Edit, Finding, Steps
from grader.template import Resource, Template
from grader.template import Sequence as List

_RULES = ("topic-key-for-publishers", "queue-key-for-publishers")
# What a service that publishes needs.
# Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
_ACTIONS = ["kms:GenerateDataKey*", "kms:Decrypt"]


def by_key(case: Case, template: Template, finding: Finding) -> Iterator[Edit]:
    """Yield the edits that let services use the key of a topic or queue: a statement, or a new key in place of an AWS managed key."""
    resource = template.resources.get(finding.resource)
    if resource is None or finding.rule not in _RULES:
        return
    root = root_of(template, resource)
    services = services_without_key(case, root)
    key = key_of(case, root)
    if not services:
        return
    if key is not None:
        yield from _statement(template, key, _services_of(case, template, key))
    elif "AWS managed key" in finding.message:
        properties: dict[str, object] = {
            "Description": f"Encrypts {resource.name}",
            "EnableKeyRotation": True,
            "KeyPolicy": {"Version": "2012-10-17", "Statement": [_OF_ACCOUNT, _allow(services)]},
        }
        new = added(template, f"{resource.name}Key", "AWS::KMS::Key", properties)
        yield set_value(("Resources", resource.name, "Properties", "KmsMasterKeyId"), {"Ref": str(new.path[1])})
        yield new


def _services_of(case: Case, template: Template, key: Resource) -> list[str]:
    """Return the services that may not use a key, of all topics and queues that are encrypted with it: one statement allows them."""
    found: dict[str, None] = {}
    for other in template.of_type("AWS::SNS::Topic", "AWS::SQS::Queue"):
        root = root_of(template, other)
        used = key_of(case, root)
        if used is not None and used.name == key.name:
            found |= dict.fromkeys(services_without_key(case, root))
    return list(found)


# Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
_OF_ACCOUNT: dict[str, object] = {
    "Sid": "AllowAccount",
    "Effect": "Allow",
    "Principal": {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}},
    "Action": "kms:*",
    "Resource": "*",
}


def _allow(services: Sequence[str]) -> dict[str, object]:
    return {
        "Sid": "AllowPublishers",
        "Effect": "Allow",
        "Principal": {"Service": services[0] if len(services) == 1 else list(services)},
        "Action": _ACTIONS,
        "Resource": "*",
    }


def _statement(template: Template, key: Resource, services: Sequence[str]) -> Iterator[Edit]:
    path: Steps = ("Resources", key.name, "Properties", "KeyPolicy")
    if isinstance(key.get("KeyPolicy.Statement"), List):
        yield Edit(action=Action.APPEND, path=(*path, "Statement"), value=_allow(services))
    elif key.get("KeyPolicy") is None:
        yield set_value(path, {"Version": "2012-10-17", "Statement": [_OF_ACCOUNT, _allow(services)]})
