"""Two resources that create one API stage."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._fragments import REST_API, resources
from grader.rules._shared import created, without_property
from grader.support.markdown import code


def check(case: Case) -> Iterator[RuleFinding]:
    """Report deployments that name a stage of their API which a stage resource creates as well."""
    for template, deployment in created(case, "AWS::ApiGateway::Deployment"):
        scope = case.scopes[template.file]
        name, api = scope.text(deployment.get("StageName")), scope.text(deployment.get("RestApiId"))
        for stage in template.of_type("AWS::ApiGateway::Stage"):
            same = name and scope.text(stage.get("StageName")) == name and scope.text(stage.get("RestApiId")) == api
            if same and scope.exists(stage) is not False:
                because = (
                    f"{code(deployment.name)} has a `StageName`, and so has {code(stage.name)} at line {stage.line}."
                )
                message = f"creates the stage {name}, as {stage.name} does"
                yield at_property(
                    template, deployment, "StageName", message, value=name, other=stage.name, because=because
                )
                break


RULE = Rule(
    id="api-gateway-stage-conflict",
    kind="api-gateway-stage-conflict",
    level="Critical",
    category="account",
    title="API stage created by two resources",
    issue="{resources} in {file} {creates|create} the stage {values} through StageName, and {others} {creates|create} it again. API "
    "Gateway rejects the second creation, because the stage exists already.",
    fix="Remove StageName from {resources}, and keep {others}.",
    root_cause="{because}",
    lesson="Create an API stage in one place: AWS::ApiGateway::Stage.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-deployment.html",
    aws_behaviour="A deployment with StageName creates the stage; AWS::ApiGateway::Stage of that name then fails with a conflict.",
    check=check,
    corrections=without_property,
    fails=(
        example(
            resources(
                REST_API,
                """
  Release:
    Type: AWS::ApiGateway::Deployment
    Properties:
      RestApiId: !Ref Api
      StageName: live  # finds
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties: {RestApiId: !Ref Api, DeploymentId: !Ref Release, StageName: live}
""",
            )
        ),
    ),
    passes=(
        example(
            resources(
                REST_API,
                """
  Other: {Type: AWS::ApiGateway::RestApi, Properties: {Name: invoices}}
  Release: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api, StageName: live}}
  OtherRelease: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Other}}
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties: {RestApiId: !Ref Other, DeploymentId: !Ref OtherRelease, StageName: live}
""",
            )
        ),
    ),
)
