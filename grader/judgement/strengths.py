"""What a response does well: facts of its templates, each stated only where it holds and no failure contradicts it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from grader.case import Case
from grader.model import Failure
from grader.plan.answer import is_created
from grader.support.markdown import listed
from grader.template import Resource, Scope, Template, items_of

_ENCRYPTION = {
    "AWS::DynamoDB::Table": "SSESpecification.SSEEnabled",
    "AWS::EFS::FileSystem": "Encrypted",
    "AWS::RDS::DBCluster": "StorageEncrypted",
    "AWS::RDS::DBInstance": "StorageEncrypted",
    "AWS::S3::Bucket": "BucketEncryption",
    "AWS::SNS::Topic": "KmsMasterKeyId",
    "AWS::SQS::Queue": "KmsMasterKeyId",
}


@dataclass(frozen=True, slots=True)
class Strength:
    """A sentence on what a response does well, and the names of what shows it."""

    text: str
    names: tuple[str, ...]


def strengths(case: Case, failures: Sequence[Failure] = ()) -> tuple[str, ...]:
    """Return sentences on what the response does well, each naming what shows it.

    Left out is what a failure contradicts: one of a kind that is about the same, or at one of the places that show it.
    """
    kinds = {failure.kind for failure in failures}
    named = {evidence.resource for failure in failures for evidence in failure.evidence}
    found = ((check(case), against) for check, against in _CHECKS)
    return tuple(one.text for one, against in found if one and not against & kinds and not named & set(one.names))


def _created(case: Case, *types: str) -> Iterator[tuple[Template, Resource]]:
    """Yield the resources of the given types that would be created; of every type where none is given."""
    return (pair for pair in case.resources(*types) if is_created(case, *pair))


def _strength(text: str, names: Sequence[str]) -> Strength:
    return Strength(f"{text}: {listed(names)}", tuple(names))


def _encryption(case: Case) -> Strength | None:
    stores = [
        (template, one)
        for template, one in _created(case, *_ENCRYPTION)
        if not (one.type == "AWS::RDS::DBInstance" and one.get("DBClusterIdentifier"))
    ]
    done = [one.name for template, one in stores if _is_set(case.scopes[template.file], one, _ENCRYPTION[one.type])]
    if not done or len(done) < len(stores):
        return None
    return _strength("Data at rest is encrypted in every store that the templates configure", done)


def _is_set(scope: Scope, resource: Resource, path: str) -> bool:
    node = resource.get(path)
    return node is not None and scope.value(node) not in (False, "false", None, "")


def _public_access(case: Case) -> Strength | None:
    buckets = [resource for _, resource in _created(case, "AWS::S3::Bucket")]
    flags = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    closed = [
        bucket.name
        for bucket in buckets
        if all(bucket.flag(f"PublicAccessBlockConfiguration.{flag}") for flag in flags)
    ]
    if not closed or len(closed) < len(buckets):
        return None
    return _strength("Public access is blocked on every bucket", closed)


def _nested(case: Case) -> Strength | None:
    stacks = [
        resource.name
        for template, resource in _created(case, "AWS::CloudFormation::Stack")
        if case.child_of(template, resource)
    ]
    if len(stacks) < 2:
        return None
    return _strength(f"The work is divided into {len(stacks)} nested stacks with parameters of their own", stacks)


def _conditions(case: Case) -> Strength | None:
    names = [name for template in case.templates for name in template.conditions]
    used = [name for template in case.templates for name in template.conditions if template.uses.get(name)]
    return _strength("Every condition is in use", used) if used and used == names else None


def _scoped_roles(case: Case) -> Strength | None:
    roles = [(template, resource) for template, resource in _created(case, "AWS::IAM::Role")]
    scoped = [resource.name for template, resource in roles if _is_scoped(resource, case.scopes[template.file])]
    if not scoped or len(scoped) < len(roles):
        return None
    return _strength("Roles have inline policies without a wildcard in their actions", scoped)


_BROAD = re.compile(r"FullAccess|AdministratorAccess|PowerUser")


def _is_scoped(role: Resource, scope: Scope) -> bool:
    policies = items_of(role.get("Policies"))
    managed = str(scope.value(role.get("ManagedPolicyArns"))) if role.get("ManagedPolicyArns") is not None else ""
    return bool(policies) and not _BROAD.search(managed) and not any(_is_broad(scope.value(one)) for one in policies)


def _is_broad(value: object) -> bool:
    """Whether a policy has a wildcard in an action that it allows."""
    if isinstance(value, list):
        return any(_is_broad(item) for item in value)
    if not isinstance(value, dict):
        return False
    actions = value.get("Action", []) if value.get("Effect") != "Deny" else []
    texts = actions if isinstance(actions, list) else [actions]
    return any("*" in str(one) for one in texts) or any(_is_broad(item) for item in value.values())


def _tags(case: Case) -> Strength | None:
    keys: dict[str, int] = {}
    for template, resource in _created(case):
        for key in _tag_keys(resource, case.scopes[template.file]):
            keys[key] = keys.get(key, 0) + 1
    common = sorted(key for key, count in keys.items() if count >= 5)
    return _strength("Five resources or more carry the same tags", common) if common else None


def _tag_keys(resource: Resource, scope: Scope) -> set[str]:
    tags = scope.value(resource.get("Tags")) if resource.get("Tags") is not None else []
    items = tags if isinstance(tags, list) else []
    return {str(tag["Key"]) for tag in items if isinstance(tag, dict) and "Key" in tag}


def _alarms(case: Case) -> Strength | None:
    alarms = [resource for _, resource in _created(case, "AWS::CloudWatch::Alarm")]
    acting = [resource.name for resource in alarms if resource.get("AlarmActions") is not None]
    return _strength("Every alarm has an action", acting) if acting and len(acting) == len(alarms) else None


def _constrained(case: Case) -> Strength | None:
    names = [
        parameter.name
        for template in case.templates
        for parameter in template.parameters.values()
        if parameter.allowed and parameter.default in parameter.allowed
    ]
    return _strength("Parameters offer a closed list of values with a default", names) if names else None


# Each check, with the kinds of failure that contradict it.
_CHECKS: tuple[tuple[Callable[[Case], Strength | None], frozenset[str]], ...] = (
    (_encryption, frozenset({"missing-encryption", "kms-key-policy"})),
    (_public_access, frozenset({"public-access"})),
    (_nested, frozenset({"nested-template-missing"})),
    (_conditions, frozenset({"condition-misuse", "unused-condition"})),
    (_scoped_roles, frozenset({"overly-permissive-iam", "missing-iam-permission", "invalid-managed-policy"})),
    (_tags, frozenset({"missing-tags"})),
    (_alarms, frozenset({"missing-monitoring"})),
    (_constrained, frozenset({"unused-parameter", "placeholder-value", "parameter-pattern"})),
)
