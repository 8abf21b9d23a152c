"""Judges of what starts what: an object a function, a queue or a stream its consumer."""

from __future__ import annotations

import re

from grader.detectors.requirements.answer import Answer, Built
from grader.detectors.requirements.verdict import HIDDEN, UNSEEN, Verdict, judge, met, unjudged, unmet
from grader.task.reading import Demand

_MAPPING = "AWS::Lambda::EventSourceMapping"
_SAM = "AWS::Serverless::Function"
_FUNCTIONS = ("AWS::Lambda::Function",)
# What of a SAM function is the event of each source.
_EVENTS = {"s3": "S3", "sqs": "SQS", "dynamodb": "DynamoDB", "kinesis": "Kinesis", "sns": "SNS"}
_SOURCES = {
    "sqs": ("AWS::SQS::Queue",),
    "dynamodb": ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"),
    "kinesis": ("AWS::Kinesis::Stream",),
}


@judge("object-starts-function")
def object_starts_function(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether an object of a bucket starts a function: by a notification, EventBridge, a queue or a topic.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html
    """
    buckets = answer.exactly("AWS::S3::Bucket")
    notified = [one for one in buckets if one.values("NotificationConfiguration")]
    rules = [one for one in answer.exactly("AWS::Events::Rule") if "aws.s3" in str(one.first("EventPattern"))]
    found = notified + rules + _by_sam(answer, "s3")
    if found:
        return met([one.located("takes the events of the bucket") for one in found])
    if answer.is_opaque or not buckets or not answer.of(_FUNCTIONS):
        return unjudged(UNSEEN)
    if any(re.search("notif|trigger", f"{one.type}{one.name}", re.I) for one in _custom(answer)):
        return unjudged("a custom resource may configure the bucket")
    return unmet(
        "no event of a bucket starts a function",
        [one.located("has no NotificationConfiguration", "NotificationConfiguration") for one in buckets],
    )


@judge("source-feeds-function")
def source_feeds_function(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether a queue or stream feeds a function: by an event source mapping, a pipe or an event of SAM."""
    source = str(demand.check.arguments.get("source"))
    sources, functions = answer.of(_SOURCES[source]), answer.of(_FUNCTIONS)
    mappings = [one for one in answer.exactly(_MAPPING) if _may_be_of(answer, one, source)]
    pipes = answer.exactly("AWS::Pipes::Pipe")
    found = mappings + pipes + _by_sam(answer, source)
    if found:
        return met([one.located("feeds a function") for one in found])
    if answer.is_opaque or not sources or not functions:
        return unjudged(UNSEEN)
    if any(one.type in (_MAPPING, "AWS::Pipes::Pipe") for one in answer.hidden):
        return unjudged(HIDDEN)
    return unmet(f"no event source mapping reads {sources[0].name}")


@judge("provisioned-concurrency")
def provisioned_concurrency(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether a version or an alias of a function has provisioned concurrency, or its scaling.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
    """
    path = "ProvisionedConcurrencyConfig"
    owners = answer.exactly("AWS::Lambda::Alias", "AWS::Lambda::Version", _SAM)
    targets = answer.exactly("AWS::ApplicationAutoScaling::ScalableTarget")
    found = [one for one in owners if one.values(path)]
    found += [one for one in targets if "ProvisionedConcurrency" in str(one.first("ScalableDimension"))]
    if found:
        return met([one.located("has provisioned concurrency") for one in found])
    functions = answer.of(_FUNCTIONS)
    if answer.is_opaque or not functions or any(one.values(path) for one in answer.hidden):
        return unjudged(UNSEEN if answer.is_opaque else HIDDEN)
    return unmet(
        "no version or alias of a function has ProvisionedConcurrencyConfig",
        [one.located("has no version with provisioned concurrency") for one in functions],
    )


def _may_be_of(answer: Answer, mapping: Built, source: str) -> bool:
    target = answer.target(mapping, mapping.first("EventSourceArn"))
    return target is None or target.type in _SOURCES[source]


def _by_sam(answer: Answer, source: str) -> list[Built]:
    return [one for one in answer.exactly(_SAM) if _EVENTS[source] in one.values("Events.*.Type")]


def _custom(answer: Answer) -> list[Built]:
    return [one for one in answer.built if one.type.startswith(("Custom::", "AWS::CloudFormation::CustomResource"))]
