"""Types that templates name and CloudFormation does not have, and what does their work."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

from grader.case import Case
from grader.model import Finding
from grader.plan.schemas import type_names
from grader.rules._shared import with_facts
from grader.support.markdown import code

_OF_PARAMETERS = re.compile(
    r"(AWS::SSM::Parameter::(Value|Name)\b|List<|AWS::EC2::\w+::(Id|KeyName|GroupName|Name)$|AWS::Route53::HostedZone::Id$"
    r"|(String|Number|CommaDelimitedList)$)"
)
# Types of other tools, or of APIs that have no type, and the sentence that names what to use.
# Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html and the
# reference of the type that each sentence names.
_INSTEAD: Mapping[str, str] = {
    "AWS::CloudFormation::StackPolicy": "Set the stack policy with `aws cloudformation set-stack-policy`.",
    "AWS::CloudWatch::LogGroup": "Use `AWS::Logs::LogGroup`.",
    "AWS::Config::ConfigurationRecorderStatus": "Remove {resource}: CloudFormation starts an `AWS::Config::ConfigurationRecorder` "
    "once its `AWS::Config::DeliveryChannel` exists.",
    "AWS::EC2::EBSDefaultKMSKey": "Remove {resource}: the default key of the account is set with "
    "`aws ec2 modify-ebs-default-kms-key-id`.",
    "AWS::EC2::EBSEncryptionByDefault": "Remove {resource}: the default of the account is set with "
    "`aws ec2 enable-ebs-encryption-by-default`.",
    "AWS::EC2::RouteTableAssociation": "Use `AWS::EC2::SubnetRouteTableAssociation`.",
    "AWS::ElasticLoadBalancingV2::TargetGroupAttachment": "List the targets in `Targets` of the target group.",
    "AWS::IAM::AccountPasswordPolicy": "CloudFormation has no type for the password policy of the account: set it with `aws iam "
    "update-account-password-policy`, or in a custom resource that calls UpdateAccountPasswordPolicy.",
    "AWS::IAM::GroupPolicyAttachment": "List the policies in `ManagedPolicyArns` of the group.",
    "AWS::IAM::RolePolicyAttachment": "List the policies in `ManagedPolicyArns` of the role.",
    "AWS::IAM::UserPolicyAttachment": "List the policies in `ManagedPolicyArns` of the user.",
    "AWS::Lambda::ProvisionedConcurrencyConfig": "Set `ProvisionedConcurrencyConfig` of an `AWS::Lambda::Alias` or an "
    "`AWS::Lambda::Version`.",
    "AWS::RDS::SubnetGroup": "Use `AWS::RDS::DBSubnetGroup`.",
    "AWS::S3::AccountPublicAccessBlock": "Set `PublicAccessBlockConfiguration` of each bucket; the setting of the account is made "
    "with `aws s3control put-public-access-block`.",
    "AWS::S3::BucketEncryption": "Set `BucketEncryption` of the bucket.",
    "AWS::S3::BucketLifecycleConfiguration": "Set `LifecycleConfiguration` of the bucket.",
    "AWS::S3::BucketLoggingConfiguration": "Set `LoggingConfiguration` of the bucket.",
    "AWS::S3::BucketNotification": "Set `NotificationConfiguration` of the bucket.",
    "AWS::S3::BucketPublicAccessBlock": "Set `PublicAccessBlockConfiguration` of the bucket.",
    "AWS::S3::BucketVersioning": "Set `VersioningConfiguration` of the bucket.",
    "AWS::SNS::TopicSubscription": "Use `AWS::SNS::Subscription`.",
}
# What the templates can set instead, where they define volumes.
_OF_VOLUMES: Mapping[str, str] = {
    "AWS::EC2::EBSDefaultKMSKey": "Set `KmsKeyId` where volumes are defined.",
    "AWS::EC2::EBSEncryptionByDefault": "Set `Encrypted: true` where volumes are defined.",
}
_DEFINE_VOLUMES = (
    "AWS::AutoScaling::LaunchConfiguration",
    "AWS::EC2::Instance",
    "AWS::EC2::LaunchTemplate",
    "AWS::EC2::Volume",
)
# Types whose resource goes: CloudFormation does their work without them, or it is done outside a template.
GONE = (
    "AWS::CloudFormation::StackPolicy",
    "AWS::Config::ConfigurationRecorderStatus",
    "AWS::EC2::EBSDefaultKMSKey",
    "AWS::EC2::EBSEncryptionByDefault",
    "AWS::IAM::AccountPasswordPolicy",
    "AWS::S3::AccountPublicAccessBlock",
)
_RENAMED = re.compile(r"^Use `(AWS::\w+::\w+)`\.$")


def successor(name: str) -> str:
    """Return the type that replaces one that does not exist, empty where none does."""
    found = _RENAMED.match(_INSTEAD.get(name, ""))
    return found.group(1) if found else ""


_UNKNOWN = (
    "Use the type of the template reference under which the service publishes the resource; where there is none, configure it "
    "with a property of another type or a custom resource."
)


def explained(case: Case, finding: Finding) -> Finding:
    """Say of an unknown type what it is, and what to use instead."""
    name, resource = finding.type, code(finding.resource)
    if _OF_PARAMETERS.match(name):
        return with_facts(
            finding,
            because=f"{code(name)} is a type of parameters, and {resource} is under `Resources`.",
            remedy=f"Move {resource} to `Parameters`.",
        )
    instead = _INSTEAD.get(name, "").replace("{resource}", resource)
    if name in _OF_VOLUMES and any(case.resources(*_DEFINE_VOLUMES)):
        instead = f"{_OF_VOLUMES[name]} {instead}"
    near = get_close_matches(name, type_names(case.account.region), 1, 0.93)
    because = f"{code(name)} is not in the registry of resource types."
    if near and not instead:
        because = f"The registry has {code(near[0])}, a name that differs from {code(name)} in a few letters."
        instead = f"Write {code(near[0])} as the type of {resource}."
    return with_facts(finding, because=because, remedy=instead or _UNKNOWN)
