"""Two resources that create one stage."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example


def check(case: Case) -> Iterator[RuleFinding]:
    """Report deployments that name a stage which a stage resource creates as well."""
    for template, deployment in case.resources("AWS::ApiGateway::Deployment"):
        scope = case.scopes[template.file]
        name = scope.text(deployment.get("StageName"))
        stages = [
            stage for stage in template.of_type("AWS::ApiGateway::Stage") if scope.text(stage.get("StageName")) == name
        ]
        if name and stages:
            message = f"creates the stage {name}, as {stages[0].name} does"
            yield at_property(template, deployment, "StageName", message, value=name, other=stages[0].name)


RULE = Rule(
    id="api-gateway-stage-conflict",
    kind="api-gateway-stage-conflict",
    level="Critical",
    category="account",
    title="Two resources that create one API stage",
    issue="{resource} in {file} creates the stage {value} by its StageName, and {other} creates it again. The second "
    "one fails: the stage exists.",
    fix="Remove StageName from {resource}, and keep {other}.",
    root_cause="Older examples create the stage with the deployment, newer ones with a resource of its own.",
    lesson="Create an API stage in one place: AWS::ApiGateway::Stage.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-"
    "deployment.html",
    cost="The deployment is rolled back.",
    security="None.",
    performance="None.",
    check=check,
    fails=(
        example("""
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: {Name: orders}
  Release:
    Type: AWS::ApiGateway::Deployment
    Properties:
      RestApiId: !Ref Api
      StageName: live  # finds
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties: {RestApiId: !Ref Api, DeploymentId: !Ref Release, StageName: live}
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
