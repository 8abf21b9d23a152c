"""Names longer than the service allows."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example

# The longest name of each, in characters. Source: the pages of the resource types, property by property, at
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
_LONGEST = {
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Name"): 32,
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "Name"): 32,
    ("AWS::ElastiCache::ReplicationGroup", "ReplicationGroupId"): 40,
    ("AWS::IAM::Role", "RoleName"): 64,
    ("AWS::Lambda::Function", "FunctionName"): 64,
    ("AWS::RDS::DBCluster", "DBClusterIdentifier"): 63,
    ("AWS::S3::Bucket", "BucketName"): 63,
    ("AWS::XRay::SamplingRule", "SamplingRule.RuleName"): 32,
    ("AWS::OpenSearchService::Domain", "DomainName"): 28,
}


def check(case: Case) -> Iterator[RuleFinding]:
    """Report names that are too long once their parameters have their values."""
    for template in case.templates:
        for (kind, path), longest in _LONGEST.items():
            for resource in template.of_type(kind):
                name = case.scopes[template.file].text(resource.get(path))
                if "${" not in name and len(name) > longest:
                    message = f"{name} has {len(name)} characters; {longest} are allowed"
                    yield at_property(template, resource, path, message, value=name, limit=str(longest))


RULE = Rule(
    id="name-length",
    kind="name-length",
    level="Critical",
    category="schema",
    title="Names longer than the service allows",
    issue="{resource} in {file} is named {value}, which is longer than the {limit} characters that the service allows.",
    fix="Shorten the fixed part of the name of {resource}, so that it fits with the longest suffix.",
    root_cause="The name was put together from parts, each of which is short.",
    lesson="Count the characters of composed names with their longest values.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html",
    cost="The deployment is refused.",
    security="None.",
    performance="None.",
    check=check,
    fails=(
        example("""
Parameters: {Stage: {Type: String, Default: development}}
Resources:
  Group:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      TargetType: lambda
      Name: !Sub 'order-processing-service-${Stage}'  # finds
"""),
    ),
    passes=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
"""),
    ),
)
