"""Names longer than the service allows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.support.markdown import code

# The longest name of each, in characters. Source: the pages of the resource types, property by property, at
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
_LONGEST = {
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Name"): 32,
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "Name"): 32,
    ("AWS::ElastiCache::ReplicationGroup", "ReplicationGroupId"): 40,
    ("AWS::IAM::Role", "RoleName"): 64,
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName"): 128,
    ("AWS::Lambda::Function", "FunctionName"): 64,
    ("AWS::RDS::DBCluster", "DBClusterIdentifier"): 63,
    ("AWS::S3::Bucket", "BucketName"): 63,
    ("AWS::XRay::SamplingRule", "SamplingRule.RuleName"): 32,
    ("AWS::OpenSearchService::Domain", "DomainName"): 28,
}


_UNKNOWN = re.compile(r"\$\{[^}]*\}")


def check(case: Case) -> Iterator[RuleFinding]:
    """Report names that are too long with the values of their parameters; parts that only a deployment gives count nothing."""
    for template in case.templates:
        for (kind, path), longest in _LONGEST.items():
            for resource in template.of_type(kind):
                scope = case.scopes[template.file]
                name = scope.text(resource.get(path)) if scope.exists(resource) is not False else ""
                known = _UNKNOWN.sub("", name)
                if len(known) <= longest:
                    continue
                exact = "" if known == name else "at least "
                message = f"{name} has {exact}{len(known)} characters; {longest} are allowed"
                because = (
                    f"{code(path)} of {code(resource.name)} becomes {code(name)}, which has {exact}{len(known)} characters; "
                    f"{code(kind)} allows {longest}."
                )
                excess = len(known) - longest
                is_mixed = kind == "AWS::S3::Bucket" and known != known.lower()
                remedy = (
                    f"Shorten the name of {code(resource.name)} by at least {excess} character{'s' if excess > 1 else ''}"
                    f"{' and write it in lower case' if is_mixed else ''}, or leave it out: CloudFormation then generates a name."
                )
                yield at_property(template, resource, path, message, value=name, because=because, remedy=remedy)


RULE = Rule(
    id="name-length",
    kind="name-length",
    level="Critical",
    category="schema",
    title="{Name that is|Names that are} too long: {resources}",
    issue="{resources} in {file} {has a name|have names} with more characters than the service allows. The service rejects {it|them}.",
    fix="{remedy}",
    root_cause="{because}",
    lesson="Count the characters of composed names with their longest values.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html",
    aws_behaviour="The service rejects the name, and CloudFormation rolls the stack back.",
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
Parameters: {Stage: {Type: String, Default: dev}}
Resources:
  Group:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      TargetType: lambda
      Name: !Sub 'order-processing-service-${Stage}'
"""),
    ),
)
