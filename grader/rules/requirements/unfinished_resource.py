"""Resources without what makes them work."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.template import Resource, Scope


def check(case: Case) -> Iterator[RuleFinding]:
    """Report resources that are accepted, or refused late, because a part is missing that no schema asks for."""
    for template, resource in case.resources(*_LACKS):
        scope = case.scopes[template.file]
        for applies, path, why in _LACKS[resource.type]:
            value = scope.value(resource.get(path)) if resource.get(path) is not None else None
            if value in (None, [], {}, "") and applies(scope, resource):
                yield at_property(template, resource, path, f"{path} is missing: {why}", value=path, says=why)


def _is_pushed(scope: Scope, resource: Resource) -> bool:
    return scope.text(resource.get("Type")) in ("RTMP_PUSH", "RTP_PUSH", "UDP_PUSH")


def _is_calculated(scope: Scope, resource: Resource) -> bool:
    return scope.text(resource.get("HealthCheckConfig.Type")) == "CALCULATED"


def _is_ecs(scope: Scope, resource: Resource) -> bool:
    return resource.get("ECSServices") is not None


def _is_code_deploy(scope: Scope, resource: Resource) -> bool:
    return scope.text(resource.get("DeploymentController.Type")) == "CODE_DEPLOY"


Applies = Callable[[Scope, Resource], bool]
# Sources: https://docs.aws.amazon.com/medialive/latest/ug/create-input-security-groups.html,
# https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html,
# https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-groups-create-ecs.html
_LACKS: dict[str, tuple[tuple[Applies, str, str], ...]] = {
    "AWS::CodeDeploy::DeploymentGroup": (
        (_is_ecs, "LoadBalancerInfo", "a blue/green deployment of ECS needs a listener and two target groups"),
        (
            _is_ecs,
            "BlueGreenDeploymentConfiguration",
            "a deployment group of ECS must say what becomes of the old tasks",
        ),
    ),
    "AWS::ECS::Service": (
        (_is_code_deploy, "LoadBalancers", "CodeDeploy moves traffic between target groups, and there is none"),
    ),
    "AWS::MediaLive::Input": (
        (_is_pushed, "InputSecurityGroups", "nobody may push to an input without a security group"),
    ),
    "AWS::Route53::HealthCheck": (
        (_is_calculated, "HealthCheckConfig.ChildHealthChecks", "it has no checks to count"),
    ),
}


RULE = Rule(
    id="unfinished-resource",
    kind="missing-resource",
    level="High",
    category="requirements",
    title="Resources without what makes them work",
    issue="{resources} in {file} lack what they cannot work without: {says}.",
    fix="Add {values}, and what it refers to.",
    root_cause="The schema does not ask for it, so its absence was not noticed.",
    lesson="Read for each resource what it needs to do its work, not only to be accepted.",
    reference="https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-groups-create-ecs.html",
    cost="The feature has to be finished by hand.",
    security="None.",
    performance="None.",
    check=check,
    fails=(
        example("""
Resources:
  Feed:
    Type: AWS::MediaLive::Input
    Properties:  # finds
      Name: feed
      Type: RTMP_PUSH
      Destinations: [{StreamName: live/one}, {StreamName: live/two}]
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
