"""REST API stages that log, in an account where API Gateway has no role to write logs with."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._fragments import LOGGING_API, REST_API, resources
from grader.rules._shared import created
from grader.rules._stage_logging import STAGES, logging_condition, logging_of
from grader.rules.network._corrections import logging_role
from grader.support.markdown import code

_TOLD = r"update-account|cloudwatchrolearn|cloudwatch logs role|cloudwatch log role"


def check(case: Case) -> Iterator[RuleFinding]:
    """Report REST stages that log, where neither the bundle, its documents nor the account set the CloudWatch role."""
    account = "AWS::ApiGateway::Account"
    if account in case.account.singletons or any(created(case, account)) or case.documented(_TOLD):
        return
    for template, stage in created(case, *STAGES):
        path, what = logging_of(stage, case.scopes[template.file])
        if path:
            message = f"turns on {what}, and no template sets the account's CloudWatch role"
            because = f"{code(stage.name)} turns on {what}, and no template has an `{account}`."
            yield at_property(template, stage, path, message, value=path.rpartition(".")[2], because=because)
        elif condition := logging_condition(stage, case.scopes[template.file]):
            message = (
                f"turns on access logs where {condition} is true, and no template sets the account's CloudWatch role"
            )
            because = f"{code(stage.name)} turns on access logs only where the condition {code(condition)} is true, which the values of "
            because += f"the parameters make false, and no template has an `{account}`."
            place = f"{STAGES[stage.type]}AccessLogSetting"
            yield at_property(
                template, stage, place, message, level="Medium", value="AccessLogSetting", because=because
            )


RULE = Rule(
    id="api-gateway-logging-role",
    kind="api-gateway-logging-role",
    level="Critical",
    category="account",
    title="API Gateway logging without an account-level CloudWatch role",
    issue="{resources} in {file} {logs|log} through {values}. API Gateway writes the logs of REST APIs with one role for each account "
    'and region. A new account has none, and no template sets it, so API Gateway rejects the stage: "CloudWatch Logs role ARN '
    'must be set in account settings to enable logging".',
    fix="Add a role that `apigateway.amazonaws.com` can assume with the managed policy "
    "`AmazonAPIGatewayPushToCloudWatchLogs`, set it as `CloudWatchRoleArn` of an `AWS::ApiGateway::Account`, and add that "
    "resource to the `DependsOn` of {resources}.",
    root_cause="{because}",
    lesson="Logging of a REST API needs AWS::ApiGateway::Account with a role in each new account and region.",
    reference="https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html",
    aws_behaviour="API Gateway rejects a stage with logging while the account has no CloudWatch role, and the stack rolls back.",
    check=check,
    corrections=logging_role,
    fails=(
        example(
            resources(
                REST_API,
                """
  Release: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api}}
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties:
      RestApiId: !Ref Api
      DeploymentId: !Ref Release
      StageName: live
      MethodSettings: [{HttpMethod: '*', ResourcePath: '/*', LoggingLevel: INFO}]  # finds
  Other:
    Type: AWS::ApiGateway::Stage
    Properties:
      RestApiId: !Ref Api
      DeploymentId: !Ref Release
      StageName: other
      AccessLogSetting: !If [Logs, {DestinationArn: !GetAtt Log.Arn, Format: $context.requestId}, !Ref 'AWS::NoValue']  # finds
  Log: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: 30}}
""",
                head="""
Parameters: {KeepLogs: {Type: String, Default: 'no'}}
Conditions: {Logs: !Equals [!Ref KeepLogs, 'yes']}
""",
            )
        ),
    ),
    passes=(
        example(
            resources(
                REST_API,
                """
  Release: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api}}
  Log: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: 30}}
  Stage:
    Type: AWS::ApiGateway::Stage
    Condition: IsLive
    Properties:
      RestApiId: !Ref Api
      DeploymentId: !Ref Release
      StageName: live
      AccessLogSetting: {DestinationArn: !GetAtt Log.Arn, Format: $context.requestId}
  Metrics:
    Type: AWS::ApiGateway::Stage
    Properties:
      RestApiId: !Ref Api
      DeploymentId: !Ref Release
      StageName: metrics
      MethodSettings: [{HttpMethod: '*', ResourcePath: '/*', MetricsEnabled: true}]
""",
                head="""
Parameters: {Live: {Type: String, Default: 'no'}}
Conditions: {IsLive: !Equals [!Ref Live, 'yes']}
""",
            )
        ),
        example(resources(LOGGING_API)),
    ),
)
