"""API Gateway logs without the role that writes them."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example


def check(case: Case) -> Iterator[RuleFinding]:
    """Report REST stages that log, where neither the bundle nor the account sets API Gateway's CloudWatch role."""
    if "AWS::ApiGateway::Account" in case.account.singletons or any(case.resources("AWS::ApiGateway::Account")):
        return
    for template, stage in case.resources("AWS::ApiGateway::Stage", "AWS::ApiGateway::Deployment"):
        path = "MethodSettings" if stage.type.endswith("Stage") else "StageDescription.MethodSettings"
        settings = case.scopes[template.file].value(stage.get(path))
        levels = (
            [str(one.get("LoggingLevel", "OFF")) for one in settings if isinstance(one, dict)]
            if isinstance(settings, list)
            else []
        )
        if any(level != "OFF" for level in levels):
            yield at_property(
                template, stage, path, "logs, and the account has no role for it", value=", ".join(levels)
            )
        elif stage.get("AccessLogSetting") is not None:
            yield at_property(
                template,
                stage,
                "AccessLogSetting",
                "logs accesses, and the account has no role for it",
                value="access logs",
            )


RULE = Rule(
    id="api-gateway-logging-role",
    kind="api-gateway-logging-role",
    level="High",
    category="account",
    title="API Gateway logs without the role that writes them",
    issue="{resources} in {file} turn logging on. API Gateway writes logs with one role for the whole account and "
    "region, which a new account does not have and no template here sets; the stage is refused with a message "
    "about the CloudWatch Logs role ARN.",
    fix="Create a role that apigateway.amazonaws.com can assume, with AmazonAPIGatewayPushToCloudWatchLogs, set it "
    "with AWS::ApiGateway::Account, and let the stage depend on that.",
    root_cause="The role belongs to the account, not to the API, and is set already in accounts that have been in use.",
    lesson="Logging of a REST stage needs AWS::ApiGateway::Account with a role; create it where nothing else does.",
    reference="https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html",
    cost="The deployment is rolled back.",
    security="No access logs.",
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
    Properties: {RestApiId: !Ref Api}
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties:
      RestApiId: !Ref Api
      DeploymentId: !Ref Release
      StageName: live
      MethodSettings: [{HttpMethod: '*', ResourcePath: '/*', LoggingLevel: INFO}]  # finds
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
