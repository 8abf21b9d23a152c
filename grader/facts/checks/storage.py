"""Checks of buckets, keys and backups."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from grader.case import Case
from grader.case.policies import allowed, statements_in
from grader.facts.checks.base import Broken, Check, bucket_policies
from grader.facts.places import Place, places, target_of
from grader.support.text import is_natural
from grader.template import Call, Scalar, is_known


def lifecycle_order(case: Case, root: Place) -> Iterator[Broken]:
    """Report transitions of a bucket's lifecycle rule that come after its expiration, or out of order."""
    for rule in places(case, root, "LifecycleConfiguration.Rules.*"):
        ends = _number(case, rule, "ExpirationInDays")
        days = [
            (int(place.text), place)
            for place in places(case, rule, "@.Transitions.*.TransitionInDays", rule)
            if is_natural(place.text)
        ]
        late = next((place for day, place in days if ends is not None and day >= ends), None)
        if late is not None:
            yield Broken(late, f"objects move after {late.text} days and expire after {ends:g}")


def _number(case: Case, item: Place, name: str) -> float | None:
    [place] = places(case, item, f"@.{name}", item)
    return float(place.text) if is_natural(place.text) and is_known(place.value) else None


def load_balancer_log_policy(case: Case, root: Place) -> Iterator[Broken]:
    """Report a bucket of the template that gets a load balancer's logs and whose policy does not let it write."""
    for item in places(case, root, "LoadBalancerAttributes.*"):
        [key], [value] = places(case, item, "@.Key", item), places(case, item, "@.Value", item)
        bucket = target_of(case, value)
        if key.text != "access_logs.s3.bucket" or bucket is None:
            continue
        found = list(bucket_policies(case, root, bucket.name))
        writers = (
            "logdelivery.elasticloadbalancing.amazonaws.com",
            "delivery.logs.amazonaws.com",
            "arn:aws:iam::*:root",
            "*",
        )
        if None not in found and not allowed(found, "s3:PutObject", writers):
            yield Broken(value, f"no policy of {bucket.name} lets Elastic Load Balancing write")


def key_administrator(case: Case, root: Place) -> Iterator[Broken]:
    """Report a key policy in which no statement lets a principal of an account change the policy."""
    [policy] = places(case, root, "KeyPolicy")
    [bypass] = places(case, root, "BypassPolicyLockoutSafetyCheck")
    if not isinstance(policy.value, dict) or bypass.text == "true":
        return
    for statement in statements_in(policy.value):
        principal = statement.get("Principal")
        named = principal.get("AWS") if isinstance(principal, dict) else principal
        if statement.get("Effect") != "Allow" or named is None:
            continue
        if allowed([{"Statement": statement}], "kms:PutKeyPolicy"):
            return
    yield Broken(policy, "no statement allows kms:PutKeyPolicy to a principal of the account")


def backup_cold_storage(case: Case, root: Place) -> Iterator[Broken]:
    """Report backup rules that delete recovery points less than 90 days after these move to cold storage."""
    rules = "BackupPlan.BackupPlanRule.*"
    for holder in (*places(case, root, rules), *places(case, root, f"{rules}.CopyActions.*")):
        [cold] = places(case, holder, "@.Lifecycle.MoveToColdStorageAfterDays", holder)
        [end] = places(case, holder, "@.Lifecycle.DeleteAfterDays", holder)
        if is_natural(cold.text) and is_natural(end.text) and int(end.text) < int(cold.text) + 90:
            what = "copies" if "CopyActions" in holder.path else "recovery points"
            yield Broken(end, f"{what} move to cold storage after {cold.text} days and are deleted after {end.text}")


# Actions of bucket policies that apply to objects only, and to buckets only.
# Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
_ON_OBJECTS = frozenset(
    f"s3:{name}".lower()
    for name in (
        "AbortMultipartUpload",
        "DeleteObject",
        "DeleteObjectVersion",
        "GetObject",
        "GetObjectAcl",
        "GetObjectVersion",
        "ListMultipartUploadParts",
        "PutObject",
        "PutObjectAcl",
        "ReplicateDelete",
        "ReplicateObject",
        "RestoreObject",
    )
)


_ON_BUCKETS = frozenset(
    f"s3:{name}".lower()
    for name in (
        "GetBucketAcl",
        "GetBucketLocation",
        "GetBucketPolicy",
        "GetBucketVersioning",
        "GetReplicationConfiguration",
        "ListBucket",
        "ListBucketMultipartUploads",
        "ListBucketVersions",
        "PutBucketAcl",
        "PutBucketPolicy",
    )
)


def bucket_policy_resources(case: Case, root: Place) -> Iterator[Broken]:
    """Report statements of a bucket policy with an action that applies to none of their resources."""
    for statement in places(case, root, "PolicyDocument.Statement.*"):
        resources = places(case, statement, "@.Resource.*", statement)
        kinds = {_object_arn(place.text) for place in resources if not place.is_absent}
        if len(kinds) != 1 or None in kinds:
            continue
        wrong = _ON_BUCKETS if True in kinds else _ON_OBJECTS
        for place in places(case, statement, "@.Action.*", statement):
            if not place.is_open and place.text.lower() in wrong:
                what = "objects" if True in kinds else "the bucket itself"
                yield Broken(resources[0], f"{place.text} is used where the only resource is that of {what}")
                break


def _object_arn(text: str) -> bool | None:
    """Whether the ARN is that of objects, of a bucket, or neither for sure."""
    tail = text.rpartition("}")[2] if text.startswith("${") else text.removeprefix("arn:aws:s3:::")
    if text.startswith("${") and not re.match(r"\$\{\w+\.Arn\}[^$]*$", text):
        return None
    if "*" in tail.split("/")[0] or "${" in tail or not (text.startswith(("${", "arn:aws:s3:::"))):
        return None
    return "/" in tail


def notifications_overlap(case: Case, root: Place) -> Iterator[Broken]:
    """Report a notification of a bucket for a kind of event that another has too, where one of them has no filter."""
    earlier: list[tuple[str, bool]] = []
    for kind in ("LambdaConfigurations", "QueueConfigurations", "TopicConfigurations"):
        for item in places(case, root, f"NotificationConfiguration.{kind}.*"):
            [event], [rules] = places(case, item, "@.Event", item), places(case, item, "@.Filter", item)
            if event.is_absent or event.is_open or rules.is_open:
                continue
            for other, is_filtered in earlier:
                if not (is_filtered and not rules.is_absent) and _same_event(event.text, other):
                    yield Broken(event, f"{event.text} and {other} are events of one kind")
                    break
            earlier.append((event.text, not rules.is_absent))


def _same_event(left: str, right: str) -> bool:
    short, long_ = sorted((left, right), key=len)
    return left == right or (short.endswith("*") and long_.startswith(short[:-1]))


def bucket_name_letters(case: Case, root: Place) -> Iterator[Broken]:
    """Report an Fn::Sub that writes characters into the name of a bucket which S3 rejects; a literal is the engine's."""
    [name] = places(case, root, "BucketName")
    argument = name.node.argument if isinstance(name.node, Call) and name.node.name == "Fn::Sub" else None
    if not isinstance(argument, Scalar) or "'" in argument.text:
        return
    written = re.split(r"(\$\{[^{}]*\})", argument.text)
    if re.fullmatch(r"[a-z0-9.-]*", "".join(written[::2])):
        return
    written[::2] = [re.sub(r"[^a-z0-9.-]", "-", part.lower()) for part in written[::2]]
    yield Broken(name, f"BucketName is {name.text}", needed=f"!Sub '{''.join(written)}'")


CHECKS: Mapping[str, Check] = {
    "backup-cold-storage": backup_cold_storage,
    "bucket-name-letters": bucket_name_letters,
    "bucket-policy-resources": bucket_policy_resources,
    "key-administrator": key_administrator,
    "lifecycle-order": lifecycle_order,
    "load-balancer-log-policy": load_balancer_log_policy,
    "notifications-overlap": notifications_overlap,
}
