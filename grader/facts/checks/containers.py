"""Checks of container images, tasks and the subnets of Fargate profiles."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from grader.case import Case
from grader.facts.checks.base import Broken, Check
from grader.facts.places import Place, identity, places, root_of, target_of
from grader.support.markdown import code
from grader.template import Resource, Template

# What leads out of a VPC, or to services of AWS, without a route table entry of the template.
_WAYS_OUT = ("AWS::EC2::VPCEndpoint", "AWS::EC2::TransitGatewayAttachment", "AWS::EC2::VPCPeeringConnection")


def image_lifecycle(case: Case, root: Place) -> Iterator[Broken]:
    """Report the first rule of a lifecycle policy that Amazon ECR rejects; JSON that cannot be read is left alone."""
    for path in ("LifecyclePolicy.LifecyclePolicyText", "LifecyclePolicy"):
        for place in places(case, root, path):
            detail = None if place.is_absent else _lifecycle_fault(_read(place))
            if detail:
                yield Broken(place, detail)
                return


def _read(place: Place) -> object:
    try:
        return json.loads(place.text)
    except (ValueError, RecursionError):
        return None


def _lifecycle_fault(policy: object) -> str | None:
    rules = policy.get("rules") if isinstance(policy, dict) else None
    found = [rule for rule in rules if isinstance(rule, dict)] if isinstance(rules, list) else []
    priorities = [rule.get("rulePriority") for rule in found]
    if len({str(one) for one in priorities}) < len(priorities):
        return "two rules of the lifecycle policy have the same rulePriority"
    for rule in found:
        selection = rule.get("selection")
        detail = (
            _selection_fault(selection, rule.get("rulePriority"), priorities) if isinstance(selection, dict) else None
        )
        if detail:
            return f"the lifecycle rule {rule.get('rulePriority')} {detail}"
    return None


def _selection_fault(selection: dict[str, object], priority: object, priorities: list[object]) -> str | None:
    """Return what is wrong with the selection of a rule.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
    """
    status, kind = selection.get("tagStatus"), selection.get("countType")
    if status == "tagged" and not selection.get("tagPrefixList") and not selection.get("tagPatternList"):
        return "has the tagStatus tagged and neither tagPrefixList nor tagPatternList"
    if kind == "sinceImagePushed" and "countUnit" not in selection:
        return "has the countType sinceImagePushed and no countUnit"
    if kind == "imageCountMoreThan" and "countUnit" in selection:
        return "has the countType imageCountMoreThan and a countUnit"
    numbers = [one for one in priorities if isinstance(one, int)]
    if status == "any" and isinstance(priority, int) and priority < max(numbers):
        return "has the tagStatus any and not the highest rulePriority"
    return None


def container_dependencies(case: Case, root: Place) -> Iterator[Broken]:
    """Report a dependency on a container that the task does not define, or on the health of a container without a check."""
    checks: dict[str, bool] = {}
    for container in places(case, root, "ContainerDefinitions.*"):
        [name], [check] = (places(case, container, step) for step in ("Name", "HealthCheck"))
        if name.is_absent or name.is_open:
            return
        checks[name.text] = not check.is_absent
    for dependency in places(case, root, "ContainerDefinitions.*.DependsOn.*"):
        [name], [condition] = (places(case, dependency, step) for step in ("ContainerName", "Condition"))
        if name.is_absent or name.is_open:
            continue
        if name.text not in checks:
            yield Broken(name, f"no container of the task is named {code(name.text)}")
        elif condition.text == "HEALTHY" and not checks[name.text]:
            yield Broken(condition, f"the container {code(name.text)} has no health check")


def service_connect_ports(case: Case, root: Place) -> Iterator[Broken]:
    """Report a port of Service Connect that no port mapping of the task names."""
    [definition] = places(case, root, "TaskDefinition")
    task = target_of(case, definition)
    if task is None:
        return
    named = places(case, root_of(root.template, task), "ContainerDefinitions.*.PortMappings.*.Name")
    if any(place.is_open for place in named):
        return
    names = {place.text for place in named if not place.is_absent}
    for place in places(case, root, "ServiceConnectConfiguration.Services.*.PortName"):
        if not place.is_absent and not place.is_open and place.text not in names:
            yield Broken(place, f"no port mapping of {task.name} is named {code(place.text)}")


def fargate_profile_subnets(case: Case, root: Place) -> Iterator[Broken]:
    """Report a subnet of a Fargate profile whose route table leads to an internet gateway."""
    for place in places(case, root, "Subnets.*"):
        subnet = target_of(case, place)
        gateway = _public_by(case, root.template, subnet) if subnet is not None else None
        if subnet is not None and gateway:
            yield Broken(place, f"{subnet.name} has a route to the internet gateway {gateway}")


def node_subnets_public(case: Case, root: Place) -> Iterator[Broken]:
    """Report a public subnet of a node group that gives its instances no public addresses."""
    for place in places(case, root, "Subnets.*"):
        subnet = target_of(case, place)
        if subnet is None or not _public_by(case, root.template, subnet):
            continue
        [setting] = places(case, root_of(root.template, subnet), "MapPublicIpOnLaunch")
        if setting.is_absent or setting.text == "false":
            yield Broken(place, f"{subnet.name} is public and {code('MapPublicIpOnLaunch')} is not true")


def node_subnets_isolated(case: Case, root: Place) -> Iterator[Broken]:
    """Report a node group whose subnets have no route out of a VPC that has no endpoints either."""
    if any(True for _ in case.resources(*_WAYS_OUT)):
        return
    for place in places(case, root, "Subnets.*"):
        subnet = target_of(case, place)
        if subnet is None or subnet.type != "AWS::EC2::Subnet":
            return
        network = target_of(case, places(case, root_of(root.template, subnet), "VpcId")[0])
        if network is None or any(_routes(case, root.template, subnet)):
            return
    for place in places(case, root, "Subnets"):
        if not place.is_absent:
            yield Broken(place, "none of the subnets has a route out of the VPC")


def _public_by(case: Case, template: Template, subnet: Resource) -> str | None:
    """Return the internet gateway that a subnet has a route to."""
    for route in _routes(case, template, subnet):
        gateway = target_of(case, places(case, route, "GatewayId")[0])
        if gateway is not None and gateway.type == "AWS::EC2::InternetGateway":
            return gateway.name
    return None


def _routes(case: Case, template: Template, subnet: Resource) -> Iterator[Place]:
    """Yield the routes of the route table that a subnet is associated with, as far as they would be created."""
    tables = {
        identity(case, table)
        for association in template.of_type("AWS::EC2::SubnetRouteTableAssociation")
        for there in [root_of(template, association)]
        if identity(case, places(case, there, "SubnetId")[0]) == (template.file, subnet.name)
        for table in places(case, there, "RouteTableId")
    }
    for route in template.of_type("AWS::EC2::Route"):
        there = root_of(template, route)
        if identity(case, places(case, there, "RouteTableId")[0]) in tables and case.scopes[template.file].exists(
            route
        ):
            yield there


CHECKS: Mapping[str, Check] = {
    "node-subnets-public": node_subnets_public,
    "node-subnets-isolated": node_subnets_isolated,
    "image-lifecycle": image_lifecycle,
    "container-dependencies": container_dependencies,
    "service-connect-ports": service_connect_ports,
    "fargate-profile-subnets": fargate_profile_subnets,
}
