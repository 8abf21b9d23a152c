"""Checks of what services require beside a choice: configurations, parameters and sizes."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping

from grader.case import Case
from grader.facts.checks.base import Broken, Check, unordered, waits_for
from grader.facts.places import Place, identity, places, root_of, target_of
from grader.support.markdown import code
from grader.template import Map, children

# Source: https://docs.aws.amazon.com/appsync/latest/APIReference/API_CreateDataSource.html
_SOURCES = {
    "AWS_LAMBDA": "LambdaConfig",
    "AMAZON_DYNAMODB": "DynamoDBConfig",
    "HTTP": "HttpConfig",
    "AMAZON_OPENSEARCH_SERVICE": "OpenSearchServiceConfig",
    "AMAZON_EVENTBRIDGE": "EventBridgeConfig",
    "RELATIONAL_DATABASE": "RelationalDatabaseConfig",
}
# Source: https://docs.aws.amazon.com/apprunner/latest/dg/architecture.html
_RUNNER_SIZES = {
    "256": ("512", "1024"),
    "512": ("1024",),
    "1024": ("2048", "3072", "4096"),
    "2048": ("4096", "6144"),
    "4096": ("8192", "10240", "12288"),
}
_UNITS = {"0.25": "256", "0.5": "512", "1": "1024", "2": "2048", "4": "4096"}
# Source: https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference.html
_ACTIONS = {
    ("Source", "S3"): ("S3Bucket", "S3ObjectKey"),
    ("Source", "CodeCommit"): ("RepositoryName", "BranchName"),
    ("Source", "CodeStarSourceConnection"): ("ConnectionArn", "FullRepositoryId", "BranchName"),
    ("Source", "ECR"): ("RepositoryName",),
    ("Build", "CodeBuild"): ("ProjectName",),
    ("Test", "CodeBuild"): ("ProjectName",),
    ("Deploy", "CodeDeploy"): ("ApplicationName", "DeploymentGroupName"),
    ("Deploy", "ECS"): ("ClusterName", "ServiceName"),
    ("Deploy", "S3"): ("BucketName", "Extract"),
    ("Deploy", "CloudFormation"): ("ActionMode", "StackName"),
    ("Invoke", "Lambda"): ("FunctionName",),
}
_TOKENS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
_MIN_TOKEN, _MAX_TOKEN = 300, 86400


def token_validity(case: Case, root: Place) -> Iterator[Broken]:
    """Report an access or ID token that is valid for less than five minutes or more than a day; without a unit it is hours."""
    for name in ("AccessToken", "IdToken"):
        [value], [unit] = (places(case, root, path) for path in (f"{name}Validity", f"TokenValidityUnits.{name}"))
        seconds = _TOKENS.get("hours" if unit.is_absent else unit.text)
        if seconds and value.text.isdigit() and not _MIN_TOKEN <= int(value.text) * seconds <= _MAX_TOKEN:
            told = "`hours`, the default" if unit.is_absent else code(unit.text)
            yield Broken(value, f"{code(f'{name}Validity')} is {code(value.text)} and its unit is {told}")


def data_source_configuration(case: Case, root: Place) -> Iterator[Broken]:
    """Report a data source without the configuration of its type."""
    [kind] = places(case, root, "Type")
    name = _SOURCES.get(kind.text)
    if name and places(case, root, name)[0].is_absent:
        yield Broken(kind, f"{code('Type')} is {code(kind.text)} and {code(name)} is not set")


def runner_size(case: Case, root: Place) -> Iterator[Broken]:
    """Report a combination of CPU and memory that App Runner does not offer."""
    texts = []
    for name, default in (("Cpu", "1024"), ("Memory", "2048")):
        [place] = places(case, root, f"InstanceConfiguration.{name}")
        text = default if place.is_absent else place.text
        amount = re.sub(r"\s*(vCPU|GB)$", "", text)
        texts.append(
            _UNITS.get(amount, text) if name == "Cpu" else str(int(float(amount) * 1024)) if amount != text else text
        )
    sizes = _RUNNER_SIZES.get(texts[0])
    if sizes and texts[1].isdigit() and texts[1] not in sizes:
        [memory] = places(case, root, "InstanceConfiguration.Memory")
        yield Broken(
            memory if memory.node else root,
            f"{code('Cpu')} is {code(texts[0])} and {code('Memory')} is {code(texts[1])}",
        )


def mixed_environments(case: Case, root: Place) -> Iterator[Broken]:
    """Report a job queue whose compute environments are of Fargate and of instances."""
    kinds = {
        place.text.removesuffix("_SPOT") == "FARGATE"
        for place in places(case, root, "ComputeEnvironmentOrder.*.ComputeEnvironment -> ComputeResources.Type")
        if not place.is_absent and not place.is_open
    }
    if len(kinds) > 1:
        [order] = places(case, root, "ComputeEnvironmentOrder")
        yield Broken(order, "some of the compute environments are of Fargate and some of instances")


def listed_values(case: Case, root: Place) -> Iterator[Broken]:
    """Report a policy whose headers, cookies or query strings are to be listed and are not."""
    for parent in ("CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin", "OriginRequestPolicyConfig"):
        for part, behavior, names in (
            ("HeadersConfig", "HeaderBehavior", "Headers"),
            ("CookiesConfig", "CookieBehavior", "Cookies"),
            ("QueryStringsConfig", "QueryStringBehavior", "QueryStrings"),
        ):
            [how], [listed] = (places(case, root, f"{parent}.{part}.{name}") for name in (behavior, names))
            if how.text in ("whitelist", "allExcept") and listed.is_absent:
                yield Broken(how, f"{code(behavior)} is {code(how.text)} and {code(names)} is not set")


def action_configuration(case: Case, root: Place) -> Iterator[Broken]:
    """Report an action of a pipeline without a key that its provider requires."""
    for action in places(case, root, "Stages.*.Actions.*"):
        [category], [provider] = (places(case, action, f"ActionTypeId.{name}") for name in ("Category", "Provider"))
        [given] = places(case, action, "Configuration")
        if given.is_open and not isinstance(given.node, Map):
            continue
        for key in _ACTIONS.get((category.text, provider.text), ()):
            if places(case, action, f"Configuration.{key}")[0].is_absent:
                yield Broken(given if given.node else action, f"{code('Configuration')} has no {code(key)}")
                break


def default_providers(case: Case, root: Place) -> Iterator[Broken]:
    """Report a capacity provider of the default strategy that the cluster does not have."""
    given = places(case, root, "CapacityProviders.*")
    named = {identity(case, place) for place in given}
    if any(place.is_open and identity(case, place) is None for place in given):
        return
    for place in places(case, root, "DefaultCapacityProviderStrategy.*.CapacityProvider"):
        found = identity(case, place)
        if found is not None and found not in named:
            yield Broken(place, f"{code('CapacityProviders')} does not have {code(place.text)}")


def input_templates(case: Case, root: Place) -> Iterator[Broken]:
    """Report a name of an input template that its paths do not define."""
    for transformer in places(case, root, "Targets.*.InputTransformer"):
        [paths], [template] = (places(case, transformer, name) for name in ("InputPathsMap", "InputTemplate"))
        if template.is_absent or (not paths.is_absent and not isinstance(paths.value, dict)):
            continue
        known = set(paths.value) if isinstance(paths.value, dict) else set()
        for name in re.findall(r"(?<!\\)<([A-Za-z0-9_-]+)>", template.text):
            if name not in known:
                yield Broken(template, f"{code('InputPathsMap')} has no {code(name)}")
                break


def suricata_ids(case: Case, root: Place) -> Iterator[Broken]:
    """Report Suricata rules without an id, and two rules with one id."""
    [place] = places(case, root, "RuleGroup.RulesSource.RulesString")
    if place.is_absent or place.is_open:
        return
    rules = [
        line
        for line in place.text.replace("\\\n", " ").splitlines()
        if re.match(r"\s*(pass|drop|reject|alert)\b", line)
    ]
    found = [re.findall(r"\bsid\s*:\s*(\d+)", rule) for rule in rules]
    ids = [one for ids in found for one in ids]
    if any(not one for one in found):
        yield Broken(place, "a rule has no sid")
    elif len(set(ids)) < len(ids):
        yield Broken(place, "two rules have the same sid")


_SCHEDULED = ((":kinesis:", "KinesisParameters"), (":ecs:", "EcsParameters"), (":scheduler:::aws-sdk:", "Input"))
_PIPED = ((":kinesis:", "KinesisStreamParameters"), (":ecs:", "EcsTaskParameters"))
_KINDS = {"AWS::Kinesis::Stream": ":kinesis:", "AWS::ECS::Cluster": ":ecs:"}


def schedule_targets(case: Case, root: Place) -> Iterator[Broken]:
    """Report a target of a schedule without the parameters of its service."""
    yield from _lacking(case, places(case, root, "Target"), "Arn", "", _SCHEDULED)


def pipe_targets(case: Case, root: Place) -> Iterator[Broken]:
    """Report a target of a pipe without the parameters of its service."""
    yield from _lacking(case, [root], "Target", "TargetParameters.", _PIPED)


def _lacking(
    case: Case, holders: list[Place], name: str, prefix: str, table: tuple[tuple[str, str], ...]
) -> Iterator[Broken]:
    for holder in holders:
        [arn] = places(case, holder, name)
        target = target_of(case, arn)
        text = _KINDS.get(target.type, "") if target is not None else "" if arn.is_absent else arn.text
        for part, parameters in table:
            if part in text and places(case, holder, prefix + parameters)[0].is_absent:
                yield Broken(arn, f"the target is {code(arn.text)} and {code(parameters)} is not set")


def second_block(case: Case, root: Place) -> Iterator[Broken]:
    """Report a subnet in a block that its VPC gets from another resource, for which it does not wait."""
    [block], [network] = (places(case, root, name) for name in ("CidrBlock", "VpcId"))
    owner = identity(case, network)
    for added in root.template.of_type("AWS::EC2::VPCCidrBlock"):
        there = root_of(root.template, added)
        [more], [vpc] = (places(case, there, name) for name in ("CidrBlock", "VpcId"))
        if owner is None or identity(case, vpc) != owner or case.scopes[root.template.file].exists(added) is not True:
            continue
        try:
            inside = ipaddress.IPv4Network(block.text).subnet_of(ipaddress.IPv4Network(more.text))
        except ValueError:
            continue
        if inside and not waits_for(case, root, added.name):
            yield unordered(block, added.name)


def endpoint_region(case: Case, root: Place) -> Iterator[Broken]:
    """Report an endpoint of a service of another region than the stack's."""
    [name], [region] = (places(case, root, path) for path in ("ServiceName", "ServiceRegion"))
    match = (
        re.match(r"com\.amazonaws\.(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)\.", name.text) if not name.is_absent else None
    )
    if match and region.is_absent and match["region"] != case.account.region:
        yield Broken(name, f"the service is in {match['region']}, and the endpoint in {case.account.region}")


def firewall_fields(case: Case, root: Place) -> Iterator[Broken]:
    """Report a match statement of a rule that looks at several parts of a request."""
    kinds = (
        "ByteMatchStatement",
        "RegexMatchStatement",
        "SizeConstraintStatement",
        "SqliMatchStatement",
        "XssMatchStatement",
    )
    for kind in kinds:
        for place in places(case, root, f"Rules.*.Statement.{kind}.FieldToMatch"):
            if isinstance(place.node, Map) and len(list(children(place.node))) > 1:
                yield Broken(place, f"{code('FieldToMatch')} has {len(list(children(place.node)))} parts")


CHECKS: Mapping[str, Check] = {
    "token-validity": token_validity,
    "data-source-configuration": data_source_configuration,
    "runner-size": runner_size,
    "mixed-environments": mixed_environments,
    "listed-values": listed_values,
    "action-configuration": action_configuration,
    "default-providers": default_providers,
    "input-templates": input_templates,
    "suricata-ids": suricata_ids,
    "schedule-targets": schedule_targets,
    "pipe-targets": pipe_targets,
    "second-block": second_block,
    "endpoint-region": endpoint_region,
    "firewall-fields": firewall_fields,
}
