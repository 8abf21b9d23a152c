"""Checks of keys: whether the services that publish to an encrypted topic or queue may use its key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from grader.case import Case
from grader.case.policies import allowed
from grader.facts.checks.base import Broken, Check
from grader.facts.places import Place, identity, places, root_of, target_of
from grader.template import Resource

_MANAGED = ("alias/aws/sns", "alias/aws/sqs")


class _Publisher(NamedTuple):
    """A service that publishes in its own name: where a resource type names the topic or queue, and the level of a failure."""

    path: str
    principal: str
    level: str = ""


# S3 tries the destination when the notification is set; the others fail when they publish.
_PUBLISHERS: Mapping[str, tuple[_Publisher, ...]] = {
    "AWS::CloudWatch::Alarm": tuple(
        _Publisher(f"{name}.*", "cloudwatch.amazonaws.com")
        for name in ("AlarmActions", "OKActions", "InsufficientDataActions")
    ),
    "AWS::CloudWatch::CompositeAlarm": (_Publisher("AlarmActions.*", "cloudwatch.amazonaws.com"),),
    "AWS::Events::Rule": (_Publisher("Targets.*.Arn", "events.amazonaws.com"),),
    "AWS::S3::Bucket": (
        _Publisher("NotificationConfiguration.TopicConfigurations.*.Topic", "s3.amazonaws.com", "Critical"),
        _Publisher("NotificationConfiguration.QueueConfigurations.*.Queue", "s3.amazonaws.com", "Critical"),
    ),
    "AWS::RDS::EventSubscription": (_Publisher("SnsTopicArn", "events.rds.amazonaws.com"),),
    "AWS::Budgets::Budget": (
        _Publisher("NotificationsWithSubscribers.*.Subscribers.*.Address", "budgets.amazonaws.com"),
    ),
    "AWS::CodeStarNotifications::NotificationRule": (
        _Publisher("Targets.*.TargetAddress", "codestar-notifications.amazonaws.com"),
    ),
    "AWS::SNS::Subscription": (_Publisher("Endpoint", "sns.amazonaws.com"),),
}


def key_for_publishers(case: Case, root: Place) -> Iterator[Broken]:
    """Report the key of a topic or queue that a service which publishes to it may not use.

    The policy of an AWS managed key lets no service use it, and cannot be changed.
    """
    [key] = places(case, root, "KmsMasterKeyId")
    for other, publisher in _refused(case, root):
        what = "the AWS managed key" if _is_managed(key) else f"the key {key.text.strip('${}').partition('.')[0]}"
        why = f"{other.name} publishes as {publisher.principal}, which may not use {what}"
        yield Broken(key, why, publisher.level)
        return


def services_without_key(case: Case, root: Place) -> tuple[str, ...]:
    """Return the services that publish to an encrypted topic or queue and may not use its key."""
    return tuple(dict.fromkeys(publisher.principal for _, publisher in _refused(case, root)))


def _refused(case: Case, root: Place) -> Iterator[tuple[Resource, _Publisher]]:
    [key] = places(case, root, "KmsMasterKeyId")
    if key.is_absent:
        return
    policy = None if _is_managed(key) else _policy(case, root)
    if policy is None and not _is_managed(key):
        return
    for other, publisher in _publishers(case, root):
        if policy is None or not allowed([policy], "kms:GenerateDataKey", [publisher.principal]):
            yield other, publisher


def _is_managed(key: Place) -> bool:
    return key.text.rpartition(":")[2] in _MANAGED


def key_of(case: Case, root: Place) -> Resource | None:
    """Return the key of the template that a topic or queue is encrypted with; None for any other key."""
    [key] = places(case, root, "KmsMasterKeyId")
    target = target_of(case, key)
    if target is not None and target.type == "AWS::KMS::Alias":
        target = target_of(case, places(case, root_of(key.template, target), "TargetKeyId")[0])
    return target if target is not None and target.type == "AWS::KMS::Key" else None


def _policy(case: Case, root: Place) -> object:
    """Return the policy of a key of the template, that of every new key where it gives none; None where it is not known."""
    target = key_of(case, root)
    if target is None:
        return None
    [given] = places(case, root_of(root.template, target), "KeyPolicy")
    return {} if given.is_absent else given.value if isinstance(_resolved(case, given), dict) else None


def _resolved(case: Case, given: Place) -> object:
    return case.scopes[given.template.file].value(given.node)


def _publishers(case: Case, root: Place) -> Iterator[tuple[Resource, _Publisher]]:
    """Yield what publishes to a topic or queue, the most severe first."""
    wanted = (root.template.file, root.resource.name)
    found = []
    for other in root.template.of_type(*_PUBLISHERS):
        if case.scopes[root.template.file].exists(other) is False:
            continue
        there = root_of(root.template, other)
        for publisher in _PUBLISHERS[other.type]:
            if any(identity(case, place) == wanted for place in places(case, there, publisher.path)):
                found.append((other, publisher))
    yield from sorted(found, key=lambda one: one[1].level != "Critical")


def load_balancer_log_key(case: Case, root: Place) -> Iterator[Broken]:
    """Report the log bucket of an Application Load Balancer that is encrypted with a KMS key."""
    pairs = {
        places(case, item, "Key")[0].text: places(case, item, "Value")[0]
        for item in places(case, root, "LoadBalancerAttributes.*")
        if not item.is_absent
    }
    kind = places(case, root, "Type")[0]
    named, enabled = pairs.get("access_logs.s3.bucket"), pairs.get("access_logs.s3.enabled")
    if named is None or enabled is None or enabled.text != "true" or not (kind.is_absent or kind.text == "application"):
        return
    bucket = target_of(case, named)
    if bucket is None or bucket.type != "AWS::S3::Bucket":
        return
    path = "BucketEncryption.ServerSideEncryptionConfiguration.*.ServerSideEncryptionByDefault.SSEAlgorithm"
    found = [place.text for place in places(case, root_of(root.template, bucket), path)]
    used = [text for text in found if text.startswith("aws:kms")]
    if used:
        yield Broken(named, f"`SSEAlgorithm` of `{bucket.name}` is `{used[0]}`")


CHECKS: Mapping[str, Check] = {
    "key-for-publishers": key_for_publishers,
    "load-balancer-log-key": load_balancer_log_key,
}
