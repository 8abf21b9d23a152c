"""Resources in regions that the stack is not deployed to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.support.markdown import code, listed
from grader.template import Resource, Template, is_known

_ZONE = re.compile(r"([a-z]{2}(?:-[a-z]+)+-\d)[a-z]")
_COMMAND = r"(?:--region|aws_region|aws_default_region)[ =:\"']+([a-z]{2}(?:-[a-z]+)+-\d)"
# Where a type lists the regions of its replicas.
# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/ of each type.
_REPLICAS = {"AWS::DynamoDB::GlobalTable": "Replicas", "AWS::SecretsManager::Secret": "ReplicaRegions"}
_CONSEQUENCES = {
    "AWS::DynamoDB::GlobalTable": {
        "consequence": "DynamoDB creates a replica only where the deploying role and the account may use its region, and bills "
        "replicated writes and storage there; nothing in the response prepares that.",
        "remedy": "Use an AWS::DynamoDB::Table, or a global table with a replica in the region of the stack only. Where a second "
        "region is wanted, make it a parameter.",
    },
    "AWS::SecretsManager::Secret": {
        "consequence": "Secrets Manager copies the secret into a region that the prompt does not name, and bills the copy.",
        "remedy": "Remove ReplicaRegions, or make the regions a parameter that is empty by default.",
    },
}
_ASKED = {
    "AWS::DynamoDB::GlobalTable": r"\bglobal[\s-]*tables?\b|\bactive-active\b|\bmulti-?region\b|\bcross-region\b",
    "AWS::SecretsManager::Secret": r"\breplicat\w+|\bmulti-?region\b|\b(both|several|multiple|other) regions\b|\bcross-region\b",
}


def check(case: Case) -> Iterator[RuleFinding]:
    """Report replicas, subnets and volumes in regions other than that of the stack."""
    home = _home(case)
    for template, resource in case.resources():
        if case.scopes[template.file].exists(resource) is False:
            continue
        if resource.type in _REPLICAS:
            yield from _replicas(case, template, resource, home)
    for template in case.templates:
        yield from _zones(case, template, home)


def _home(case: Case) -> set[str]:
    """Return the regions of the task; where the prompt names none, also those that the response deploys to."""
    home = {case.account.region, *case.account.regions}
    if not any(region in case.prompt for region in home):
        home |= set(re.findall(_COMMAND, case.prose))
    return home


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
    if not away or case.request.orders(_ASKED[resource.type]) or _is_explained(case):
        return
    message = f"has replicas in {', '.join(away)}, while the stack is created in {case.account.region}"
    because = f"{code(path)} lists {listed(regions)}; the prompt names no region beside {code(case.account.region)}."
    # A secret's replica only costs; a table's replica is refused where the deploying role may not act in its region.
    level = "Medium" if resource.type == "AWS::SecretsManager::Secret" else ""
    yield at_property(
        template,
        resource,
        path,
        message,
        level=level,
        value=", ".join(away),
        region=case.account.region,
        because=because,
        **_CONSEQUENCES[resource.type],
    )


def _is_explained(case: Case) -> bool:
    """Whether a document says what the other regions need before the deployment."""
    return case.documented(
        r"(prerequisite|before (you )?deploy|required)[^\n]{0,200}(replica|second(ary)?) region"
    ) or (case.documented(r"(replica|secondary) regions?[^\n]{0,120}(must|need|require|permission|enabled)"))


def _home_of(case: Case) -> str:
    region = case.account.region
    asked = case.request.first(re.escape(region))
    return (
        f"The prompt names {code(region)} in line {asked.line}."
        if asked
        else f"The region of the task is {code(region)}."
    )


def _zones(case: Case, template: Template, home: set[str]) -> Iterator[RuleFinding]:
    """Report zones outside the region of the stack; where several regions are the task's, those that one stack mixes."""
    scope = case.scopes[template.file]
    zones = {
        resource.name: zone
        for resource in template.resources.values()
        if scope.exists(resource) is not False
        and isinstance(zone := scope.value(resource.get("AvailabilityZone")), str)
        and _ZONE.fullmatch(zone)
    }
    regions = {zone[:-1] for zone in zones.values()}
    for name, zone in zones.items():
        region = zone[:-1]
        mixed = len(regions) > 1 and region != case.account.region
        if region in home and not mixed:
            continue
        others = [f"{code(other)} in {code(theirs)}" for other, theirs in zones.items() if theirs[:-1] != region]
        because = f"The same stack has {others[0]}." if others else _home_of(case)
        stack = next((one for one in sorted(regions) if one != region and mixed), case.account.region)
        yield at_property(
            template,
            template.resources[name],
            "AvailabilityZone",
            f"has the zone {zone}, while the stack is created in {stack}",
            value=zone,
            region=stack,
            because=because,
            consequence="EC2 rejects a zone of another region, and the stack rolls back.",
            remedy=f"Select the zones of {code(stack)} with Fn::GetAZs, and create what belongs to another region in a stack there.",
        )


RULE = Rule(
    id="multi-region-in-one-stack",
    kind="multi-region-in-one-stack",
    level="Critical",
    category="regions",
    title="{type} reaches into another region: {values}",
    issue="{resources} in {file} {reaches|reach} into {values}, and the stack is created in {region}. {consequence}",
    fix="{remedy}",
    root_cause="{because}",
    lesson="Deploy one stack for each region.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacks.html",
    aws_behaviour="EC2 rejects a zone of another region and the stack is rolled back; a replica of a table is created only "
    "where the deploying role and the account may use its region; a replica of a secret is created and billed.",
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
