"""What prompts only refer to, and what cannot be had, is not called unmet."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.case import Case
from grader.detectors.requirements import judged
from grader.model import RequirementStanding

Make = Callable[..., Case]

STORES = """
Resources:
  Key: {Type: 'AWS::KMS::Key', Properties: {KeyPolicy: {Statement: []}}}
  Orders:
    Type: AWS::S3::Bucket
    Properties:
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault: {SSEAlgorithm: 'aws:kms', KMSMasterKeyID: !GetAtt Key.Arn}
  Visits: {Type: 'AWS::S3::Bucket', Properties: {VersioningConfiguration: {Status: Enabled}}}
  Front:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      LoadBalancerAttributes: [{Key: access_logs.s3.enabled, Value: 'true'}, {Key: access_logs.s3.bucket, Value: !Ref Visits}]
"""
LOGS = "Resources: {CentralLogs: {Type: 'AWS::S3::Bucket'}}"
GROUPLESS = """
Resources:
  Server: {Type: 'AWS::EC2::Instance', Properties: {ImageId: ami-0a9b8c7d6e5f40312, SecurityGroupIds: [sg-0ab12cd3]}}
"""
NETWORK = """
Resources:
  Net: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.3.0.0/16}}
  Inner: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !Ref Net, CidrBlock: 10.3.1.0/24}}
"""
GATEWAY = f"{NETWORK}  Door: {{Type: 'AWS::EC2::InternetGateway'}}\n"
GRANT = """
Resources:
  Rotator:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]}
      Policies: [{PolicyName: p, PolicyDocument: {Statement: [{Effect: Allow, Action: ACTION, Resource: '*'}]}}]
"""
FUNCTION = """
Resources:
  Job: {Type: 'AWS::Lambda::Function', Properties: {Runtime: nodejs22.x, Handler: a.b, Code: {ZipFile: a}, Role: 'arn:aws:iam::111122223333:role/a'}}
"""
CLUSTER = """
Resources:
  Orders: {Type: 'AWS::RDS::DBCluster', Properties: {Engine: aurora-mysql, GlobalClusterIdentifier: orders}}
"""
SITE = """
Resources:
  Pages: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Sub 'pages-${Stage}-shop'}}
  Front: {Type: 'AWS::CloudFront::Distribution', Properties: {DistributionConfig: {Enabled: true}}}
  Log: {Type: 'AWS::Logs::LogGroup', Properties: {RetentionInDays: 7, Tags: [{Key: Owner, Value: shop}]}}
"""
SERVER = """
Resources:
  Image: {Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64}
  Server: {Type: 'AWS::EC2::Instance', Properties: {ImageId: !Ref Image}}
"""
RANGE = "Resources: {Net: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.0.0.0/16}}}"
MEMBER = """
Resources:
  Orders: {Type: 'AWS::RDS::DBCluster', Properties: {Engine: aurora-mysql, DeletionProtection: true}}
  First: {Type: 'AWS::RDS::DBInstance', Properties: {DBClusterIdentifier: !Ref Orders}}
"""
FLOW = "Resources: {Traffic: {Type: 'AWS::EC2::FlowLog', Properties: {LogDestinationType: s3}}, Log: {Type: 'AWS::Logs::LogGroup'}}"
CLOCK = "Resources: {Hourly: {Type: 'AWS::Events::Rule', Properties: {ScheduleExpression: rate(1 hour)}}}"
NODES = "Resources: {Shop: {Type: 'AWS::EKS::Cluster'}}"
ROLE = GRANT.replace("ACTION", "'sqs:SendMessage'").replace(
    "Resource: '*'", "Resource: 'arn:aws:sqs:us-east-1:111122223333:a'"
)
TOPIC = "Resources: {Alerts: {Type: 'AWS::SNS::Topic'}}"
OPEN = """
Resources:
  Door:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: d, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}]}
"""
WATCH = """
Resources:
  Late:
    Type: AWS::CloudWatch::Alarm
    Properties: {Namespace: AWS/ApplicationELB, MetricName: TargetResponseTime, Threshold: 1, EvaluationPeriods: 1}
  View: {Type: 'AWS::CloudWatch::Dashboard', Properties: {DashboardBody: '{}'}}
"""
COPIED = "Resources: {Orders: {Type: 'AWS::DynamoDB::Table', Properties: {Replicas: [{Region: us-west-2}]}}}"
KEYS = "Resources: {Key: {Type: 'AWS::KMS::Key', Properties: {KeyPolicy: {Statement: []}}}}"
DATABASE = """
Resources:
  Database: {Type: 'AWS::RDS::DBInstance', Properties: {Engine: mysql, MANAGED: true, MultiAZ: true}}
"""


def unmet(case: Case) -> list[str]:
    return [one.requirement.title for one in judged(case) if one.standing is RequirementStanding.UNMET]


@pytest.mark.parametrize(
    ("template", "prompt", "titles"),
    [
        # a bucket of access logs of a load balancer takes no KMS key
        (STORES, "- All data must be encrypted with a customer managed KMS key", []),
        (STORES.replace("{SSEAlgorithm: 'aws:kms', KMSMasterKeyID: !GetAtt Key.Arn}", "{SSEAlgorithm: AES256}"),
         "- Each S3 bucket is encrypted with a customer managed KMS key", ["S3 bucket encrypted with a customer managed key"]),
        # the bucket of the logs keeps no log of itself
        (LOGS, "- Send the S3 access logs of the buckets to the central bucket", []),
        (LOGS.replace("CentralLogs", "Orders"), "- S3 bucket with access logging", ["S3 bucket with access logging"]),
        # what has an id is there already
        (GROUPLESS, "- Security group: attach the instance to the security group (sg-0ab12cd3)\n- SSH only from 203.0.113.0/24", []),
        (GROUPLESS, "- A security group for the instance", ["security group"]),
        # a key pair is no source of addresses
        (GROUPLESS.replace("[sg-0ab12cd3]", "[!Ref Open]")
         + "  Open: {Type: 'AWS::EC2::SecurityGroup', Properties: {GroupDescription: d, SecurityGroupIngress: "
         "[{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}]}}",
         "- SSH access to the instance with the key pair of a parameter", []),
        # items below endpoints name services
        (NETWORK, "#### Interface Endpoints\n- EC2 Messages\n- Secrets Manager\n", []),
        # public subnets and gateways are excluded, not subnets
        (NETWORK, "- A VPC with private subnets only, with no public subnets or internet gateways", []),
        (GATEWAY, "- A VPC with private subnets only, with no public subnets or internet gateways", ["No internet gateway"]),
        # what a list of rules checks is not asked of the resources
        (LOGS, "- AWS Config rules (S3 encryption with KMS, root MFA)", ["Config rule"]),
        # AWS limits some actions to no resource
        (GRANT.replace("ACTION", "'secretsmanager:GetRandomPassword'"), "- IAM policies without wildcards", []),
        (GRANT.replace("ACTION", "'secretsmanager:GetSecretValue'"), "- IAM policies without wildcards", ["no wildcards in IAM policies"]),
        # RDS rotates the password that it manages; without any secret nothing rotates
        (DATABASE.replace("MANAGED", "ManageMasterUserPassword"), "- Rotate the database credentials automatically", []),
        (DATABASE.replace("MANAGED", "StorageEncrypted"), "- Rotate the database credentials automatically", ["secret rotation"]),
        (LOGS, "- Credentials are rotated automatically", []),
        # a later version of a deprecated runtime is what AWS advises
        (FUNCTION, "- Lambda functions on Node.js 18", []),
        (FUNCTION, "- Lambda functions on Node.js 24", ["Lambda function on Node.js 24"]),
        (FUNCTION.replace("22", "16"), "- Lambda functions on Node.js 18", ["Lambda function on Node.js 18"]),
        # what must not be created, what something would need if there were any, and examples are not asked for
        (LOGS, "- EC2 instances: Do not define any with a public address", []),
        (LOGS, "- Any EC2 instance must launch with an instance profile", []),
        (LOGS, "- Create a KMS key. Use it for encrypting resources like S3 buckets, EBS volumes and RDS databases", ["KMS key"]),
        # a member of a global database takes no Backtrack
        (CLUSTER, "- Backtrack of the Aurora cluster with a 24-hour window", []),
        (CLUSTER.replace("GlobalClusterIdentifier: orders", "StorageEncrypted: true"),
         "- Backtrack of the Aurora cluster with a 24-hour window", ["Aurora cluster with Backtrack"]),
        # what does the same in another way
        (LOGS, "- Alert on publicly accessible S3 buckets", []),
        (DATABASE.replace("MANAGED", "StorageEncrypted"), "- Automatic credential rotation for access keys", []),
        (LOGS, "- S3 bucket for pages with public read access", ["S3 bucket that everybody can read"]),
        (SITE, "- CloudWatch monitoring", []),
        (LOGS, "- CloudWatch monitoring", ["monitoring with CloudWatch"]),
        (SITE, "- Resource names must include the environment suffix", []),
        (SITE.replace("-${Stage}", ""), "- Resource names must include the environment suffix", ["names with the environment suffix"]),
        (SERVER, "- An EC2 instance with an AMI from SSM Parameter Store", []),
        (LOGS, "- Model parameters: temperature=0.5 for high determinism", []),
        # values of several environments or regions
        (RANGE, "- VPC CIDR blocks must not overlap: 10.0.0.0/16 (dev), 10.1.0.0/16 (prod)", []),
        (RANGE, "- VPC ranges must differ (us-east-1: 10.0.0.0/16, eu-central-1: 10.1.0.0/16)", []),
        (RANGE, "- VPC with the CIDR 10.1.0.0/16", ["VPC with the range 10.1.0.0/16"]),
        # what the cluster has for its members
        (MEMBER, "- Set deletion_protection to true for all database instances", []),
        (MEMBER.replace("DBClusterIdentifier: !Ref Orders", "Engine: mysql"), "- Set deletion_protection to true for all database instances",
         ["RDS database with deletion_protection enabled"]),
        # names of services side by side
        (FLOW, "- CloudWatch log groups and VPC flow logs", []),
        (FLOW, "- VPC flow logs to CloudWatch Logs", ["flow logs to CloudWatch Logs"]),
        # numbers a day are no schedule
        (CLOCK, "- Handle 1,900 daily scheduling requests", []),
        (CLOCK, "- EventBridge runs a daily schedule", ["daily schedule"]),
        # EKS and Lambda encrypt by themselves
        (NODES, "- EKS cluster with encryption at rest", []),
        (NODES, "- EKS cluster encrypted with a customer managed KMS key", ["EKS cluster encrypted with a customer managed key"]),
        (FUNCTION, "- Lambda functions use encrypted environment variables", []),
        # names, and roles that services bring along
        (ROLE, "- IAM: Don't use named IAM resources", []),
        (LOGS, "- IAM: Don't use named IAM resources", []),
        (ROLE, "- 3 IAM roles: task role, execution role, (implicit service role)", []),
        (ROLE, "- Enable MFA for the root account", []),
        (OPEN, "- Users can access a website through the ALB that serves content from EC2", ["load balancer"]),
        (OPEN, "- EC2 instances accept traffic only from the ALB", ["traffic only from another security group", "EC2 instance"]),
        # the dashboards of another service, and what a dashboard shows
        (LOGS, "- QuickSight shows traffic on dashboards\n- Update the dashboards within 10 seconds", ["QuickSight"]),
        (LOGS, "- A CloudWatch dashboard for traffic", ["CloudWatch dashboard"]),
        (WATCH, "- Create a CloudWatch dashboard that displays the ALB request count", []),
        (WATCH, "- An alarm on the ALB request count", ["alarm on request counts"]),
        # a prompt that asks for SSE-S3 means other stores by all data
        (LOGS, "- S3 buckets with SSE-S3\n- All data at rest must be encrypted with a customer managed KMS key", []),
        (LOGS, "- All data at rest must be encrypted with a customer managed KMS key", ["data encrypted with a customer managed key"]),
        # alternatives, preferences, what is there already, what the answer is to read, and names
        (LOGS, "- Use RDS with read replicas OR DynamoDB global tables", []),
        (LOGS, "- Prefer VPC endpoints over NAT gateways", []),
        (TOPIC, "- Use the existing S3 bucket for the logs\n- Logging to S3 is working as intended", []),
        (TOPIC, "- An S3 bucket for the logs", ["S3 bucket"]),
        (LOGS, "- Handle complex structures including nested stacks and macros", []),
        (LOGS, "- Notify others on a CDN invalidation", []),
        (LOGS, "- The name of the bucket is lambda-logs-bucket", []),
        (ROLE, "- Apply KMS encryption to:\n  - RDS databases (encrypted storage)\n", []),
        (LOGS, "- Parameterization: allow overriding the instance class and the KMS key", ["parameters"]),
        (ROLE, "- DynamoDB global table", ["DynamoDB global table"]),
        (COPIED, "- DynamoDB global table", []),
        (LOGS, "- AWS Config rules for encrypted storage (EBS, RDS)", ["Config rule"]),
        (ROLE, "- IAM roles for RDS export jobs, snapshot export and monitoring", []),
        (KEYS, "- Encrypt with our own KMS keys, and rotate the credentials with automatic rotation enabled", []),
        (ROLE, "- Use EC2 for NAT gateway resources", []),
        (LOGS, "- Ensure all EC2 instances only allow traffic from the office", []),
        (LOGS, "- The analysis must detect unencrypted RDS databases, EC2 instances without tags and open groups", []),
        (LOGS, "- Note that GuardDuty isn't included in this stack", []),
        (LOGS, "- The database is reached so that only EC2 instances can connect", []),
        (LOGS, "- Lambda → ${AWS::StackName}-${Stage}-lambda", []),
        (LOGS, "- Use an Auto Scaling group instead of a single server (optional enhancement)", []),
        (LOGS, "- Do not encrypt CloudWatch LogGroups with KMS (use the default encryption)", []),
        (LOGS, "- The folder may contain several files, for instance a template named shop.json", []),
        (LOGS, "- No plain text: all secrets are stored in AWS Secrets Manager", []),
        (KEYS, "- An IAM policy enforcing S3 bucket encryption", []),
        # one thing that is missing is said once
        (TOPIC, "- SNS topic with an email subscription", ["email subscription", "SNS subscription"]),
        (LOGS, "- Fix S3 bucket policies that allow public access", []),
    ],
)  # fmt: skip
def test_only_what_is_asked_and_can_be_had_is_unmet(
    make_case: Make, template: str, prompt: str, titles: list[str]
) -> None:
    assert unmet(make_case({"t.yaml": template}, prompt=f"{prompt}\n")) == titles


@pytest.mark.parametrize(
    ("template", "prompt", "level"),
    [
        (LOGS, "- S3 buckets with public access blocked", "Medium"),
        (LOGS.replace("'AWS::S3::Bucket'", "'AWS::S3::Bucket', Properties: {PublicAccessBlockConfiguration: {BlockPublicAcls: false}}"),
         "- S3 buckets with public access blocked", "High"),
        (SITE, "- S3 bucket for pages with public read access", "Medium"),
        (LOGS, "- S3 bucket for pages with public read access", "High"),
    ],
)  # fmt: skip
def test_what_aws_does_by_default_or_another_resource_does_is_a_detail(
    make_case: Make, template: str, prompt: str, level: str
) -> None:
    (one,) = [
        one for one in judged(make_case({"t.yaml": template}, prompt=f"{prompt}\n")) if one.standing.value == "unmet"
    ]
    assert one.requirement.level == level
