"""Judges of names and tags: what every resource has to carry."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.detectors.requirements.answer import Answer, Built
from grader.detectors.requirements.verdict import Verdict, judge, met, unjudged, unmet
from grader.task.reading import Demand
from grader.template import AnyNode, Scalar, walk

# The property that names a resource, for the types that are named most often, and the types that people expect tags on.
# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
_NAMES: dict[str, str] = {
    "AWS::ApiGateway::RestApi": "Name",
    "AWS::ApiGatewayV2::Api": "Name",
    "AWS::AutoScaling::AutoScalingGroup": "AutoScalingGroupName",
    "AWS::CloudTrail::Trail": "TrailName",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::CodeBuild::Project": "Name",
    "AWS::CodePipeline::Pipeline": "Name",
    "AWS::Cognito::UserPool": "UserPoolName",
    "AWS::DynamoDB::GlobalTable": "TableName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::EC2::LaunchTemplate": "LaunchTemplateName",
    "AWS::EC2::SecurityGroup": "GroupName",
    "AWS::ECR::Repository": "RepositoryName",
    "AWS::ECS::Cluster": "ClusterName",
    "AWS::ECS::Service": "ServiceName",
    "AWS::ECS::TaskDefinition": "Family",
    "AWS::EKS::Cluster": "Name",
    "AWS::ElastiCache::ReplicationGroup": "ReplicationGroupId",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "Name",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "Name",
    "AWS::Events::EventBus": "Name",
    "AWS::Events::Rule": "Name",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::KMS::Alias": "AliasName",
    "AWS::Kinesis::Stream": "Name",
    "AWS::KinesisFirehose::DeliveryStream": "DeliveryStreamName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::RDS::DBCluster": "DBClusterIdentifier",
    "AWS::RDS::DBInstance": "DBInstanceIdentifier",
    "AWS::RDS::DBSubnetGroup": "DBSubnetGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SSM::Parameter": "Name",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::Serverless::Function": "FunctionName",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
    "AWS::WAFv2::WebACL": "Name",
}
_TAGGED = frozenset(
    {
        "AWS::CloudTrail::Trail", "AWS::DynamoDB::Table", "AWS::EC2::Instance", "AWS::EC2::InternetGateway", "AWS::EC2::NatGateway",
        "AWS::EC2::SecurityGroup", "AWS::EC2::Subnet", "AWS::EC2::VPC", "AWS::ECS::Cluster", "AWS::ECS::Service",
        "AWS::EKS::Cluster", "AWS::ElastiCache::ReplicationGroup", "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::IAM::Role", "AWS::KMS::Key", "AWS::Kinesis::Stream", "AWS::Lambda::Function",
        "AWS::Logs::LogGroup", "AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::RDS::DBSubnetGroup", "AWS::S3::Bucket",
        "AWS::SNS::Topic", "AWS::SQS::Queue", "AWS::SecretsManager::Secret", "AWS::StepFunctions::StateMachine",
        "AWS::AutoScaling::AutoScalingGroup", "AWS::EC2::RouteTable", "AWS::ApiGateway::RestApi",
        "AWS::EC2::EIP", "AWS::ECS::TaskDefinition", "AWS::EFS::FileSystem", "AWS::CodePipeline::Pipeline", "AWS::CodeBuild::Project",
        "AWS::EC2::VPCEndpoint", "AWS::EC2::FlowLog", "AWS::SSM::Parameter",
        "AWS::EKS::Nodegroup", "AWS::CertificateManager::Certificate", "AWS::WAFv2::WebACL", "AWS::CloudFront::Distribution",
    }
)  # fmt: skip
_ENOUGH = 0.8
_FEW = 0.25


def _named(answer: Answer) -> Iterator[tuple[Built, AnyNode, str]]:
    """Yield each resource that has a name of its own, the name's node, and the text of it with its references."""
    for built in answer.built:
        key = _NAMES.get(built.type)
        node = built.resource.get(key) if key else None
        if node is not None and key:
            yield built, node, _source(built, node)


def _source(built: Built, node: AnyNode) -> str:
    """Return the words of a node: its scalars as written, with the mappings and parameters that they refer to."""
    texts = [str(part.text) for _, part in walk(node) if isinstance(part, Scalar)]
    return " ".join([*texts, built.scope.text(node)])


def _shown(node: AnyNode) -> str:
    """Return the text of a name as its template has it."""
    texts = [str(part.text) for _, part in walk(node) if isinstance(part, Scalar)]
    return max(texts, key=len, default="")[:80]


_ENVIRONMENT = re.compile(r"\$\{\w*(env|stage)\w*\}", re.I)


@judge("name-has")
def name_has(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether the names that an answer gives have a word in them: a parameter, a prefix, the stack's name."""
    word = str(demand.check.values.get("name") or demand.check.arguments.get("word", ""))
    pattern = re.compile(str(demand.check.arguments.get("pattern") or re.escape(word)), re.I)
    names = list(_named(answer))
    types = {type for subject in demand.check.subjects for type in subject}
    names = [name for name in names if not types or name[0].type in types]
    if not names:
        return unjudged("the answer gives no resource a name of its own")
    without = [(built, node) for built, node, text in names if not pattern.search(text)]
    share = 1 - len(without) / len(names)
    places = [built.located(f"has the name {_shown(node)}", _NAMES[built.type]) for built, node in without]
    if share == 1 or (share >= _ENOUGH and not demand.check.every):
        return met([built.located("its name has it", _NAMES[built.type]) for built, _, _ in names])
    if demand.entry.startswith("names-suffix") and all(_ENVIRONMENT.search(text) for _, _, text in names):
        return unjudged("the names hold the environment")
    if share == 0 or (demand.check.every and share < _ENOUGH):
        return unmet(
            f"{len(without)} of {len(names)} names do not follow it: {without[0][0].name} is {_shown(without[0][1])}",
            places,
        )
    return unjudged(f"it is missing from {len(without)} of {len(names)} names")


@judge("tags")
def tags(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether every resource of the usual kinds has the tags that the prompt names, or any tags where it names none."""
    keys = demand.check.values.get("names", ())
    keys = [key for key in keys if isinstance(key, str)] if isinstance(keys, tuple) else []
    pair = demand.check.values.get("key")
    keys = [str(pair)] if pair else keys
    types = {type for subject in demand.check.subjects for type in subject}
    resources = [one for one in answer.built if one.type in _TAGGED and (not types or one.type in types)]
    if not resources:
        return unjudged("nothing of the answer is expected to have tags")
    lacking = [(one, missing) for one in resources if (missing := _lacking(one, keys))]
    if not lacking:
        return met([one.located("has the tags", "Tags") for one in resources])
    places = [one.located(f"has no {missing}", "Tags") for one, missing in lacking]
    if len(lacking) / len(resources) <= _FEW:
        return unjudged(f"the tags are missing from {len(lacking)} of {len(resources)} resources")
    one, missing = lacking[0]
    return unmet(
        f"{one.name} has no {missing} ({len(lacking)} of {len(resources)} resources)",
        places,
    )


def _lacking(one: Built, keys: list[str]) -> str:
    """Return the tags that a resource does not have, as words: `tag Owner`, `tags`; nothing where it has all."""
    own = {str(key).lower() for key in one.values("Tags.*.Key")}
    first = one.first("Tags")
    own |= {str(key).lower() for key in first} if isinstance(first, dict) else set()
    own |= {str(key).lower() for key in one.values("TagSpecifications.*.Tags.*.Key")}
    if not keys:
        return "" if own else "tags"
    missing = [key for key in keys if key.lower() not in own]
    if not missing:
        return ""
    return f"tag{'' if len(missing) == 1 else 's'} {' and '.join([', '.join(missing[:-1]), missing[-1]]).removeprefix(' and ')}"
