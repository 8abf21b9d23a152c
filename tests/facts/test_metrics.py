"""Metrics: what services publish, and what dashboards read."""

from __future__ import annotations

import json

import pytest

from grader.facts.metrics import Metric, Row, load_metrics, metric_of, rows_of, unknown, unpublished


def _metric(namespace: str, name: str, *dimensions: str) -> Metric:
    return Metric(namespace, name, frozenset(dimensions))


@pytest.mark.parametrize(
    ("metric", "why"),
    [
        (_metric("AWS/Lambda", "Errors"), ""),
        (_metric("AWS/Lambda", "MemoryUtilization"), "the metric MemoryUtilization does not exist in AWS/Lambda"),
        (
            _metric("AWS/DynamoDB", "WriteThrottledEvents"),
            "the metric WriteThrottledEvents does not exist in AWS/DynamoDB, which has WriteThrottleEvents",
        ),
        (
            _metric("AWS/ApplicationELB", "BrokenConnectionCount"),
            "the metric BrokenConnectionCount does not exist in AWS/ApplicationELB, which has ActiveConnectionCount, "
            "NewConnectionCount and RejectedConnectionCount",
        ),
        (_metric("AWS/Kinesis", "PutRecords.ThrottledRecords"), ""),
        (_metric("AWS/SomethingElse", "Errors"), ""),
        (_metric("Shop", "Errors"), ""),
        (_metric("AWS/Lambda", "${Metric}"), ""),
    ],
)
def test_a_metric_that_a_service_does_not_have(metric: Metric, why: str) -> None:
    assert unknown(metric).replace("`", "") == why


@pytest.mark.parametrize(
    ("metric", "right"),
    [
        (_metric("AWS/ECS", "CPUUtilization", "ServiceName"), "with ClusterName and ServiceName"),
        (_metric("AWS/ECS", "CPUUtilization", "ClusterName", "ServiceName"), ""),
        (_metric("AWS/EC2", "CPUUtilization", "Name"), "with AutoScalingGroupName or ImageId or InstanceId"),
        (_metric("AWS/DynamoDB", "UserErrors", "TableName"), "without dimensions"),
        (_metric("AWS/S3", "NumberOfObjects"), "with BucketName and StorageType"),
        (_metric("AWS/RDS", "CPUUtilization", "Anything"), ""),
        (Metric("AWS/SQS", "NumberOfMessagesSent", None), ""),
    ],
)
def test_dimensions_that_a_metric_is_not_published_with(metric: Metric, right: str) -> None:
    why = unpublished(metric)
    assert why.replace("`", "").partition(", and is published ")[2] == right
    assert bool(why) is bool(right)


def test_rows_of_a_dashboard_repeat_what_is_left_out() -> None:
    metrics = [
        ["AWS/Lambda", "Errors", "FunctionName", "pay", {"stat": "Sum"}],
        [".", "Throttles", ".", "."],
        ["...", "refund"],
        [{"expression": "m1 / m2"}],
    ]
    body = json.dumps({"widgets": [{"type": "text"}, {"type": "metric", "properties": {"metrics": metrics}}]})
    assert [row.texts for row in rows_of(body)] == [
        ["AWS/Lambda", "Errors", "FunctionName", "pay"],
        ["AWS/Lambda", "Throttles", "FunctionName", "pay"],
        ["AWS/Lambda", "Throttles", "FunctionName", "refund"],
    ]
    assert metric_of(Row(["AWS/Lambda"])) is None


@pytest.mark.parametrize(
    "body", ["", "[", "[]", '{"widgets": [1, {"properties": 2}]}', '{"widgets": {}}', "[" * 100_000]
)
def test_a_body_that_is_not_a_dashboard_has_no_rows(body: str) -> None:
    assert list(rows_of(body)) == []


def test_names_with_sets_are_names_of_the_namespace() -> None:
    for name, namespace in load_metrics().items():
        for names in namespace.dimensions:
            for metric in names.split():
                assert unknown(Metric(name, metric.replace("*", "X"), None)) == ""
