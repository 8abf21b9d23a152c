"""Edits that give alarms, scaling policies and widgets the metric, or the dimensions, that a service publishes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from grader.case import Case
from grader.catalogue.corrections import replaced, set_value
from grader.facts.checks.metrics import metrics_in
from grader.facts.metrics import Metric, nearest_sets, similar_metric, unknown, unpublished
from grader.facts.places import places, root_of
from grader.model import Edit, Finding, Steps
from grader.template import Call, Resource, Scalar, Template, at, items_of, plain, text_of


class _Owner(NamedTuple):
    """The type that a dimension names, and the attribute that returns its value: empty for Ref, `.X` for its property X."""

    type: str
    attribute: str = ""


# Sources: the pages of grader/facts/metrics.yaml, and the return values in
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
_OWNERS: Mapping[str, _Owner] = {
    "ApiId": _Owner("AWS::ApiGatewayV2::Api"),
    "ApiName": _Owner("AWS::ApiGateway::RestApi", ".Name"),
    "AutoScalingGroupName": _Owner("AWS::AutoScaling::AutoScalingGroup"),
    "BucketName": _Owner("AWS::S3::Bucket"),
    "ClusterName": _Owner("AWS::ECS::Cluster"),
    "DistributionId": _Owner("AWS::CloudFront::Distribution"),
    "FileSystemId": _Owner("AWS::EFS::FileSystem"),
    "FunctionName": _Owner("AWS::Lambda::Function"),
    "HealthCheckId": _Owner("AWS::Route53::HealthCheck"),
    "InstanceId": _Owner("AWS::EC2::Instance"),
    "LoadBalancer": _Owner("AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerFullName"),
    "NatGatewayId": _Owner("AWS::EC2::NatGateway"),
    "QueueName": _Owner("AWS::SQS::Queue", "QueueName"),
    "RuleName": _Owner("AWS::Events::Rule"),
    "ServiceName": _Owner("AWS::ECS::Service", "Name"),
    "StateMachineArn": _Owner("AWS::StepFunctions::StateMachine"),
    "StreamName": _Owner("AWS::Kinesis::Stream"),
    "TableName": _Owner("AWS::DynamoDB::Table"),
    "TargetGroup": _Owner("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupFullName"),
}
# Dimensions with one value, or with one that stands for the whole.
# Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
# Source: https://docs.aws.amazon.com/efs/latest/ug/efs-metrics.html
# Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
_VALUES: Mapping[tuple[str, str, str], str] = {
    ("AWS/CloudFront", "*", "Region"): "Global",
    ("AWS/EFS", "StorageBytes", "StorageClass"): "Total",
    ("AWS/S3", "BucketSizeBytes", "StorageType"): "StandardStorage",
    ("AWS/S3", "NumberOfObjects", "StorageType"): "AllStorageTypes",
}
# The name that a metric has where it is known by another name.
# Source: https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
_OTHER_NAMES: Mapping[tuple[str, str], str] = {("AWS/Kinesis", "IteratorAge"): "GetRecords.IteratorAgeMilliseconds"}
_THROTTLED = re.compile(r"throttl", re.I)
_ROW = re.compile(r'\[\s*"(?P<namespace>[^"]+)"\s*,\s*"(?P<name>[^"]+)"(?P<rest>(?:\s*,\s*"[^"]*")*)\s*(?P<end>[,\]])')
_STRING = re.compile(r'"([^"]*)"')


def by_metric(case: Case, template: Template, finding: Finding) -> Iterator[Edit]:
    """Yield the edits of a metric that does not exist or is not published with its dimensions; none where no single value fits."""
    resource = template.resources.get(finding.resource)
    if resource is None or finding.rule not in ("metric-dimensions", "metric-unknown"):
        return
    if resource.type == "AWS::CloudWatch::Dashboard":
        if finding.rule == "metric-dimensions":
            yield from _of_rows(case, template, resource)
        return
    for place, metric in metrics_in(case, root_of(template, resource)):
        holder: Steps = ("Resources", resource.name, "Properties", *map(_step, place.path[:-1]))
        if finding.rule == "metric-unknown" and unknown(metric):
            name = _OTHER_NAMES.get((metric.namespace, metric.name)) or similar_metric(metric)
            if name and isinstance(place.node, Scalar):
                yield set_value((*holder, "MetricName"), name)
        elif finding.rule == "metric-dimensions" and not unknown(metric) and unpublished(metric):
            yield from _of_alarm(case, template, resource, holder, metric)


def _step(step: str) -> str | int:
    return int(step) if step.isdigit() else step


def _of_alarm(case: Case, template: Template, resource: Resource, holder: Steps, metric: Metric) -> Iterator[Edit]:
    """Give an alarm on throttled requests the metric that a table has; any other metric the dimensions that it is published with."""
    words = f"{resource.name} {text_of(resource.get('AlarmDescription')) or ''}"
    if (
        metric.namespace == "AWS/DynamoDB"
        and metric.dimensions == frozenset({"TableName"})
        and _THROTTLED.search(words)
    ):
        # Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
        yield set_value((*holder, "MetricName"), "ReadThrottleEvents")
        return
    given = items_of(at(resource.properties, *holder[3:], "Dimensions"))
    there = {text_of(at(one, "Name")): plain(one) for one in given}
    wanted, values = _wanted(template, metric)
    if wanted is not None and metric.dimensions is not None:
        items = [there[name] for name in there if name in wanted]
        items += [{"Name": name, "Value": value} for name, value in values.items()]
        yield set_value((*holder, "Dimensions"), items)


def _wanted(template: Template, metric: Metric) -> tuple[frozenset[str] | None, dict[str, object]]:
    """Return the one set of dimensions that a metric is published with and whose values the template tells, and the values to add.

    A dimension is taken away only where the others are a set already, or where another takes its place.
    """
    own = metric.dimensions or frozenset()
    for wanted in nearest_sets(metric):
        more, less = wanted - own, own - wanted
        values = {name: _value(template, metric, name) for name in sorted(more)}
        if wanted and (not more or len(less) <= len(more)) and None not in values.values():
            return wanted, {name: value for name, value in values.items() if value is not None}
    return None, {}


def _value(template: Template, metric: Metric, name: str) -> object:
    """Return the value of a dimension: its only one, or the only resource of the template that it can name; None for none."""
    for which in (metric.name, "*"):
        if (metric.namespace, which, name) in _VALUES:
            return _VALUES[metric.namespace, which, name]
    owner = _OWNERS.get(name)
    found = list(template.of_type(owner.type)) if owner else []
    if owner is None or len(found) != 1 or found[0].condition is not None:
        return None
    if owner.attribute.startswith("."):
        node = found[0].get(owner.attribute[1:])
        return plain(node) if node is not None else None
    return {"Fn::GetAtt": [found[0].name, owner.attribute]} if owner.attribute else {"Ref": found[0].name}


def _of_rows(case: Case, template: Template, dashboard: Resource) -> Iterator[Edit]:
    """Write the dimensions into the rows of a dashboard's body, which is the text of an Fn::Sub."""
    [body] = places(case, root_of(template, dashboard), "DashboardBody")
    node = body.node
    if not isinstance(node, Call) or node.name != "Fn::Sub" or not isinstance(node.argument, Scalar):
        return
    before: list[str] = []
    path: Steps = ("Resources", dashboard.name, "Properties", "DashboardBody", "Fn::Sub")
    for match in _ROW.finditer(node.argument.text):
        row = [match["namespace"], match["name"], *_STRING.findall(match["rest"])]
        own = len(row)
        row = [before[place] if text == "." and place < len(before) else text for place, text in enumerate(row)]
        before = row
        metric = Metric(row[0], row[1], frozenset(row[2::2]))
        if "..." in row or unknown(metric) or not unpublished(metric):
            continue
        wanted, values = _wanted(template, metric)
        if wanted is None or not metric.dimensions <= wanted:  # type: ignore[operator]
            return
        more = [part for name, value in values.items() for part in (name, _in_text(value))]
        if any(part is None for part in more):
            return
        before = [*row, *map(str, more)]
        yield replaced(path, match[0], _with(match, more, own))


def _with(match: re.Match[str], more: Sequence[str | None], size: int) -> str:
    """Return a row with more strings behind those that it has."""
    head = (
        match[0][: match.end("rest") - match.start()] if size > 2 else match[0][: match.end("name") + 1 - match.start()]
    )
    return head + "".join(f', "{part}"' for part in more) + match[0][len(head) :]


def _in_text(value: object) -> str | None:
    """Return a value as it is written in the text of an Fn::Sub; None where it cannot be."""
    match value:
        case str():
            return value
        case {"Ref": str() as name}:
            return "${" + name + "}"
        case {"Fn::GetAtt": [str() as name, str() as attribute]}:
            return "${" + f"{name}.{attribute}" + "}"
        case {"Fn::Sub": str() as text}:
            return text
    return None
