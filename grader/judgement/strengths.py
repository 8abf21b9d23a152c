"""What a response does well: facts of its templates, each said only where it holds."""

from __future__ import annotations

from collections.abc import Callable

from grader.case import Case
from grader.support.markdown import listed
from grader.template import Resource, Scope, items_of

_ENCRYPTION = {
    "AWS::DynamoDB::Table": "SSESpecification.SSEEnabled",
    "AWS::EFS::FileSystem": "Encrypted",
    "AWS::RDS::DBCluster": "StorageEncrypted",
    "AWS::RDS::DBInstance": "StorageEncrypted",
    "AWS::S3::Bucket": "BucketEncryption",
    "AWS::SNS::Topic": "KmsMasterKeyId",
    "AWS::SQS::Queue": "KmsMasterKeyId",
}


def strengths(case: Case) -> tuple[str, ...]:
    """Return sentences on what the response does well, each naming what shows it."""
    return tuple(text for check in _CHECKS if (text := check(case)))


def _encryption(case: Case) -> str:
    stores = list(case.resources(*_ENCRYPTION))
    stores = [
        pair for pair in stores if not (pair[1].type == "AWS::RDS::DBInstance" and pair[1].get("DBClusterIdentifier"))
    ]
    done = [resource.name for _, resource in stores if resource.get(_ENCRYPTION[resource.type]) is not None]
    if not done or len(done) < len(stores):
        return ""
    return f"Data at rest is encrypted in every store that the templates configure: {listed(done)}"


def _public_access(case: Case) -> str:
    buckets = [resource for _, resource in case.resources("AWS::S3::Bucket")]
    flags = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    closed = [
        bucket.name
        for bucket in buckets
        if all(bucket.flag(f"PublicAccessBlockConfiguration.{flag}") for flag in flags)
    ]
    if not closed or len(closed) < len(buckets):
        return ""
    return f"Public access is blocked on every bucket: {listed(closed)}"


def _nested(case: Case) -> str:
    stacks = [resource.name for _, resource in case.resources("AWS::CloudFormation::Stack")]
    if not stacks or len(case.templates) < 2:
        return ""
    return f"The work is divided into {len(stacks)} nested stacks with inputs of their own: {listed(stacks)}"


def _conditions(case: Case) -> str:
    names = [name for template in case.templates for name in template.conditions]
    used = [name for template in case.templates for name in template.conditions if template.uses.get(name)]
    return f"Environments differ by conditions that are in use: {listed(used)}" if used and used == names else ""


def _pinned_roles(case: Case) -> str:
    roles = [(template, resource) for template, resource in case.resources("AWS::IAM::Role")]
    scoped = [resource.name for template, resource in roles if _is_scoped(resource, case.scopes[template.file])]
    return (
        f"Roles have policies without a wildcard action: {listed(scoped)}"
        if scoped and len(scoped) == len(roles)
        else ""
    )


def _is_scoped(role: Resource, scope: Scope) -> bool:
    policies = items_of(role.get("Policies"))
    return bool(policies) and "'Action': '*'" not in str([scope.value(policy) for policy in policies])


def _tags(case: Case) -> str:
    keys: dict[str, int] = {}
    for template, resource in case.resources():
        for key in _tag_keys(resource, case.scopes[template.file]):
            keys[key] = keys.get(key, 0) + 1
    common = sorted(key for key, count in keys.items() if count >= 5)
    return f"Resources carry the same tags throughout: {listed(common)}" if common else ""


def _tag_keys(resource: Resource, scope: Scope) -> set[str]:
    tags = scope.value(resource.get("Tags")) if resource.get("Tags") is not None else []
    items = tags if isinstance(tags, list) else []
    return {str(tag["Key"]) for tag in items if isinstance(tag, dict) and "Key" in tag}


def _alarms(case: Case) -> str:
    alarms = [resource.name for _, resource in case.resources("AWS::CloudWatch::Alarm")]
    acting = [
        resource.name
        for _, resource in case.resources("AWS::CloudWatch::Alarm")
        if resource.get("AlarmActions") is not None
    ]
    return f"Every alarm notifies somebody: {listed(acting)}" if acting and acting == alarms else ""


def _constrained(case: Case) -> str:
    names = [
        parameter.name
        for template in case.templates
        for parameter in template.parameters.values()
        if parameter.allowed and parameter.default in parameter.allowed
    ]
    return f"Parameters offer a closed choice with a default: {listed(names)}" if names else ""


_CHECKS: tuple[Callable[[Case], str], ...] = (
    _encryption,
    _public_access,
    _nested,
    _conditions,
    _pinned_roles,
    _tags,
    _alarms,
    _constrained,
)
