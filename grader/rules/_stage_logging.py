"""Stages of REST APIs that log, for which API Gateway needs the role of the account."""

from __future__ import annotations

from grader.case import Case
from grader.rules._shared import created
from grader.template import Call, Resource, Scope, at, text_of

_LOGGED = ("INFO", "ERROR")
# Types that make a stage, and what precedes the settings of the stage in their properties.
STAGES = {
    "AWS::ApiGateway::Deployment": "StageDescription.",
    "AWS::ApiGateway::Stage": "",
    "AWS::Serverless::Api": "",
}


def logging_of(stage: Resource, scope: Scope) -> tuple[str, str]:
    """Return the property that turns logging on and what it logs; two empty texts where the stage does not log."""
    before = STAGES[stage.type]
    settings = scope.value(stage.get(f"{before}MethodSettings"))
    for setting in settings if isinstance(settings, list) else ():
        if isinstance(setting, dict) and str(setting.get("LoggingLevel")).upper() in _LOGGED:
            return f"{before}MethodSettings", "execution logs"
    access = scope.value(stage.get(f"{before}AccessLogSetting"))
    if isinstance(access, dict) and access.get("DestinationArn"):
        return f"{before}AccessLogSetting", "access logs"
    return "", ""


def logging_condition(stage: Resource, scope: Scope) -> str:
    """Return the condition under which a stage would log accesses, where its value as deployed does not."""
    node = stage.get(f"{STAGES[stage.type]}AccessLogSetting")
    if not isinstance(node, Call) or node.name != "Fn::If":
        return ""
    branches = (scope.value(at(node.argument, index)) for index in (1, 2))
    logs = any(isinstance(branch, dict) and branch.get("DestinationArn") for branch in branches)
    return text_of(at(node.argument, 0)) or "" if logs else ""


def some_stage_logs(case: Case) -> bool:
    """Whether a stage of the case logs, or would where a condition is true."""
    stages = ((stage, case.scopes[template.file]) for template, stage in created(case, *STAGES))
    return any(logging_of(*pair)[0] or logging_condition(*pair) for pair in stages)
