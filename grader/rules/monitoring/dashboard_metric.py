"""Dashboards of resources that are called otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example

# The dimension that names a resource, its type, and the property that holds its name.
_DIMENSIONS = {
    "FunctionName": ("AWS::Lambda::Function", "FunctionName"),
    "TableName": ("AWS::DynamoDB::Table", "TableName"),
    "QueueName": ("AWS::SQS::Queue", "QueueName"),
    "TopicName": ("AWS::SNS::Topic", "TopicName"),
    "DeliveryStreamName": ("AWS::KinesisFirehose::DeliveryStream", "DeliveryStreamName"),
    "StreamName": ("AWS::Kinesis::Stream", "Name"),
    "DBClusterIdentifier": ("AWS::RDS::DBCluster", "DBClusterIdentifier"),
    "DBInstanceIdentifier": ("AWS::RDS::DBInstance", "DBInstanceIdentifier"),
    "ClusterName": ("AWS::ECS::Cluster", "ClusterName"),
    "BucketName": ("AWS::S3::Bucket", "BucketName"),
}
_PAIR = re.compile(rf'"({"|".join(_DIMENSIONS)})"\s*,\s*"([^"$.][^"$]*)"')


def check(case: Case) -> Iterator[RuleFinding]:
    """Report dimensions in dashboards that name no resource of the template though it has some of that type."""
    for template, dashboard in case.resources("AWS::CloudWatch::Dashboard"):
        scope = case.scopes[template.file]
        for name, value in _PAIR.findall(scope.text(dashboard.get("DashboardBody"))):
            kind, key = _DIMENSIONS[name]
            own = [scope.text(one.get(key)) for one in template.of_type(kind)]
            if own and value not in own:
                yield at_property(
                    template,
                    dashboard,
                    "DashboardBody",
                    f"shows {name} {value}, and nothing of the template has that name",
                    value=value,
                )
                break


RULE = Rule(
    id="dashboard-metric",
    kind="dashboard-body",
    level="Medium",
    category="observability",
    title="Dashboards of resources that are called otherwise",
    issue="The dashboard {resources} in {file} shows {values}, and what the template creates is called otherwise: the "
    "graph stays empty.",
    fix="Put the names in with Fn::Sub: ${{Worker}} for a function, and so on.",
    root_cause="The body is a string, and its names were written by hand.",
    lesson="Take the names in a dashboard from the resources.",
    reference="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html",
    cost="None.",
    security="None.",
    performance="Trouble is not seen.",
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
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
"""),
    ),
)
