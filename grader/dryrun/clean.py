"""Removal of what dry runs made: at the end of a run, and of what earlier runs left."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from grader.dryrun.journal import Journal, Made, journals
from grader.dryrun.session import Aws
from grader.support.text import error_line

TAG = "grade:dry-run"
BUCKET_PREFIX = "grade-dry-run-"
STACK_PREFIX = "grade-"
POLL = 0.5


def remove_all(aws: Aws, journal: Journal) -> tuple[str, ...]:
    """Remove what a journal lists; return a sentence for each thing that could not be removed and stays in the journal."""
    left = []
    for made in journal.left:
        problem = _try_to_remove(aws, made, journal.run)
        if problem is None:
            journal.is_gone(made)
        else:
            left.append(f"{made.kind} {made.name} is left in {made.account}: {problem}; run `grade dry-run clean`")
    return tuple(left)


def _try_to_remove(aws: Aws, made: Made, run: str | None) -> str | None:
    """Return why a thing could not be removed, None where it is gone."""
    try:
        _remove(aws, made, run)
    except Exception as error:  # whatever AWS or the network says: the rest must still be removed
        return error_line(error)
    return None


def _remove(aws: Aws, made: Made, run: str | None) -> None:
    if made.kind == "stack":
        _remove_stack(aws, made.name, run)
    elif made.kind == "object":
        bucket, _, key = made.name.partition("/")
        _unless_missing(aws.s3.delete_object, Bucket=bucket, Key=key)
    else:
        _remove_bucket(aws, made.name)


def _remove_stack(aws: Aws, name: str, run: str | None) -> None:
    """Delete a stack that no change set was executed on, and its change sets; any other stack is left alone."""
    stack = _stack(aws, name)
    if stack is None:
        return
    tags = {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}
    if stack["StackStatus"] != "REVIEW_IN_PROGRESS" or (run and tags.get(TAG, run) != run):
        return
    _unless_missing(aws.cloudformation.delete_change_set, StackName=name, ChangeSetName=name)
    _unless_missing(aws.cloudformation.delete_stack, StackName=name)
    end = time.monotonic() + aws.settings.deadline
    while _stack(aws, name) is not None:
        if time.monotonic() > end:
            raise TimeoutError("its deletion did not end in time")
        time.sleep(POLL)


def _stack(aws: Aws, name: str) -> dict[str, Any] | None:
    from botocore.exceptions import ClientError

    try:
        stacks = aws.cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if _is_missing(error):
            return None
        raise
    return next((stack for stack in stacks if stack["StackStatus"] != "DELETE_COMPLETE"), None)


def _remove_bucket(aws: Aws, name: str) -> None:
    from botocore.exceptions import ClientError

    try:
        pages = aws.s3.get_paginator("list_objects_v2").paginate(Bucket=name)
        for key in [item["Key"] for page in pages for item in page.get("Contents", [])]:
            aws.s3.delete_object(Bucket=name, Key=key)
        aws.s3.delete_bucket(Bucket=name)
    except ClientError as error:
        if not _is_missing(error):
            raise


def _unless_missing(call: Any, **arguments: str) -> None:
    from botocore.exceptions import ClientError

    try:
        call(**arguments)
    except ClientError as error:
        if not _is_missing(error):
            raise


def _is_missing(error: Any) -> bool:
    code, message = error.response["Error"].get("Code"), error.response["Error"].get("Message", "")
    gone = ("NoSuchBucket", "NoSuchKey", "ChangeSetNotFound", "ChangeSetNotFoundException", "NoSuchTagSet", "404")
    return code in gone or (code == "ValidationError" and "does not exist" in message)


def clean(
    aws: Aws, folder: Path | None = None, older_than: timedelta = timedelta(hours=1)
) -> tuple[list[str], list[str]]:
    """Remove what earlier runs left in this account and region; return what was removed, and what could not be.

    By their journals, those of running processes left alone; then by tag, what is older than `older_than`.
    """
    removed: list[str] = []
    left: list[str] = []
    for journal, alive in journals(folder):
        if alive:
            left.append(f"{journal.path}: its run is still going on")
            continue
        for made in journal.left:
            if (made.account, made.region) != (aws.account, aws.region):
                left.append(
                    f"{made.kind} {made.name} is in {made.account}, {made.region}: clean with its credentials and region"
                )
                continue
            problem = _try_to_remove(aws, made, journal.run)
            if problem is None:
                journal.is_gone(made)
                removed.append(f"{made.kind} {made.name}")
            else:
                left.append(f"{made.kind} {made.name}: {problem}")
        if not journal.left:
            journal.path.unlink(missing_ok=True)
    for kind, name in _tagged(aws, datetime.now(UTC) - older_than):
        problem = _try_to_remove(aws, Made(kind, name, aws.account, aws.region), None)
        if problem is None:
            removed.append(f"{kind} {name}")
        else:
            left.append(f"{kind} {name}: {problem}")
    return removed, left


def _tagged(aws: Aws, before: datetime) -> Iterator[tuple[str, str]]:
    """Yield stacks in review and buckets that carry our name and our tag and are old enough to be nobody's."""
    pages = aws.cloudformation.get_paginator("list_stacks").paginate(StackStatusFilter=["REVIEW_IN_PROGRESS"])
    for stack in [one for page in pages for one in page["StackSummaries"]]:
        name = stack["StackName"]
        if name.startswith(STACK_PREFIX) and _utc(stack["CreationTime"]) < before and _has_tag(_stack(aws, name) or {}):
            yield "stack", name
    for bucket in aws.s3.list_buckets()["Buckets"]:
        if (
            bucket["Name"].startswith(BUCKET_PREFIX)
            and _utc(bucket["CreationDate"]) < before
            and _bucket_tag(aws, bucket["Name"])
        ):
            yield "bucket", bucket["Name"]


def _utc(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _has_tag(described: dict[str, Any]) -> bool:
    return any(tag["Key"] == TAG for tag in described.get("Tags", []))


def _bucket_tag(aws: Aws, name: str) -> bool:
    from botocore.exceptions import ClientError

    try:
        return any(tag["Key"] == TAG for tag in aws.s3.get_bucket_tagging(Bucket=name)["TagSet"])
    except ClientError as error:
        if _is_missing(error):
            return False
        raise
