"""Dashboards that show other metrics."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="dashboard-body",
    kind="dashboard-body",
    level="Medium",
    category="observability",
    title="Dashboards that show other metrics",
    issue="The dashboard {resource} in {file} shows other metrics, or takes their names from elsewhere, than the ideal "
    "answer.",
    fix="Build the body with Fn::Sub from the names of the resources it shows.",
    root_cause="The body is a string, and its names were written by hand.",
    lesson="Take the names in a dashboard from the resources.",
    reference="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html",
    cost="None.",
    security="None.",
    performance="None.",
    stands_for=("ideal:dashboard",),
    fails=(
        example(
            """
Resources:
  Board:
    Type: AWS::CloudWatch::Dashboard
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      DashboardName: orders
      DashboardBody: '{"widgets": []}'  # finds
""",
            prompt="A dashboard.",
            ideal="""
Resources:
  Board:
    Type: AWS::CloudWatch::Dashboard
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      DashboardName: orders
      DashboardBody: '{"widgets": [{"type": "text", "x": 0, "y": 0, "width": 3, "height": 3, "properties": {"markdown": "Orders"}}]}'
""",
        ),
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
