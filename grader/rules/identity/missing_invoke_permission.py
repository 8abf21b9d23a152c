"""Functions that their caller is not allowed to invoke."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grader.case import Case
from grader.case.deployed import created, is_deployed
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.rules._fragments import resource, role, worker
from grader.rules.identity._corrections import invoke_permission
from grader.support.markdown import code, listed
from grader.template import Reference, Resource, Template, dotted


@dataclass(frozen=True, slots=True)
class _Caller:
    """A type that invokes functions: its service, where it names the function, what happens without a permission, and its source."""

    service: str
    place: str
    level: str
    effect: str
    source: str


_REFUSED = "Critical"
_FAILS = "High"
_OF_API = "SourceArn: the `execute-api` ARN of the API"
_OF_ACCOUNT = "SourceAccount: `!Ref AWS::AccountId`"
# Notifications of buckets and subscription filters are facts of their own, with the order that they require.
# Source: https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
_CALLERS = {
    "AWS::ApiGateway::Authorizer": _Caller(
        "apigateway", "AuthorizerUri", _FAILS, "API Gateway answers each request with 500", _OF_API
    ),
    "AWS::ApiGateway::Method": _Caller(
        "apigateway", "Integration", _FAILS, "API Gateway answers each request with 500", _OF_API
    ),
    "AWS::ApiGatewayV2::Integration": _Caller(
        "apigateway", "IntegrationUri", _FAILS, "API Gateway answers each request with 500", _OF_API
    ),
    "AWS::Config::ConfigRule": _Caller("config", "Source", _REFUSED, "AWS Config rejects the rule", _OF_ACCOUNT),
    "AWS::Events::Rule": _Caller(
        "events", "Targets", _FAILS, "EventBridge drops each event after its retries", "SourceArn: the ARN of the rule"
    ),
    "AWS::SNS::Subscription": _Caller(
        "sns", "Endpoint", _FAILS, "SNS cannot deliver its messages to the function", "SourceArn: the ARN of the topic"
    ),
    "AWS::SNS::Topic": _Caller(
        "sns",
        "Subscription",
        _FAILS,
        "SNS cannot deliver its messages to the function",
        "SourceArn: the ARN of the topic",
    ),
    "AWS::SecretsManager::RotationSchedule": _Caller(
        "secretsmanager",
        "RotationLambdaARN",
        _REFUSED,
        "Secrets Manager rejects the rotation schedule",
        "SourceArn: the ARN of the secret",
    ),
}


def check(case: Case) -> Iterator[RuleFinding]:
    """Report callers of a function of the template that no permission covers."""
    for template in case.templates:
        scope = case.scopes[template.file]
        functions = {one.name for one in template.of_type("AWS::Lambda::Function") if scope.exists(one) is not False}
        reported: set[tuple[str, str]] = set()
        for use in template.references:
            owner = template.resources.get(use.owner) if use.section == "Resources" else None
            caller = _CALLERS.get(owner.type) if owner else None
            if owner is None or caller is None or use.target not in functions or use.path[1:2] != (caller.place,):
                continue
            if not is_deployed(scope, owner, dotted(use.path)) or _has_role(owner, use):
                continue
            if (owner.name, use.target) not in reported and not _is_allowed(case, template, use.target, caller.service):
                reported.add((owner.name, use.target))
                yield from _found(case, template, owner, use, caller)


def _has_role(owner: Resource, use: Reference) -> bool:
    """Whether the caller invokes with a role instead of a permission: API Gateway with its credentials."""
    if owner.type == "AWS::ApiGateway::Method":
        return owner.get("Integration.Credentials") is not None
    return owner.get("CredentialsArn") is not None or owner.get("AuthorizerCredentials") is not None


def _is_allowed(case: Case, template: Template, function: str, service: str) -> bool:
    """Whether a permission lets a service call a function; one that names it by a text, or in another template, may."""
    for other, permission, scope in created(case, "AWS::Lambda::Permission"):
        principal = scope.text(permission.get("Principal"))
        if principal not in ("*", "") and principal.split(".")[0] != service and "${" not in principal:
            continue
        named = {
            use.target
            for use in other.references
            if use.owner == permission.name and use.path[1:2] == ("FunctionName",)
        }
        inside = named & set(other.resources)
        if other is not template or not inside or function in inside:
            return True
    return False


def _found(case: Case, template: Template, owner: Resource, use: Reference, caller: _Caller) -> Iterator[RuleFinding]:
    principal = f"{caller.service}.amazonaws.com"
    facts = {
        "value": use.target,
        "principal": principal,
        "caller": owner.name,
        "effect": caller.effect,
        "because": f"{_because(case, template, use.target)} Without the permission, {caller.effect}.",
        # The service tests the permission when it creates the caller; the others use it at each call.
        "remedy": f"Limit it with {caller.source}."
        + (f" Let {code(owner.name)} depend on it." if caller.level == _REFUSED else ""),
    }
    place = Location(file=template.file, line=use.line, resource=owner.name, type=owner.type, path=dotted(use.path))
    message = f"calls {use.target} as {principal}, which no AWS::Lambda::Permission allows"
    yield RuleFinding(location=place, message=message, facts=facts, level=caller.level)


def _because(case: Case, template: Template, function: str) -> str:
    """Say which permissions the template has for others, or that it has none."""
    there = [
        (permission.name, scope.text(permission.get("Principal")))
        for other, permission, scope in created(case, "AWS::Lambda::Permission")
        if other is template
    ]
    if not there:
        return "The template has no AWS::Lambda::Permission."
    names, principals = [name for name, _ in there], [principal for _, principal in there]
    return f"The template has {listed(names)}, for {listed(principals)}, and no AWS::Lambda::Permission for this call of {code(function)}."


RULE = Rule(
    id="missing-invoke-permission",
    kind="missing-invoke-permission",
    level="High",
    category="security",
    title="Missing permission to invoke {values}",
    issue="In {file}, {callers} {invokes|invoke} {values}, and no AWS::Lambda::Permission allows {principals} to do so. Lambda "
    "refuses the call.",
    fix="Add an AWS::Lambda::Permission with Action lambda:InvokeFunction, Principal {principals} and FunctionName {values}. {remedy}",
    root_cause="{because}",
    lesson="Add a permission on the function for each service that invokes it; the execution role does not cover callers.",
    reference="https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html",
    aws_behaviour="Lambda refuses a service without a permission. Config rules and rotation schedules are tested when they are "
    "created and fail there (Critical); API Gateway, EventBridge and SNS fail at each call.",
    check=check,
    corrections=invoke_permission,
    fails=(
        example(
            "Resources:\n"
            + role()
            + worker("def handler(event, context):\n    return None")
            + resource(
                "Nightly",
                "AWS::Events::Rule",
                """
                ScheduleExpression: rate(1 day)
                Targets:
                  - Id: worker
                    Arn: !GetAtt Worker.Arn  # finds
                """,
            )
        ),
        example(
            """
Parameters:
  Logged: {Type: String, Default: 'no'}
Conditions:
  IsLogged: !Equals [!Ref Logged, 'yes']
Resources:
"""
            + role()
            + worker("def handler(event, context):\n    return None")
            + resource(
                "Allowed",
                "AWS::Lambda::Permission",
                "FunctionName: !Ref Worker\nAction: lambda:InvokeFunction\nPrincipal: config.amazonaws.com",
                "Condition: IsLogged",
            )
            + resource(
                "Tagged",
                "AWS::Config::ConfigRule",
                """
                Source:
                  Owner: CUSTOM_LAMBDA
                  SourceIdentifier: !GetAtt Worker.Arn  # finds
                """,
            )
        ),
    ),
    passes=(
        example(
            "Resources:\n"
            + role()
            + worker("def handler(event, context):\n    return None")
            + resource("Api", "AWS::ApiGateway::RestApi", "Name: shop")
            + resource(
                "Orders",
                "AWS::ApiGateway::Method",
                """
                RestApiId: !Ref Api
                ResourceId: !GetAtt Api.RootResourceId
                HttpMethod: POST
                AuthorizationType: AWS_IAM
                Integration:
                  Type: AWS_PROXY
                  IntegrationHttpMethod: POST
                  Credentials: !GetAtt Role.Arn
                  Uri: !Sub 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Worker.Arn}/invocations'
                """,
            )
        ),
        example(
            "Resources:\n"
            + role()
            + worker("def handler(event, context):\n    return None", properties="FunctionName: shop-worker")
            + resource(
                "Allowed",
                "AWS::Lambda::Permission",
                "FunctionName: shop-worker\nAction: lambda:InvokeFunction\nPrincipal: events.amazonaws.com",
            )
            + resource(
                "Nightly",
                "AWS::Events::Rule",
                "ScheduleExpression: rate(1 day)\nTargets: [{Id: worker, Arn: !GetAtt Worker.Arn}]",
            )
        ),
    ),
)
