"""Resources that are created without a part that they need to work."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.support.markdown import code
from grader.template import NO_VALUE, Resource, Scope


def check(case: Case) -> Iterator[RuleFinding]:
    """Report resources that are created and cannot work, because a part is missing that no schema requires."""
    for template, resource in case.resources(*_LACKS):
        scope = case.scopes[template.file]
        if scope.exists(resource) is False:
            continue
        for applies, path, reason in _LACKS[resource.type]:
            if scope.value(resource.get(path)) in (NO_VALUE, None, [], {}, "") and applies(scope, resource):
                state = "missing" if resource.get(path) is None else "empty"
                because = f"{code(path)} is {state}: {reason}. The schema of {code(resource.type)} accepts that."
                yield at_property(template, resource, path, f"{path} is {state}: {reason}", value=path, because=because)


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
        (
            _is_ecs,
            "BlueGreenDeploymentConfiguration",
            "a deployment group for ECS has to state what happens to the old tasks",
        ),
    ),
    "AWS::ECS::Service": (
        (_is_code_deploy, "LoadBalancers", "CodeDeploy shifts traffic between target groups, and the service has none"),
    ),
    "AWS::MediaLive::Input": (
        (_is_pushed, "InputSecurityGroups", "an input without a security group accepts no stream"),
    ),
    "AWS::Route53::HealthCheck": (
        (
            _is_calculated,
            "HealthCheckConfig.ChildHealthChecks",
            "a calculated check without child checks is never healthy",
        ),
    ),
}


RULE = Rule(
    id="unfinished-resource",
    kind="missing-resource",
    level="High",
    category="requirements",
    title="Incomplete {types}: no {values}",
    issue="{resources} in {file} {is|are} created without {values}. CloudFormation accepts the {resource|resources}, which cannot work "
    "without it.",
    fix="Add {values} to {resources}, with the resources that {it refers|they refer} to.",
    root_cause="{because}",
    lesson="Check for each resource what it needs to work, beside what its schema requires.",
    reference="https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-groups-create-ecs.html",
    aws_behaviour="CloudFormation accepts the resource; the feature fails when it is used.",
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
  Sources:
    Type: AWS::MediaLive::InputSecurityGroup
    Properties: {WhitelistRules: [{Cidr: 203.0.113.0/24}]}
  Feed:
    Type: AWS::MediaLive::Input
    Properties:
      Name: feed
      Type: RTMP_PUSH
      InputSecurityGroups: [!Ref Sources]
      Destinations: [{StreamName: live/one}, {StreamName: live/two}]
"""),
        example("""
Resources:
  Feed:
    Type: AWS::MediaLive::Input
    Properties: {Name: feed, Type: URL_PULL, Sources: [{Url: 'https://media.shop.dev/live.m3u8'}]}
"""),
    ),
)
