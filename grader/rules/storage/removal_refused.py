"""Resources that cannot be deleted with their stack once they are used, where the prompt wants the stack to be deletable."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from grader.case import Case
from grader.case.deployed import created
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.model import Finding
from grader.rules.storage._teardown import is_kept, quoted, teardown
from grader.support.markdown import code
from grader.template import Resource, Scope, Template


class _Refusal(NamedTuple):
    """Why a resource is not deleted: the property that decides it, a clause, and what makes the deletion possible."""

    path: str
    why: str
    remedy: str
    level: str = ""


# Where services write into a bucket that a resource names: type, and the paths of its name or ARN.
_WRITERS: Mapping[str, tuple[str, ...]] = {
    "AWS::CloudTrail::Trail": ("S3BucketName",),
    "AWS::Config::DeliveryChannel": ("S3BucketName",),
    "AWS::EC2::FlowLog": ("LogDestination",),
    "AWS::S3::Bucket": ("LoggingConfiguration.DestinationBucketName",),
    "AWS::CloudFront::Distribution": ("DistributionConfig.Logging.Bucket",),
    "AWS::CodePipeline::Pipeline": ("ArtifactStore.Location",),
    "AWS::KinesisFirehose::DeliveryStream": (
        "ExtendedS3DestinationConfiguration.BucketARN",
        "S3DestinationConfiguration.BucketARN",
    ),
}
_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_EMPTIED = (
    r"s3 (rm|rb)\b|s3api delete-object|empt(y|ies|ied|ying)\b[^.\n]{0,60}\bbuckets?|buckets?\b[^.\n]{0,60}\bempt(y|ied)"
)
_EMPTIES = re.compile(
    r"delete_objects?\b|deleteObjects?\b|DeleteObjectsCommand|object_versions|objects\.(all|filter)\("
)


def check(case: Case) -> Iterator[RuleFinding]:
    """Report what DeleteStack fails at, although no property retains or protects it, where the prompt wants a deletable stack."""
    asked = teardown(case)
    if asked is None:
        return
    for template, resource, scope in created(case, *_CHECKS):
        refusal = _CHECKS[resource.type](case, template, resource, scope)
        if refusal is None or is_kept(case, resource.type) or resource.deletion_policy == "Retain":
            continue
        yield at_property(
            template,
            resource,
            refusal.path,
            refusal.why,
            level=refusal.level,
            because=f"{refusal.why[0].upper()}{refusal.why[1:]}. {quoted(asked)}",
            remedy=refusal.remedy,
        )


def _bucket(case: Case, template: Template, bucket: Resource, scope: Scope) -> _Refusal | None:
    writer = _writer(case, template, bucket)
    if writer is None or case.documented(_EMPTIED) or any(_EMPTIES.search(one.text) for one in case.templates):
        return None
    return _Refusal(
        "",
        f"{code(writer.name)} ({writer.type}) fills the bucket, and Amazon S3 does not delete a bucket with objects",
        "Empty the bucket before the stack is deleted: describe the command, or add a custom resource that does it.",
    )


def _writer(case: Case, template: Template, bucket: Resource) -> Resource | None:
    """Return the resource of the template through which a service writes into a bucket."""
    for where, other, scope in created(case, *_WRITERS, _BALANCER):
        if where is template and other is not bucket:
            named = [case.referred(template, other.get(path)) for path in _WRITERS.get(other.type, ())]
            if bucket in named or (other.type == _BALANCER and _logs_to(bucket, scope, other)):
                return other
    return None


def _logs_to(bucket: Resource, scope: Scope, balancer: Resource) -> bool:
    value = scope.value(balancer.get("LoadBalancerAttributes"))
    pairs = (
        {str(one.get("Key")): str(one.get("Value")) for one in value if isinstance(one, dict)}
        if isinstance(value, list)
        else {}
    )
    enabled = pairs.get("access_logs.s3.enabled", "").lower() == "true"
    return enabled and pairs.get("access_logs.s3.bucket") == f"${{{bucket.name}}}"


def _repository(case: Case, template: Template, repository: Resource, scope: Scope) -> _Refusal | None:
    if scope.text(repository.get("EmptyOnDelete")).lower() == "true" or case.documented(
        r"batch-delete-image|delete-repository"
    ):
        return None
    return _Refusal(
        "EmptyOnDelete",
        "EmptyOnDelete is not true, and Amazon ECR does not delete a repository with images",
        "Set EmptyOnDelete to true.",
    )


def _work_group(case: Case, template: Template, group: Resource, scope: Scope) -> _Refusal | None:
    if scope.text(group.get("RecursiveDeleteOption")).lower() == "true":
        return None
    return _Refusal(
        "RecursiveDeleteOption",
        "RecursiveDeleteOption is not true, and Athena does not delete a workgroup with named queries or query history",
        "Set RecursiveDeleteOption to true.",
    )


def _vault(case: Case, template: Template, vault: Resource, scope: Scope) -> _Refusal | None:
    if scope.value(vault.get("LockConfiguration")) and vault.get("LockConfiguration") is not None:
        return _Refusal(
            "LockConfiguration",
            "a vault lock keeps recovery points until their retention ends",
            "Remove LockConfiguration.",
        )
    plans = [one for _, one, _ in created(case, "AWS::Backup::BackupPlan")]
    selected = any(created(case, "AWS::Backup::BackupSelection"))
    if not plans or not selected or case.documented(r"delete-recovery-point|recovery points?"):
        return None
    return _Refusal(
        "",
        f"{code(plans[0].name)} fills the vault, and AWS Backup does not delete a vault with recovery points",
        "Describe that the recovery points have to be deleted before the stack is.",
    )


def _zone(case: Case, template: Template, zone: Resource, scope: Scope) -> _Refusal | None:
    for where, certificate, _ in created(case, "AWS::CertificateManager::Certificate"):
        if where is template and f"${{{zone.name}}}" in str(scope.value(certificate.get("DomainValidationOptions"))):
            return _Refusal(
                "",
                f"the validation record of {code(certificate.name)} stays in the zone, and Route 53 does not delete a zone with records",
                "Describe that the validation record has to be deleted before the stack is.",
            )
    return None


def _edge_function(case: Case, template: Template, function: Resource, scope: Scope) -> _Refusal | None:
    versions = {
        one.name
        for one in template.of_type("AWS::Lambda::Version")
        if case.referred(template, one.get("FunctionName")) is function
    }
    names = "|".join(sorted({*versions, function.name}))
    for where, distribution, _ in created(case, "AWS::CloudFront::Distribution"):
        text = str(scope.value(distribution.get("DistributionConfig"))) if where is template else ""
        if re.search(rf"LambdaFunctionARN.{{0,60}}\$\{{({names})(\.\w+)?\}}", text):
            return _Refusal(
                "",
                f"{code(distribution.name)} replicates the function, and Lambda does not delete a replicated function",
                "Set the DeletionPolicy of the function to Retain and describe that it is deleted some hours after the stack, "
                "or use a CloudFront function.",
                level="High",
            )
    return None


_CHECKS: Mapping[str, Callable[[Case, Template, Resource, Scope], _Refusal | None]] = {
    "AWS::Athena::WorkGroup": _work_group,
    "AWS::Backup::BackupVault": _vault,
    "AWS::ECR::Repository": _repository,
    "AWS::Lambda::Function": _edge_function,
    "AWS::Route53::HostedZone": _zone,
    "AWS::S3::Bucket": _bucket,
}


_TRAIL = """
Resources:
  Records:  # finds
    Type: AWS::S3::Bucket
  Trail:
    Type: AWS::CloudTrail::Trail
    Properties: {IsLogging: true, S3BucketName: !Ref Records}
"""
_ALL = "Write a stack. All resources must be destroyable."


def _needed(finding: Finding) -> object:
    """The value of the property with which the service deletes what is in the resource."""
    return True if finding.path.endswith(("EmptyOnDelete", "RecursiveDeleteOption")) else None


RULE = Rule(
    id="removal-refused",
    kind="deletion-protection",
    level="Medium",
    category="lifecycle",
    title="Resources that are not deleted once they are used: {resources}",
    issue="The prompt asks for resources that can be deleted with their stack. Once the stack is in use, its deletion fails at {resources} "
    "in {file}.",
    fix="{remedy}",
    root_cause="{because}",
    lesson="Where a stack has to be deletable, look for resources that their service deletes only when they are empty.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html#troubleshooting-errors-delete-stack-fails",
    aws_behaviour="The stack is created; DeleteStack fails at the resource with DELETE_FAILED (Medium, as emptying it helps; High for a "
    "replicated function, which nothing but time makes deletable).",
    cost="Resources that cannot be deleted continue to be charged.",
    check=check,
    needed=_needed,
    fails=(
        example(_TRAIL, prompt=_ALL),
        example(
            """
Resources:
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      Subnets: [subnet-01234567, subnet-89abcdef]
      LoadBalancerAttributes:
        - {Key: access_logs.s3.enabled, Value: 'true'}
        - {Key: access_logs.s3.bucket, Value: !Ref Access}
  Access:  # finds
    Type: AWS::S3::Bucket
  Images:  # finds
    Type: AWS::ECR::Repository
  Queries:
    Type: AWS::Athena::WorkGroup
    Properties: {Name: queries}  # finds
""",
            prompt=_ALL,
        ),
        example(
            """
Resources:
  Zone:  # finds
    Type: AWS::Route53::HostedZone
    Properties: {Name: shop.example.net}
  Certificate:
    Type: AWS::CertificateManager::Certificate
    Properties:
      DomainName: shop.example.net
      ValidationMethod: DNS
      DomainValidationOptions: [{DomainName: shop.example.net, HostedZoneId: !Ref Zone}]
  Vault:  # finds
    Type: AWS::Backup::BackupVault
    Properties: {BackupVaultName: nightly}
  Plan:
    Type: AWS::Backup::BackupPlan
    Properties: {BackupPlan: {BackupPlanName: nightly, BackupPlanRule: [{RuleName: nightly, TargetBackupVault: !Ref Vault}]}}
  Selected:
    Type: AWS::Backup::BackupSelection
    Properties:
      BackupPlanId: !Ref Plan
      BackupSelection: {SelectionName: all, IamRoleArn: 'arn:aws:iam::123456789012:role/backup', Resources: ['*']}
""",
            prompt=_ALL,
        ),
        example(
            """
Resources:
  Header:  # finds
    Type: AWS::Lambda::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      Role: arn:aws:iam::123456789012:role/edge
      Code: {ZipFile: 'exports.handler = async (event) => event.Records[0].cf.request'}
  Published: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref Header}}
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins: [{Id: shop, DomainName: shop.example.net, CustomOriginConfig: {OriginProtocolPolicy: https-only}}]
        DefaultCacheBehavior:
          TargetOriginId: shop
          ViewerProtocolPolicy: redirect-to-https
          CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6
          LambdaFunctionAssociations: [{EventType: viewer-request, LambdaFunctionARN: !Ref Published}]
""",
            prompt=_ALL,
        ),
    ),
    passes=(
        example(_TRAIL.replace("  # finds", ""), prompt="Write a trail."),
        example(_TRAIL.replace("  # finds", ""), prompt=f"{_ALL} Keep the bucket when the stack is deleted."),
        example(
            "=== template.yml"
            + _TRAIL.replace("  # finds", "")
            + "=== README.md\nBefore you delete the stack, empty the bucket.\n",
            prompt=_ALL,
        ),
        example(
            """
Resources:
  Photos: {Type: AWS::S3::Bucket}
  Images: {Type: AWS::ECR::Repository, Properties: {EmptyOnDelete: true}}
  Queries: {Type: AWS::Athena::WorkGroup, Properties: {Name: queries, RecursiveDeleteOption: true}}
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: shop.example.net}}
  Vault: {Type: AWS::Backup::BackupVault, Properties: {BackupVaultName: nightly}}
""",
            prompt=_ALL,
        ),
    ),
)
