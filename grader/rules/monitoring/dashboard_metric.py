"""Dashboards with the names of resources that do not exist."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.facts.metrics import rows_of
from grader.rules._shared import created
from grader.support.markdown import code

# The dimension that names a resource, its types, and the property that holds its name.
_DIMENSIONS = {
    "FunctionName": (("AWS::Lambda::Function", "AWS::Serverless::Function"), "FunctionName"),
    "TableName": (("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"), "TableName"),
    "QueueName": (("AWS::SQS::Queue",), "QueueName"),
    "TopicName": (("AWS::SNS::Topic",), "TopicName"),
    "DeliveryStreamName": (("AWS::KinesisFirehose::DeliveryStream",), "DeliveryStreamName"),
    "StreamName": (("AWS::Kinesis::Stream",), "Name"),
    "DBClusterIdentifier": (("AWS::RDS::DBCluster",), "DBClusterIdentifier"),
    "DBInstanceIdentifier": (("AWS::RDS::DBInstance",), "DBInstanceIdentifier"),
    "ClusterName": (("AWS::ECS::Cluster",), "ClusterName"),
    "BucketName": (("AWS::S3::Bucket",), "BucketName"),
}


def check(case: Case) -> Iterator[RuleFinding]:
    """Report dimensions of metric widgets that name no resource, where the bundle creates some of that type."""
    for template, dashboard in created(case, "AWS::CloudWatch::Dashboard"):
        body = case.scopes[template.file].text(dashboard.get("DashboardBody"))
        for dimension, value in dict.fromkeys(_pairs(body)):
            types, key = _DIMENSIONS[dimension]
            own = [case.scopes[where.file].text(one.get(key)) for where, one in created(case, *types)]
            if own and value not in own and "${" not in value:
                named = next((name for name in own if name), "")
                because = f"The body has {code(value)} as a literal" + (
                    f"; the resource is named {code(named)}."
                    if named
                    else ", and CloudFormation generates the name of the resource."
                )
                message = f"shows {dimension} {value}, and no resource has that name"
                yield at_property(template, dashboard, "DashboardBody", message, value=value, because=because)
                break


def _pairs(body: str) -> Iterator[tuple[str, str]]:
    """Yield the dimensions of a body's metric widgets that name resources, with their values."""
    for row in rows_of(body):
        for name, value in zip(row.texts[2::2], row.texts[3::2], strict=False):
            if name in _DIMENSIONS and value not in ("*", ""):
                yield name, value


RULE = Rule(
    id="dashboard-metric",
    kind="dashboard-body",
    level="Medium",
    category="observability",
    title="Dashboard widget of a resource that does not exist",
    issue="{resources} in {file} {shows|show} metrics of {values}, and no resource that the templates create has that name: the widget stays "
    "empty.",
    fix="Build the body with Fn::Sub, and take the names from the resources: `${{Worker}}` for a function.",
    root_cause="{because}",
    lesson="Take the names in a dashboard from the resources with Fn::Sub.",
    reference="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html",
    performance="Problems of the resource do not show on the dashboard.",
    yields_to=("dashboard-body",),
    aws_behaviour="Deploys; the widget shows no data.",
    check=check,
    fails=(
        example("""
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {QueueName: orders-test}}
  Board:
    Type: AWS::CloudWatch::Dashboard
    Properties:
      DashboardBody: >-  # finds
        {"widgets": [{"type": "metric", "width": 6, "height": 6, "properties":
        {"metrics": [["AWS/SQS", "NumberOfMessagesSent", "QueueName", "orders"]]}}]}
"""),
    ),
    passes=(
        example("""
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {QueueName: orders-test}}
  Board:
    Type: AWS::CloudWatch::Dashboard
    Properties:
      DashboardBody: !Sub >-
        {"widgets": [{"type": "metric", "width": 6, "height": 6, "properties": {"metrics":
        [["AWS/SQS", "NumberOfMessagesSent", "QueueName", "${Orders.QueueName}"],
        ["AWS/SQS", "NumberOfMessagesDeleted", "QueueName", "orders-test"]]}}]}
"""),
    ),
)
