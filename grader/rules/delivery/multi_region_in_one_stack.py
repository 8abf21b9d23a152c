"""Resources in regions that the stack is not deployed to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.template import Resource, Scope, Template, is_known

_ZONE = re.compile(r"([a-z]{2}(?:-[a-z]+)+-\d)[a-z]")
# Where a type lists the regions of its replicas.
# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/ of each type.
_REPLICAS = {"AWS::DynamoDB::GlobalTable": "Replicas", "AWS::SecretsManager::Secret": "ReplicaRegions"}
_ASKED = {
    "AWS::DynamoDB::GlobalTable": r"global[\s-]+tables?|globaltable|active-active",
    "AWS::SecretsManager::Secret": r"secrets?[^.\n]{0,80}(replicat|multi-region|both regions|regions)",
}


def check(case: Case) -> Iterator[RuleFinding]:
    """Report replicas, subnets and volumes in regions other than those of the task's account."""
    home = {case.account.region, *case.account.regions}
    for template, resource in case.resources():
        scope = case.scopes[template.file]
        if scope.exists(resource) is False:
            continue
        if resource.type in _REPLICAS:
            yield from _replicas(case, template, resource, home)
        else:
            yield from _zone(template, resource, scope, home)
    for template in case.templates:
        yield from _apart(case, template, home)


def _apart(case: Case, template: Template, home: set[str]) -> Iterator[RuleFinding]:
    """Report what stands in zones of a second region, wherever the stack itself is created."""
    scope = case.scopes[template.file]
    zones = {
        resource.name: match.group(1)
        for resource in template.resources.values()
        if scope.exists(resource) is not False
        and isinstance(zone := scope.value(resource.get("AvailabilityZone")), str)
        and (match := _ZONE.fullmatch(zone))
    }
    for name, region in zones.items():
        if len(set(zones.values())) > 1 and region != case.account.region and region in home:
            message = f"stands in {region}, while others of the stack stand elsewhere"
            yield at_property(
                template,
                template.resources[name],
                "AvailabilityZone",
                message,
                value=region,
                region=case.account.region,
            )


def _replicas(case: Case, template: Template, resource: Resource, home: set[str]) -> Iterator[RuleFinding]:
    path = _REPLICAS[resource.type]
    replicas = case.scopes[template.file].value(resource.get(path))
    regions = (
        [str(replica.get("Region", "")) for replica in replicas if isinstance(replica, dict)]
        if isinstance(replicas, list)
        else []
    )
    away = [region for region in regions if is_known(region) and region not in home]
    away += [region for region in regions if not is_known(region) and len(regions) > 1 and "AWS::Region" not in region]
    if not away or re.search(_ASKED[resource.type], case.prompt) or _explained(case):
        return
    message = f"has replicas in {', '.join(away)}, while the task deploys to {case.account.region} alone"
    yield at_property(template, resource, path, message, value=", ".join(away), region=case.account.region)


def _explained(case: Case) -> bool:
    """Whether a document tells what the other regions need before the deployment."""
    return case.documented(
        r"(prerequisite|before (you )?deploy|required)[^\n]{0,200}(replica|second(ary)?) region"
    ) or (case.documented(r"(replica|secondary) regions?[^\n]{0,120}(must|need|require|permission|enabled)"))


def _zone(template: Template, resource: Resource, scope: Scope, home: set[str]) -> Iterator[RuleFinding]:
    zone = scope.value(resource.get("AvailabilityZone"))
    match = _ZONE.fullmatch(zone) if isinstance(zone, str) else None
    if match and match.group(1) not in home:
        message = f"stands in {zone}, while the stack is created in {sorted(home)[0]}"
        yield at_property(template, resource, "AvailabilityZone", message, value=str(zone), region=sorted(home)[0])


RULE = Rule(
    id="multi-region-in-one-stack",
    kind="multi-region-in-one-stack",
    level="Critical",
    category="regions",
    title="{type} reaches into other regions from a single-region stack",
    issue="Resources that reach into {value}, in {file}: {resources}; the deployment is to {region}. A stack creates "
    "resources in its own region; what lies elsewhere needs permissions, keys and quotas there that nothing here "
    "provides or explains.",
    fix="Keep to {region}: an AWS::DynamoDB::Table instead of a global table, zones from Fn::GetAZs, no replica regions. Where "
    "several regions are wanted, make the replicas a parameter that is off by default, or one stack for each region.",
    root_cause="Several regions were taken for granted where the task names one environment in one region.",
    lesson="Deploy to one region unless more are asked for, and say what each further region needs.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacks.html",
    cost="Every replica is billed again in its region, replicated writes included.",
    security="Replicas need keys and permissions in every region, or they fall back to what is there.",
    performance="Replication lag and cross-region traffic, for no reader in those regions.",
    check=check,
    fails=(
        example("""
Resources:
  Orders:
    Type: AWS::DynamoDB::GlobalTable
    Properties:
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      BillingMode: PAY_PER_REQUEST
      StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}
      Replicas:  # finds
        - Region: us-east-1
        - Region: eu-west-1
"""),
        example("""
Resources:
  Network:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
  Standby:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Network
      CidrBlock: 10.0.1.0/24
      AvailabilityZone: us-west-2a  # finds
"""),
    ),
    passes=(
        example("""
Resources:
  Orders:
    Type: AWS::DynamoDB::GlobalTable
    Properties:
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      BillingMode: PAY_PER_REQUEST
      Replicas: [{Region: !Ref AWS::Region}]
"""),
    ),
)
