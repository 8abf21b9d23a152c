"""Services that the task names and the response lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.rule import Hit, Rule, example

# What a prompt calls a service, and the types that make it. A phrase is matched as whole words.
_SERVICES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"lambda functions?|aws lambda", ("AWS::Lambda::Function", "AWS::Serverless::Function")),
    (r"dynamodb", ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")),
    (r"sns topics?|amazon sns|\bsns\b", ("AWS::SNS::Topic",)),
    (r"sqs queues?|\bsqs\b", ("AWS::SQS::Queue",)),
    (
        r"api gateway",
        ("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api", "AWS::Serverless::Api", "AWS::Serverless::HttpApi"),
    ),
    (r"step functions", ("AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine")),
    (
        r"eventbridge|cloudwatch events",
        ("AWS::Events::Rule", "AWS::Events::EventBus", "AWS::Scheduler::Schedule", "AWS::Pipes::Pipe"),
    ),
    (r"cloudfront", ("AWS::CloudFront::Distribution",)),
    (r"cloudtrail", ("AWS::CloudTrail::Trail",)),
    (r"\bwaf\b|web acl", ("AWS::WAFv2::WebACL", "AWS::WAFRegional::WebACL", "AWS::WAF::WebACL")),
    (r"secrets manager", ("AWS::SecretsManager::Secret", "AWS::RDS::DBInstance")),
    (r"route ?53", ("AWS::Route53::RecordSet", "AWS::Route53::HostedZone", "AWS::Route53::HealthCheck")),
    (r"elasticache|redis cluster", ("AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::CacheCluster")),
    (r"aurora", ("AWS::RDS::DBCluster",)),
    (r"rds\b", ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster")),
    (r"application load balancer|\balb\b", ("AWS::ElasticLoadBalancingV2::LoadBalancer",)),
    (r"auto scaling group|autoscaling group", ("AWS::AutoScaling::AutoScalingGroup",)),
    (r"nat gateways?", ("AWS::EC2::NatGateway",)),
    (r"vpc endpoints?", ("AWS::EC2::VPCEndpoint",)),
    (r"flow logs?", ("AWS::EC2::FlowLog",)),
    (r"\bvpc\b", ("AWS::EC2::VPC",)),
    (r"cloudwatch alarms?", ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")),
    (r"cloudwatch dashboards?", ("AWS::CloudWatch::Dashboard",)),
    (r"aws config\b|config rules?", ("AWS::Config::ConfigRule", "AWS::Config::ConfigurationRecorder")),
    (r"guardduty", ("AWS::GuardDuty::Detector",)),
    (r"kinesis data stream|kinesis stream", ("AWS::Kinesis::Stream",)),
    (r"firehose", ("AWS::KinesisFirehose::DeliveryStream",)),
    (r"\bglue\b", ("AWS::Glue::Job", "AWS::Glue::Crawler", "AWS::Glue::Database")),
    (r"athena", ("AWS::Athena::WorkGroup", "AWS::Athena::NamedQuery")),
    (r"cognito", ("AWS::Cognito::UserPool", "AWS::Cognito::IdentityPool")),
    (r"codepipeline", ("AWS::CodePipeline::Pipeline",)),
    (r"codebuild", ("AWS::CodeBuild::Project",)),
    (r"\becs\b|fargate", ("AWS::ECS::Service", "AWS::ECS::TaskDefinition", "AWS::ECS::Cluster")),
    (r"\beks\b", ("AWS::EKS::Cluster",)),
    (r"\becr\b", ("AWS::ECR::Repository",)),
    (r"\befs\b", ("AWS::EFS::FileSystem",)),
    (r"aws backup|backup plan", ("AWS::Backup::BackupPlan",)),
    (r"opensearch", ("AWS::OpenSearchService::Domain", "AWS::OpenSearchServerless::Collection")),
    (r"\bkms\b|customer[- ]managed keys?", ("AWS::KMS::Key", "AWS::KMS::ReplicaKey")),
    (
        r"x-ray",
        (
            "AWS::XRay::Group",
            "AWS::XRay::SamplingRule",
            "AWS::Lambda::Function",
            "AWS::ApiGateway::Stage",
            "AWS::ECS::TaskDefinition",
        ),
    ),
    (r"mediaconvert", ("AWS::MediaConvert::Queue", "AWS::MediaConvert::JobTemplate")),
    (
        r"transit gateway",
        ("AWS::EC2::TransitGateway", "AWS::EC2::TransitGatewayAttachment", "AWS::EC2::TransitGatewayVpcAttachment"),
    ),
)
# Words before or after a name that make it something other than a wish to have it created.
_NOT = re.compile(
    r"(existing|do(es)? not|don't|without|avoid|no |not |instead of|optional\w*|future|later|or |e\.g\.|such as|like "
    r"|rather than|if )[^.\n]{0,40}$"
)


def check(case: Case) -> Iterator[Hit]:
    """Report services that the prompt asks for in so many words and of which no template has a resource."""
    held = {resource.type for _, resource in case.resources()}
    if not held:
        return
    for words, types in _SERVICES:
        if not held & set(types) and (line := _asked(case.prompt, words)):
            name = types[0].split("::")[1] + " " + types[0].split("::")[2]
            first = case.templates[0]
            facts = {"value": name, "line_of_prompt": str(line)}
            yield Hit(
                first.file,
                1,
                f"the prompt asks for {name} (line {line}), and no template has it",
                "",
                types[0],
                "",
                facts,
            )


def _asked(prompt: str, words: str) -> int:
    """Return the line of the prompt that asks for a service, 0 where none does."""
    for match in re.finditer(words, prompt):
        before = prompt[max(0, match.start() - 60) : match.start()]
        if not _NOT.search(before):
            return prompt.count("\n", 0, match.start()) + 1
    return 0


RULE = Rule(
    id="missing-service",
    kind="missing-resource",
    level="Medium",
    category="requirements",
    title="Services that the task names and the response lacks: {values}",
    issue="The prompt names {values}, and no template of the response has a resource of any of them.",
    fix="Add {values} as the prompt describes, or say in the answer why it is left out.",
    root_cause="The answer covers the core of the task and stops before the whole list.",
    lesson="Go through the prompt line by line and map each service it names to a resource.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html",
    cost="The missing part has to be written.",
    security="Where the missing service protects or records, nothing does.",
    performance="None.",
    check=check,
    fails=(
        example(
            """
Resources:
  Orders: {Type: AWS::SQS::Queue}
""",
            prompt="Create an SQS queue and a DynamoDB table.",
        ),
    ),
    passes=(
        example(
            """
Resources:
  Orders: {Type: AWS::SQS::Queue}
""",
            prompt="Create an SQS queue.",
        ),
    ),
)
