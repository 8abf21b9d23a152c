"""Checks of the metrics that alarms, dashboards and scaling policies look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from grader.case import Case
from grader.facts.checks.base import Broken, Check
from grader.facts.metrics import Metric, metric_of, rows_of, unknown, unpublished
from grader.facts.places import Place, places
from grader.template import is_known

_SPECIFICATION = "TargetTrackingConfiguration.CustomizedMetricSpecification"
_SCALABLE = "TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification"
_PATHS = ("", "Metrics.*.MetricStat.Metric", _SPECIFICATION, _SCALABLE)
MAX_DETAILS = 3


def metric_exists(case: Case, root: Place) -> Iterator[Broken]:
    """Report metrics that their service does not have."""
    yield from _judged(case, root, unknown)


def metric_published(case: Case, root: Place) -> Iterator[Broken]:
    """Report metrics with dimensions that their service does not publish them with."""
    yield from _judged(case, root, lambda metric: "" if unknown(metric) else unpublished(metric))


def group_metrics_collected(case: Case, root: Place) -> Iterator[Broken]:
    """Report an alarm on metrics of an Auto Scaling group that does not collect them."""
    for place, metric in metrics_in(case, root):
        if metric.namespace == "AWS/AutoScaling" and metric.name.startswith("Group"):
            groups = [
                one
                for template, one in case.resources("AWS::AutoScaling::AutoScalingGroup")
                if case.scopes[template.file].exists(one) is not False
            ]
            if groups and all(one.get("MetricsCollection") is None for one in groups):
                yield Broken(
                    place, f"MetricsCollection of {groups[0].name} is not set, and the alarm reads {metric.name}"
                )


def _judged(case: Case, root: Place, judge: Callable[[Metric], str]) -> Iterator[Broken]:
    own = _own(case)
    details: dict[str, Place] = {}
    for place, metric in metrics_in(case, root):
        detail = judge(metric)
        if detail and (metric.namespace, metric.name) not in own:
            details.setdefault(detail, place)
    if details:
        yield Broken(next(iter(details.values())), "; ".join(list(details)[:MAX_DETAILS]))


def metrics_in(case: Case, root: Place) -> Iterator[tuple[Place, Metric]]:
    """Yield the metrics that an alarm, a dashboard or a scaling policy names, each with its place: the name, or the body."""
    if root.resource.type == "AWS::CloudWatch::Dashboard":
        [body] = places(case, root, "DashboardBody")
        for row in rows_of(body.text):
            if metric := metric_of(row):
                yield body, metric
        return
    for path in _PATHS:
        for holder in places(case, root, path) if path else [root]:
            if metric := _metric(case, holder):
                yield places(case, holder, "MetricName")[0], metric


def _metric(case: Case, holder: Place) -> Metric | None:
    [namespace], [name] = places(case, holder, "Namespace"), places(case, holder, "MetricName")
    if any(one.is_absent or one.is_open for one in (namespace, name)):
        return None
    [given] = places(case, holder, "Dimensions")
    if given.is_absent:
        return Metric(namespace.text, name.text, frozenset())
    names = places(case, holder, "Dimensions.*.Name")
    is_clear = all(not one.is_absent and is_known(one.value) for one in names)
    return Metric(namespace.text, name.text, frozenset(one.text for one in names) if is_clear else None)


def _own(case: Case) -> set[tuple[str, str]]:
    """Return the metrics that metric filters of the response publish."""
    found = set()
    for template, one in case.resources("AWS::Logs::MetricFilter"):
        scope = case.scopes[template.file]
        transformation = "MetricTransformations.0"
        found.add(
            (
                scope.text(one.get(f"{transformation}.MetricNamespace")),
                scope.text(one.get(f"{transformation}.MetricName")),
            )
        )
    return found


CHECKS: Mapping[str, Check] = {
    "metric_exists": metric_exists,
    "metric_published": metric_published,
    "group_metrics_collected": group_metrics_collected,
}
