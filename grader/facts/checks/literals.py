"""Partners that a resource names by a plain text, so that CloudFormation does not see which of them comes first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from grader.case import Case
from grader.facts.checks.base import Broken, Check, unordered, waits_for
from grader.facts.places import Place, places, reference_of, root_of
from grader.template import Resource

_ROLE = "AWS::IAM::Role"
_CLUSTER, _SUBNETS = "AWS::RDS::DBCluster", "AWS::RDS::DBSubnetGroup"
_FUNCTION, _GROUP = "AWS::Lambda::Function", "AWS::AutoScaling::AutoScalingGroup"
# What has to exist when a resource is created: the paths that name it, and its type.
# Source: the API reference of each creation, which names the error for a partner that does not exist.
PARTNERS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "AWS::AutoScaling::ScalingPolicy": (("AutoScalingGroupName", _GROUP),),
    "AWS::AutoScaling::ScheduledAction": (("AutoScalingGroupName", _GROUP),),
    "AWS::AutoScaling::LifecycleHook": (("AutoScalingGroupName", _GROUP),),
    "AWS::AutoScaling::AutoScalingGroup": (("LaunchTemplate.LaunchTemplateName", "AWS::EC2::LaunchTemplate"),),
    "AWS::ApplicationAutoScaling::ScalableTarget": (
        ("ResourceId", "AWS::ECS::Service"),
        ("ResourceId", "AWS::DynamoDB::Table"),
    ),
    "AWS::IAM::Policy": (("Roles.*", _ROLE), ("Users.*", "AWS::IAM::User"), ("Groups.*", "AWS::IAM::Group")),
    "AWS::IAM::ManagedPolicy": (("Roles.*", _ROLE), ("Users.*", "AWS::IAM::User"), ("Groups.*", "AWS::IAM::Group")),
    "AWS::IAM::RolePolicy": (("RoleName", _ROLE),),
    "AWS::IAM::InstanceProfile": (("Roles.*", _ROLE),),
    "AWS::IAM::UserToGroupAddition": (("GroupName", "AWS::IAM::Group"), ("Users.*", "AWS::IAM::User")),
    "AWS::Lambda::Function": (("Role", _ROLE),),
    "AWS::Lambda::Permission": (("FunctionName", _FUNCTION),),
    "AWS::Lambda::EventSourceMapping": (
        ("FunctionName", _FUNCTION),
        ("EventSourceArn", "AWS::SQS::Queue"),
        ("EventSourceArn", "AWS::Kinesis::Stream"),
    ),
    "AWS::Lambda::Alias": (("FunctionName", _FUNCTION),),
    "AWS::Lambda::Version": (("FunctionName", _FUNCTION),),
    "AWS::Lambda::Url": (("TargetFunctionArn", _FUNCTION),),
    "AWS::Lambda::EventInvokeConfig": (("FunctionName", _FUNCTION),),
    "AWS::StepFunctions::StateMachine": (("RoleArn", _ROLE),),
    "AWS::CodeBuild::Project": (("ServiceRole", _ROLE),),
    "AWS::RDS::DBInstance": (
        ("DBClusterIdentifier", _CLUSTER),
        ("DBSubnetGroupName", _SUBNETS),
        ("DBParameterGroupName", "AWS::RDS::DBParameterGroup"),
        ("OptionGroupName", "AWS::RDS::OptionGroup"),
        ("SourceDBInstanceIdentifier", "AWS::RDS::DBInstance"),
    ),
    "AWS::RDS::DBCluster": (
        ("DBSubnetGroupName", _SUBNETS),
        ("DBClusterParameterGroupName", "AWS::RDS::DBClusterParameterGroup"),
        ("GlobalClusterIdentifier", "AWS::RDS::GlobalCluster"),
    ),
    "AWS::RDS::DBProxyTargetGroup": (
        ("DBProxyName", "AWS::RDS::DBProxy"),
        ("DBClusterIdentifiers.*", _CLUSTER),
        ("DBInstanceIdentifiers.*", "AWS::RDS::DBInstance"),
    ),
    "AWS::DocDB::DBInstance": (("DBClusterIdentifier", "AWS::DocDB::DBCluster"),),
    "AWS::DocDB::DBCluster": (("DBSubnetGroupName", "AWS::DocDB::DBSubnetGroup"),),
    "AWS::Neptune::DBInstance": (("DBClusterIdentifier", "AWS::Neptune::DBCluster"),),
    "AWS::Neptune::DBCluster": (("DBSubnetGroupName", "AWS::Neptune::DBSubnetGroup"),),
    "AWS::ElastiCache::CacheCluster": (("CacheSubnetGroupName", "AWS::ElastiCache::SubnetGroup"),),
    "AWS::ElastiCache::ReplicationGroup": (("CacheSubnetGroupName", "AWS::ElastiCache::SubnetGroup"),),
    "AWS::MemoryDB::Cluster": (
        ("SubnetGroupName", "AWS::MemoryDB::SubnetGroup"),
        ("ACLName", "AWS::MemoryDB::ACL"),
    ),
    "AWS::Logs::MetricFilter": (("LogGroupName", "AWS::Logs::LogGroup"),),
    "AWS::Logs::SubscriptionFilter": (("LogGroupName", "AWS::Logs::LogGroup"),),
    "AWS::ECS::Service": (("Cluster", "AWS::ECS::Cluster"), ("TaskDefinition", "AWS::ECS::TaskDefinition")),
    "AWS::Events::Rule": (("EventBusName", "AWS::Events::EventBus"),),
    "AWS::IoT::PolicyPrincipalAttachment": (("PolicyName", "AWS::IoT::Policy"),),
    "AWS::IoT::ThingPrincipalAttachment": (("ThingName", "AWS::IoT::Thing"),),
    "AWS::SageMaker::EndpointConfig": (("ProductionVariants.*.ModelName", "AWS::SageMaker::Model"),),
    "AWS::SageMaker::Endpoint": (("EndpointConfigName", "AWS::SageMaker::EndpointConfig"),),
    "AWS::CodeDeploy::DeploymentGroup": (
        ("ApplicationName", "AWS::CodeDeploy::Application"),
        ("DeploymentConfigName", "AWS::CodeDeploy::DeploymentConfig"),
    ),
    "AWS::Glue::Trigger": (("Actions.*.JobName", "AWS::Glue::Job"), ("WorkflowName", "AWS::Glue::Workflow")),
    "AWS::SSM::Association": (("Name", "AWS::SSM::Document"),),
    "AWS::EC2::Instance": (("IamInstanceProfile", "AWS::IAM::InstanceProfile"), ("KeyName", "AWS::EC2::KeyPair")),
    "AWS::SNS::Subscription": (("TopicArn", "AWS::SNS::Topic"),),
    "AWS::SNS::TopicPolicy": (("Topics.*", "AWS::SNS::Topic"),),
    "AWS::S3::BucketPolicy": (("Bucket", "AWS::S3::Bucket"),),
    "AWS::ApiGateway::BasePathMapping": (("DomainName", "AWS::ApiGateway::DomainName"),),
    "AWS::ApiGatewayV2::ApiMapping": (("DomainName", "AWS::ApiGatewayV2::DomainName"),),
}
# The property that gives a partner its name.
_NAMES: Mapping[str, str] = {
    _ROLE: "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    _GROUP: "AutoScalingGroupName",
    "AWS::EC2::LaunchTemplate": "LaunchTemplateName",
    "AWS::EC2::KeyPair": "KeyName",
    "AWS::ECS::Service": "ServiceName",
    "AWS::ECS::Cluster": "ClusterName",
    "AWS::ECS::TaskDefinition": "Family",
    "AWS::DynamoDB::Table": "TableName",
    _FUNCTION: "FunctionName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::Kinesis::Stream": "Name",
    _CLUSTER: "DBClusterIdentifier",
    "AWS::DocDB::DBCluster": "DBClusterIdentifier",
    "AWS::Neptune::DBCluster": "DBClusterIdentifier",
    "AWS::RDS::GlobalCluster": "GlobalClusterIdentifier",
    "AWS::RDS::DBInstance": "DBInstanceIdentifier",
    _SUBNETS: "DBSubnetGroupName",
    "AWS::DocDB::DBSubnetGroup": "DBSubnetGroupName",
    "AWS::Neptune::DBSubnetGroup": "DBSubnetGroupName",
    "AWS::RDS::DBParameterGroup": "DBParameterGroupName",
    "AWS::RDS::DBClusterParameterGroup": "DBClusterParameterGroupName",
    "AWS::RDS::OptionGroup": "OptionGroupName",
    "AWS::RDS::DBProxy": "DBProxyName",
    "AWS::ElastiCache::SubnetGroup": "CacheSubnetGroupName",
    "AWS::MemoryDB::SubnetGroup": "SubnetGroupName",
    "AWS::MemoryDB::ACL": "ACLName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::Events::EventBus": "Name",
    "AWS::IoT::Policy": "PolicyName",
    "AWS::IoT::Thing": "ThingName",
    "AWS::SageMaker::Model": "ModelName",
    "AWS::SageMaker::EndpointConfig": "EndpointConfigName",
    "AWS::CodeDeploy::Application": "ApplicationName",
    "AWS::CodeDeploy::DeploymentConfig": "DeploymentConfigName",
    "AWS::Glue::Job": "Name",
    "AWS::Glue::Workflow": "Name",
    "AWS::SSM::Document": "Name",
    "AWS::SNS::Topic": "TopicName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::ApiGateway::DomainName": "DomainName",
    "AWS::ApiGatewayV2::DomainName": "DomainName",
}
# Paths and ARNs that end in the name of a resource.
_ENDS_IN_NAME = re.compile(r"arn:|service/|table/")


def partner_by_literal(case: Case, root: Place) -> Iterator[Broken]:
    """Report a resource that names a resource of its template by a plain text or an ARN, and does not wait for it."""
    for path, kind in PARTNERS.get(root.resource.type, ()):
        for place in places(case, root, path):
            partner = None if place.is_absent or reference_of(place) else _named(case, place, kind)
            if partner and not waits_for(case, root, partner.name) and not _waits(case, root, partner):
                yield unordered(place, partner.name)
                return


def _waits(case: Case, root: Place, partner: Resource) -> bool:
    """Whether the partner waits for the resource: its order is then the subject of other rules."""
    return waits_for(case, root_of(root.template, partner), root.resource.name)


def _named(case: Case, place: Place, kind: str) -> Resource | None:
    """Return the resource of a type that a text names, by its name or at the end of an ARN or a path."""
    scope = case.scopes[place.template.file]
    last = ""
    if _ENDS_IN_NAME.match(place.text):
        last = re.split(r"[:/](?![^{]*\})", place.text.removesuffix(":*"))[-1]
    for one in place.template.of_type(kind):
        node = one.get(_NAMES[kind])
        name = scope.text(node) if node is not None and scope.exists(one) is True else ""
        if name and name in (place.text, last):
            return one
    return None


CHECKS: Mapping[str, Check] = {"partner-by-literal": partner_by_literal}
