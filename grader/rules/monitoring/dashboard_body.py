"""Dashboard bodies that CloudWatch rejects."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._shared import created
from grader.support.markdown import code

_UNKNOWN = re.compile(r"\$\{[^}]*\}")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report bodies that are not JSON, and metric widgets whose metrics are not arrays."""
    for template, dashboard in created(case, "AWS::CloudWatch::Dashboard"):
        body = case.scopes[template.file].value(dashboard.get("DashboardBody"))
        if not isinstance(body, str) or not body.strip() or _UNKNOWN.fullmatch(body.strip()):
            continue
        ends_file = template.text.rstrip().endswith(body.rstrip().rpartition("\n")[2].strip())
        because = _fault(body, ends_file)
        if because:
            message = "has a body that CloudWatch rejects"
            remedy = _TEXT if because.startswith("The body") else _WIDGET
            yield at_property(template, dashboard, "DashboardBody", message, because=because, remedy=remedy)


_TEXT = "Write the body as one JSON object with the list `widgets`, and nothing before or behind it."
_WIDGET = 'Write each metric as an array, for example `["AWS/Lambda", "Errors", "FunctionName", "${Worker}"]`.'


def _fault(body: str, ends_file: bool) -> str:
    """Return a sentence on the first thing in a body that CloudWatch rejects; empty where it rejects nothing.

    A body that ends the file in mid-sentence is a response that was cut off, which is reported as such.
    """
    try:
        # What only a deployment gives may be a number as well as a part of a text: a digit is both.
        data = json.loads(text := _UNKNOWN.sub("1", body), strict=False)
    except (RecursionError, ValueError) as error:
        if not isinstance(error, json.JSONDecodeError):
            return ""  # too deep or too long for us to judge
        at_end = error.msg.startswith("Unterminated") or error.pos >= len(text.rstrip())
        return "" if ends_file and at_end else f"The body is not JSON: {code(str(error))}."
    widgets = data.get("widgets") if isinstance(data, dict) else None
    if not isinstance(widgets, list):
        return "" if isinstance(data, dict) else "The body is not a JSON object."
    for index, widget in enumerate(widgets):
        fault = _of_widget(widget) if isinstance(widget, dict) else "is not an object"
        if fault:
            return f"Widget {index + 1} {fault}."
    return ""


def _of_widget(widget: Mapping[str, object]) -> str:
    properties = widget.get("properties")
    if widget.get("type") != "metric" or not isinstance(properties, dict):
        return ""
    metrics = properties.get("metrics")
    if metrics is None:
        return "" if "annotations" in properties else "is of type metric and has neither `metrics` nor `annotations`"
    if not isinstance(metrics, list) or any(not isinstance(metric, list) for metric in metrics):
        return "gives its metrics as objects; each has to be an array of namespace, metric name and dimensions"
    return ""


RULE = Rule(
    id="dashboard-body",
    kind="invalid-property-value",
    level="Critical",
    category="observability",
    title="Dashboard body that CloudWatch rejects",
    issue="The DashboardBody of {resources} in {file} does not have the structure that CloudWatch requires, so PutDashboard fails with "
    "validation errors.",
    fix="{remedy}",
    root_cause="{because}",
    lesson="Export a dashboard's source from the console and keep its structure.",
    reference="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html",
    aws_behaviour="CloudWatch rejects the body with InvalidParameterInput, and the stack rolls back.",
    check=check,
    fails=(
        example("""
Resources:
  Board:
    Type: AWS::CloudWatch::Dashboard
    Properties:
      DashboardBody: >-  # finds
        {"widgets": [{"type": "metric", "width": 6, "height": 6, "properties": {"region": "us-east-1", "metrics":
        [{"namespace": "AWS/SQS", "metricName": "NumberOfMessagesSent"}]}}]}
      DashboardName: orders
"""),
        example("""
Resources:
  Board:
    Type: AWS::CloudWatch::Dashboard
    Properties:
      DashboardBody: '{"widgets": [},]}'  # finds
      DashboardName: orders
"""),
    ),
    passes=(
        example("""
Resources:
  Board:
    Type: AWS::CloudWatch::Dashboard
    Properties:
      DashboardBody: |
        {"widgets": [{"type": "text", "width": 6, "height": 2, "prop
"""),
        example("""
Parameters: {Period: {Type: Number}}
Resources:
  Orders: {Type: AWS::SQS::Queue}
  Board:
    Type: AWS::CloudWatch::Dashboard
    Properties:
      DashboardBody: !Sub >-
        {"widgets": [{"type": "text", "width": 6, "height": 2, "properties": {"markdown": "Orders"}},
        {"type": "metric", "width": 6, "height": 6, "properties": {"region": "${AWS::Region}", "period": ${Period}, "metrics":
        [["AWS/SQS", "NumberOfMessagesSent", "QueueName", "${Orders.QueueName}"], [".", "ApproximateNumberOfMessagesVisible", ".", "."]]}}]}
      DashboardName: orders
"""),
    ),
)
