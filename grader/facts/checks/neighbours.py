"""Checks of resources that name each other: networks, ports, roles, artifacts and alarms that have to fit together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from grader.case import Case
from grader.case.policies import allowed, documents_of, statements_in, texts_in
from grader.facts.checks.base import Broken, Check, bucket_policies, unordered, waits_for
from grader.facts.places import Place, identity, places, root_of, target_of
from grader.support.markdown import code
from grader.template import Resource, as_text

# The paths of the security groups and of the subnets of a resource.
_NETWORKED: Mapping[str, tuple[str, str]] = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("SecurityGroups.*", "Subnets.*"),
    "AWS::ElasticLoadBalancing::LoadBalancer": ("SecurityGroups.*", "Subnets.*"),
    "AWS::EC2::Instance": ("SecurityGroupIds.*", "SubnetId"),
    "AWS::Lambda::Function": ("VpcConfig.SecurityGroupIds.*", "VpcConfig.SubnetIds.*"),
    "AWS::ECS::Service": (
        "NetworkConfiguration.AwsvpcConfiguration.SecurityGroups.*",
        "NetworkConfiguration.AwsvpcConfiguration.Subnets.*",
    ),
    "AWS::RDS::DBInstance": ("VPCSecurityGroups.*", "DBSubnetGroupName -> SubnetIds.*"),
    "AWS::RDS::DBCluster": ("VpcSecurityGroupIds.*", "DBSubnetGroupName -> SubnetIds.*"),
    "AWS::DocDB::DBCluster": ("VpcSecurityGroupIds.*", "DBSubnetGroupName -> SubnetIds.*"),
    "AWS::Neptune::DBCluster": ("VpcSecurityGroupIds.*", "DBSubnetGroupName -> SubnetIds.*"),
    "AWS::ElastiCache::ReplicationGroup": ("SecurityGroupIds.*", "CacheSubnetGroupName -> SubnetIds.*"),
    "AWS::ElastiCache::CacheCluster": ("VpcSecurityGroupIds.*", "CacheSubnetGroupName -> SubnetIds.*"),
    "AWS::Redshift::Cluster": ("VpcSecurityGroupIds.*", "ClusterSubnetGroupName -> SubnetIds.*"),
    "AWS::EFS::MountTarget": ("SecurityGroups.*", "SubnetId"),
    "AWS::EC2::VPCEndpoint": ("SecurityGroupIds.*", "SubnetIds.*"),
    "AWS::OpenSearchService::Domain": ("VPCOptions.SecurityGroupIds.*", "VPCOptions.SubnetIds.*"),
    "AWS::MSK::Cluster": ("BrokerNodeGroupInfo.SecurityGroups.*", "BrokerNodeGroupInfo.ClientSubnets.*"),
    "AWS::EKS::Cluster": ("ResourcesVpcConfig.SecurityGroupIds.*", "ResourcesVpcConfig.SubnetIds.*"),
    "AWS::CodeBuild::Project": ("VpcConfig.SecurityGroupIds.*", "VpcConfig.Subnets.*"),
}


def security_group_network(case: Case, root: Place) -> Iterator[Broken]:
    """Report a security group that is of another VPC than the subnets of a resource; without VpcId it is of the default VPC."""
    groups, subnets = _NETWORKED[root.resource.type]
    networks = {found for one in places(case, root, subnets) if (found := _network(case, one, "AWS::EC2::Subnet"))}
    if len(networks) != 1:
        return
    [network] = networks
    for place in places(case, root, groups):
        group = target_of(case, place)
        if group is None or group.type != "AWS::EC2::SecurityGroup":
            continue
        [own] = places(case, root_of(root.template, group), "VpcId")
        theirs = "" if own.is_absent else _network(case, place, "AWS::EC2::SecurityGroup")
        if theirs is not None and theirs != network:
            where = f"is in {theirs}" if theirs else "has no `VpcId`, which puts it into the default VPC"
            yield Broken(place, f"{group.name} {where}, and the subnets are in {network}")
            return


def _network(case: Case, place: Place, kind: str) -> str | None:
    """Return the VPC of the template that a subnet or a security group is of; None where it is of another or unknown."""
    target = target_of(case, place)
    if target is None or target.type != kind:
        return None
    [vpc] = places(case, root_of(place.template, target), "VpcId")
    found = target_of(case, vpc)
    return found.name if found is not None and found.type == "AWS::EC2::VPC" else None


def target_group_network(case: Case, root: Place) -> Iterator[Broken]:
    """Report a listener that forwards to a target group of another VPC than its load balancer's."""
    balancers = {
        found
        for one in places(case, root, "LoadBalancerArn -> Subnets.*")
        if (found := _network(case, one, "AWS::EC2::Subnet"))
    }
    for place in places(case, root, "DefaultActions.*.TargetGroupArn"):
        theirs = _network(case, place, "AWS::ElasticLoadBalancingV2::TargetGroup")
        if theirs is not None and len(balancers) == 1 and theirs not in balancers:
            yield Broken(place, f"its VPC is {theirs}, and the load balancer is in {next(iter(balancers))}")


def gateway_without_internet(case: Case, root: Place) -> Iterator[Broken]:
    """Report a public NAT gateway in a VPC of the template to which no internet gateway is attached."""
    [kind], [subnet] = places(case, root, "ConnectivityType"), places(case, root, "SubnetId")
    network = _network(case, subnet, "AWS::EC2::Subnet")
    if kind.text == "private" or network is None:
        return
    for template, one in case.resources("AWS::EC2::VPCGatewayAttachment"):
        [vpc] = places(case, root_of(template, one), "VpcId")
        if template.file != root.template.file or identity(case, vpc) in (None, (template.file, network)):
            return
    yield Broken(subnet, f"no AWS::EC2::VPCGatewayAttachment attaches an internet gateway to {network}")


def service_container_port(case: Case, root: Place) -> Iterator[Broken]:
    """Report a load balancer of a service that names a port which its container does not map."""
    for item in places(case, root, "LoadBalancers.*"):
        [name], [port] = places(case, item, "@.ContainerName", item), places(case, item, "@.ContainerPort", item)
        if name.is_absent or name.is_open or port.is_absent or port.is_open:
            continue
        for container in places(case, root, "TaskDefinition -> ContainerDefinitions.*"):
            [own] = places(case, container, "@.Name", container)
            ports = places(case, container, "@.PortMappings.*.ContainerPort", container)
            if own.text != name.text or any(one.is_open for one in ports):
                continue
            found = [one.text for one in ports if not one.is_absent]
            if port.text not in found:
                there = f"maps {' and '.join(found)}" if found else "maps no port"
                yield Broken(port, f"ContainerPort is {code(port.text)}, and the container {name.text} {there}")


_ARM = re.compile(r"^(a1|[a-z]+\d+g[a-z]*|x2gd|im4gn|is4gen)\.")
_INTEL = re.compile(r"x86_64|x86-64|amd64|amzn2-ami-hvm-x86|/x64/")
_ARM_IMAGE = re.compile(r"arm64|aarch64")


def image_architecture(case: Case, root: Place) -> Iterator[Broken]:
    """Report an image of another processor architecture than the instance type's, where its name says it."""
    before = "LaunchTemplateData." if root.resource.type == "AWS::EC2::LaunchTemplate" else ""
    [kind], [image] = places(case, root, f"{before}InstanceType"), places(case, root, f"{before}ImageId")
    if kind.is_absent or kind.is_open or image.is_absent:
        return
    text = image.text.removeprefix("${").removesuffix("}")
    parameter = root.template.parameters.get(text)
    source = as_text(parameter.default) if parameter is not None and parameter.default is not None else image.text
    is_arm = _ARM.match(kind.text) is not None
    wrong = _INTEL if is_arm else _ARM_IMAGE
    if wrong.search(source):
        theirs, own = ("x86_64", "arm64") if is_arm else ("arm64", "x86_64")
        yield Broken(image, f"the image is for {theirs}, and {kind.text} is an {own} instance type")


def method_integration(case: Case, root: Place) -> Iterator[Broken]:
    """Report a method without an integration in an API that the template deploys, and a function's own ARN as its Uri."""
    [integration], [api] = places(case, root, "Integration"), places(case, root, "RestApiId")
    [uri] = places(case, root, "Integration.Uri")
    target = target_of(case, uri) if not uri.is_absent else None
    if integration.is_absent:
        for template, one in case.resources("AWS::ApiGateway::Deployment"):
            [theirs] = places(case, root_of(template, one), "RestApiId")
            if identity(case, api) is not None and identity(case, api) == identity(case, theirs):
                yield Broken(root, f"`Integration` is not set, and {one.name} deploys the API")
                return
    elif target is not None and target.type == "AWS::Lambda::Function" and re.fullmatch(r"\$\{\w+(\.Arn)?\}", uri.text):
        yield Broken(uri, f"`Uri` is the ARN of {target.name} itself")


def pipeline_artifacts(case: Case, root: Place) -> Iterator[Broken]:
    """Report an input artifact of a pipeline that no action before it gives."""
    given: set[str] = set()
    for stage in places(case, root, "Stages.*"):
        found: set[str] = set()
        for action in places(case, stage, "@.Actions.*", stage):
            outputs = places(case, action, "@.OutputArtifacts.*.Name", action)
            if any(one.is_open for one in outputs):
                return
            found |= {one.text for one in outputs if not one.is_absent}
        for place in places(case, stage, "@.Actions.*.InputArtifacts.*.Name", stage):
            if not place.is_absent and not place.is_open and place.text not in given | found:
                yield Broken(place, f"no action before it has the output artifact {place.text}")
                return
        given |= found


def channel_bucket(case: Case, root: Place) -> Iterator[Broken]:
    """Report a delivery channel to a bucket on which neither its policy nor the recorder's role lets AWS Config write."""
    [named] = places(case, root, "S3BucketName")
    bucket = target_of(case, named)
    if bucket is None or bucket.type != "AWS::S3::Bucket":
        return
    policies = list(bucket_policies(case, root, bucket.name))
    if None in policies or allowed(policies, "s3:PutObject", ("config.amazonaws.com", "*")):
        return
    for template, recorder in case.resources("AWS::Config::ConfigurationRecorder"):
        [place] = places(case, root_of(template, recorder), "RoleARN")
        role = target_of(case, place)
        if role is None or role.type != "AWS::IAM::Role":
            return  # a role that exists already may have the permission
        documents, complete = documents_of(case, template, role)
        if not complete or allowed([one for _, one in documents], "s3:PutObject"):
            return
    yield Broken(
        named, f"no policy of {bucket.name} lets config.amazonaws.com write, and the recorder's role may not either"
    )


_DOCUMENTS: Mapping[str, str] = {
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::SecretsManager::ResourcePolicy": "ResourcePolicy",
    "AWS::IAM::Role": "AssumeRolePolicyDocument",
}
_NAMED = re.compile(r":role/(?:[\w+=,.@-]+/)*([\w+=,.@${}:-]+)$")


def principal_before_role(case: Case, root: Place) -> Iterator[Broken]:
    """Report a policy that names a role of the template by its literal name as the principal, and does not wait for it."""
    [document] = places(case, root, _DOCUMENTS[root.resource.type])
    if not isinstance(document.value, dict):
        return
    scope = case.scopes[root.template.file]
    roles = {
        scope.text(one.get("RoleName")): one for one in root.template.of_type("AWS::IAM::Role") if one.get("RoleName")
    }
    for statement in statements_in(document.value):
        principal = statement.get("Principal")
        for text in texts_in(principal.get("AWS")) if isinstance(principal, dict) else ():
            named = _NAMED.search(text)
            role: Resource | None = roles.get(named.group(1)) if named else None
            if role is not None and role.name != root.resource.name and not waits_for(case, root, role.name):
                yield Broken(
                    document, f"a principal is {role.name} by name, and nothing makes {root.resource.name} wait for it"
                )
                return


_ALARM = re.compile(r"\b(?:ALARM|OK|INSUFFICIENT_DATA)\(\s*['\"]?([^'\"()]+?)['\"]?\s*\)")


def alarms_of_composite(case: Case, root: Place) -> Iterator[Broken]:
    """Report a composite alarm that may be created before an alarm of the template that its rule names literally."""
    [rule] = places(case, root, "AlarmRule")
    scope = case.scopes[root.template.file]
    alarms = {
        scope.text(one.get("AlarmName")): one.name
        for one in root.template.of_type("AWS::CloudWatch::Alarm")
        if one.get("AlarmName")
    }
    for name in _ALARM.findall(rule.text) if not rule.is_absent else ():
        if name in alarms and not waits_for(case, root, alarms[name]):
            yield unordered(rule, alarms[name])
            return


_ANSWERS = re.compile(r"cfnresponse|cfn-response|ResponseURL|crhelper|CfnResource|cfn_resource", re.I)


def custom_resources_of(case: Case, function: Place) -> list[Resource]:
    """Return the custom resources of a template that a function answers for."""
    return [
        one
        for one in function.template.resources.values()
        if (one.type.startswith("Custom::") or one.type == "AWS::CloudFormation::CustomResource")
        and target_of(case, places(case, root_of(function.template, one), "ServiceToken")[0]) is function.resource
    ]


def custom_resource_answer(case: Case, root: Place) -> Iterator[Broken]:
    """Report inline code of a function behind a custom resource that has nothing which could answer CloudFormation."""
    [source] = places(case, root, "Code.ZipFile")
    if source.is_absent or _ANSWERS.search(source.text):
        return
    for one in custom_resources_of(case, root)[:1]:
        yield Broken(source, f"{one.name} waits for an answer, and the code sends nothing to the ResponseURL")


CHECKS: Mapping[str, Check] = {
    "alarms-of-composite": alarms_of_composite,
    "channel-bucket": channel_bucket,
    "custom-resource-answer": custom_resource_answer,
    "gateway-without-internet": gateway_without_internet,
    "image-architecture": image_architecture,
    "method-integration": method_integration,
    "pipeline-artifacts": pipeline_artifacts,
    "principal-before-role": principal_before_role,
    "security-group-network": security_group_network,
    "service-container-port": service_container_port,
    "target-group-network": target_group_network,
}
