"""Checks of parameters, cache users and the buckets that get email."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from grader.case import Case
from grader.case.policies import allowed
from grader.facts.checks.base import Broken, Check, bucket_policies
from grader.facts.places import Place, places, root_of, target_of
from grader.support.markdown import code

MAX_LENGTH = 200  # of a value and a pattern that are compared


def parameter_pattern(case: Case, root: Place) -> Iterator[Broken]:
    """Report a value of a parameter that its pattern does not match; long patterns are left alone."""
    [value], [pattern] = (places(case, root, name) for name in ("Value", "AllowedPattern"))
    if any(one.is_absent or one.is_open or len(one.text) > MAX_LENGTH for one in (value, pattern)):
        return
    if re.search(r"[*+}]\)?[*+{]|\([^)]*[*+][^)]*\)[*+{]", pattern.text):
        return  # nested repetition may take forever
    try:
        found = re.search(pattern.text, value.text)
    except re.error:
        return
    if found is None:
        yield Broken(
            value, f"{code('Value')} is {code(value.text)} and {code('AllowedPattern')} is {code(pattern.text)}"
        )


def cache_default_user(case: Case, root: Place) -> Iterator[Broken]:
    """Report a user group none of whose users is known to be named default, or may be."""
    [listed] = places(case, root, "UserIds")
    for place in places(case, root, "UserIds.*"):
        user = target_of(case, place)
        if user is None and (place.is_open or "default" in place.text or not _names_user(case, root, place.text)):
            return
        if user is not None:
            [name] = places(case, root_of(root.template, user), "UserName")
            if name.is_open or name.text == "default":
                return
    if isinstance(listed.value, list):
        yield Broken(listed, "no user of the group is named `default`")


def _names_user(case: Case, root: Place, text: str) -> bool:
    """Whether a user of the template has an id, and so a name that is known not to be default."""
    for user in root.template.of_type("AWS::ElastiCache::User"):
        there = root_of(root.template, user)
        if places(case, there, "UserId")[0].text == text:
            return places(case, there, "UserName")[0].text != "default"
    return False


def receipt_bucket(case: Case, root: Place) -> Iterator[Broken]:
    """Report a bucket of the template that gets email and whose policy does not let Amazon SES write."""
    yield from _closed(case, root, "Rule.Actions.*.S3Action.BucketName", "ses.amazonaws.com")


def warehouse_log_bucket(case: Case, root: Place) -> Iterator[Broken]:
    """Report a bucket of the template that gets the logs of a warehouse and whose policy does not let Redshift write."""
    yield from _closed(case, root, "LoggingProperties.BucketName", "redshift.amazonaws.com")


def _closed(case: Case, root: Place, path: str, service: str) -> Iterator[Broken]:
    """Yield the buckets of the template whose policies do not let a service write."""
    for place in places(case, root, path):
        bucket = target_of(case, place)
        if bucket is None or bucket.type != "AWS::S3::Bucket":
            continue
        documents = list(bucket_policies(case, root, bucket.name))
        if None not in documents and not allowed(documents, "s3:PutObject", (service,)):
            state = "the policy of" if documents else "no policy of"
            verb = "does not allow" if documents else "allows"
            yield Broken(place, f"{state} {bucket.name} {verb} s3:PutObject to {service}")


CHECKS: Mapping[str, Check] = {
    "parameter-pattern": parameter_pattern,
    "cache-default-user": cache_default_user,
    "receipt-bucket": receipt_bucket,
    "warehouse-log-bucket": warehouse_log_bucket,
}
