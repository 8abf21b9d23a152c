"""Demands of prompts, judged over templates."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.bundle import read_text
from grader.case import Case
from grader.detectors.requirements import is_off_task, judged
from grader.task import Task
from grader.task.account import profile
from grader.task.reading import read_demands

Make = Callable[..., Case]

NETWORK = """
Resources:
  Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.1.0.0/16}}
  PublicA:
    Type: AWS::EC2::Subnet
    Properties:
      {VpcId: !Ref Vpc, CidrBlock: 10.1.1.0/24, MapPublicIpOnLaunch: true, AvailabilityZone: !Select [0, !GetAZs '']}
  PrivateA: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !Ref Vpc, CidrBlock: 10.1.2.0/24, AvailabilityZone: !Select [0, !GetAZs '']}}
  Group: {Type: 'AWS::RDS::DBSubnetGroup', Properties: {DBSubnetGroupDescription: d, SubnetIds: [!Ref PrivateA]}}
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: mysql
      DBInstanceClass: db.t3.micro
      MultiAZ: !If [Always, true, false]
      StorageEncrypted: true
      DBSubnetGroupName: !Ref Group
  WebGroup:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}]
  AppGroup: {Type: 'AWS::EC2::SecurityGroup', Properties: {GroupDescription: app}}
  FromWeb:
    Type: AWS::EC2::SecurityGroupIngress
    Properties:
      {GroupId: !Ref AppGroup, IpProtocol: tcp, FromPort: 8080, ToPort: 8080, SourceSecurityGroupId: !Ref WebGroup}
Conditions:
  Always: !Equals [a, a]
"""
SERVERLESS = """
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.12, MemorySize: 256}
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      InlineCode: x
      Events: {Web: {Type: HttpApi, Properties: {Path: /orders, Method: get}}, Nightly: {Type: Schedule, Properties: {Schedule: rate(1 day)}}}
"""
STORES = """
Parameters:
  Stage: {Type: String, Default: dev}
  Days: {Type: Number, Default: 30}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Documents:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub 'docs-${Stage}'
      VersioningConfiguration: {Status: Enabled}
      LifecycleConfiguration: {Rules: [{Status: Enabled, Transitions: [{StorageClass: GLACIER, TransitionInDays: !Ref Days}]}]}
  Plain: {Type: AWS::S3::Bucket}
  Alerts: {Type: AWS::SNS::Topic}
  Trail: {Type: AWS::CloudTrail::Trail, Condition: IsProd, Properties: {IsLogging: true, S3BucketName: !Ref Plain}}
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      {MetricName: CPUUtilization, Namespace: AWS/EC2, Threshold: 80, ComparisonOperator: GreaterThanThreshold,
       EvaluationPeriods: 1, Period: 60, Statistic: Average}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]}
      Policies: [{PolicyName: p, PolicyDocument: {Statement: [{Effect: Allow, Action: 's3:*', Resource: '*'}]}}]
Outputs:
  TopicArn: {Value: !Ref Alerts}
"""

QUEUES = """
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 300
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 3}
  Failed:
    Type: AWS::SQS::Queue
  Clicks:
    Type: AWS::Kinesis::Stream
    Properties: {ShardCount: 2}
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      DeletionProtectionEnabled: true
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: {Name: orders}
  Converter:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: mediaconvert.amazonaws.com}, Action: sts:AssumeRole}]
"""


@pytest.mark.parametrize(
    ("template", "ask", "standings"),
    [
        (NETWORK, "VPC with the CIDR 10.1.0.0/16", {"vpc-range": "met", "exists": "met"}),
        (NETWORK, "VPC with the CIDR 10.2.0.0/16", {"vpc-range": "unmet", "exists": "met"}),
        (NETWORK, "A NAT gateway", {"exists": "unmet"}),
        (NETWORK, "two public subnets", {"public-subnets-counted": "unmet", "subnets": "met"}),
        (NETWORK, "subnets in two Availability Zones", {"zones-counted": "unmet"}),
        (NETWORK, "RDS database in private subnets", {"placed-in-private": "met", "exists": "met"}),
        (NETWORK, "Multi-AZ RDS database", {"db-multi-az": "met", "exists": "met"}),
        (NETWORK, "Aurora PostgreSQL cluster", {"db-engine-aurora-postgresql": "unmet", "exists": "unmet"}),
        (NETWORK, "Encrypted RDS database", {"encrypted": "met", "exists": "met"}),
        (NETWORK, "The app security group accepts port 8080 only from the web tier", {"let-in-from-group": "met"}),
        (NETWORK, "SSH must not be open to the internet", {"ssh-closed": "met"}),
        (SERVERLESS, "Lambda function on Python 3.12", {"runtime-python": "met", "exists": "met"}),
        (SERVERLESS, "Lambda function with 512 MB memory", {"function-memory": "unmet", "exists": "met"}),
        (SERVERLESS, "an HTTP API", {"exists": "met"}),
        (SERVERLESS, "an IAM role", {"exists": "met"}),
        (SERVERLESS, "EventBridge runs a daily schedule", {"schedule-daily": "met"}),
        (STORES, "S3 bucket with versioning", {"bucket-versioning": "met", "exists": "met"}),
        (STORES, "All S3 buckets must have versioning", {"bucket-versioning": "unmet", "exists": "met"}),
        (STORES, "S3 objects move to Glacier after 30 days", {"bucket-glacier": "met"}),
        (STORES, "S3 bucket with server-side encryption", {"encrypted": "unjudged", "exists": "met"}),
        (STORES, "Encrypted SNS topic", {"encrypted": "unmet", "exists": "met"}),
        (STORES, "an SNS topic with an email subscription", {"topic-email": "unmet"}),
        (STORES, "A CloudTrail trail", {"exists": "unmet"}),
        (STORES, "CloudWatch alarm when CPU exceeds 80%", {"alarm-cpu-at": "met", "alarm-at": "met", "exists": "met"}),
        (
            STORES,
            "CloudWatch alarm when CPU exceeds 70%",
            {"alarm-cpu-at": "met", "alarm-at": "unmet", "exists": "met"},
        ),
        (STORES, "IAM roles follow least privilege", {"least-privilege": "unmet"}),
        (STORES, "Output the topic ARN", {"outputs-listed": "met"}),
        (STORES, "Parameter Stage (String), and an EnvironmentSuffix parameter", {"parameter-called": "unmet"}),
        (STORES, "Do not create SNS topics", {"nothing": "unmet"}),
        (STORES, "CloudFormation template in JSON", {"format-json": "unmet"}),
        (QUEUES, "SQS queue with a visibility timeout of 5 minutes", {"setting": "met"}),
        (QUEUES, "SQS queue with a visibility timeout of 60 seconds", {"setting": "unmet"}),
        (QUEUES, "SQS queue with a visibility timeout of 6 times the function's", {"setting": None}),
        (QUEUES, "SQS queue with a message retention period of 14 days", {"setting": "unmet"}),
        (QUEUES, "DLQ with maxReceiveCount 3", {"queue-receive-count": "met"}),
        (QUEUES, "Kinesis data stream with 4 shards", {"stream-shards": "unmet", "exists": "met"}),
        (QUEUES, "DynamoDB table with deletion protection enabled", {"setting": "met"}),
        (QUEUES, "DynamoDB table, billing mode PROVISIONED", {"setting": "unmet"}),
        (QUEUES, "DynamoDB table; deletion protection in production only", {"setting": None}),
        (QUEUES, "Use AWS MediaConvert for video", {"exists": "unjudged"}),
        (QUEUES, "Use Amazon AppFlow for ingestion", {"exists": "unmet"}),
        (QUEUES, "REST API with CORS enabled on API Gateway", {"api-cors": "unmet"}),
        (QUEUES, "A role with which a function reads a bucket", {"exists": "unjudged"}),
        (QUEUES, "It checks that SQS queues have a visibility timeout of 60 seconds", {"setting": "unjudged"}),
        (NETWORK, "Never hardcode AZ names", {"no-literal-zone": "met"}),
        (NETWORK, "DON’T add a dashboard, GuardDuty, Config rules or a trail", {"nothing": "met", "exists": None}),
        (NETWORK, "trusted by lambda.amazonaws.com", {"exists": None}),
        (NETWORK, "RDS database encrypted with AWS-managed KMS keys", {"exists": "met"}),
        (NETWORK, "Weak MFA enforcement for administrators", {"mfa": "unjudged"}),
        (NETWORK, "A bastion host security group", {"exists": "met"}),
        (NETWORK, "A specific external IAM role may read it", {"exists": None}),
        (STORES, "Data flows to the S3 bucket through encrypted channels", {"encrypted": None}),
        (STORES, "ALB access logs sent to a dedicated S3 bucket", {"bucket-logging": None}),
        (STORES, "S3 standard storage class for the bucket", {"setting": None}),
        (STORES, "Tags for PCI-DSS compliance tracking", {"tags-keys": None}),
        ("Resources: {A: {Type: 'AWS::SNS::Topic'}}\nOther: [", "an SQS queue", {"exists": "unmet"}),
        ("Resources: {A: {Type: 'AWS::SNS::Topic'}}\nOther: [", "an SNS topic", {"exists": "unjudged"}),
    ],
)
def test_a_demand_is_judged(make_case: Make, template: str, ask: str, standings: dict[str, str | None]) -> None:
    case = make_case({"template.yaml": template}, prompt=f"- {ask}\n")
    from_prompt = {one.requirement.title: one for one in judged(case)}
    found = {}
    for demand in read_demands(case.task.prompt).demands:
        found[demand.entry] = from_prompt[demand.requirement.title].standing.value
    assert {entry: found.get(entry) for entry in standings} == standings


def test_what_is_unmet_says_what_is_there_instead(make_case: Make) -> None:
    case = make_case({"template.yaml": STORES}, prompt="- All S3 buckets must have versioning\n")
    unmet = next(one for one in judged(case) if one.standing == "unmet")
    assert unmet.reason == "Plain has no VersioningConfiguration (1 of 2 differs)"
    assert [(place.resource, place.line) for place in unmet.evidence] == [("Plain", 14)]


def test_a_macro_may_create_what_is_missing(make_case: Make) -> None:
    template = "Transform: [Expand]\nResources: {A: {Type: 'AWS::SNS::Topic'}}\n"
    assert [one.standing for one in judged(make_case({"t.yaml": template}, prompt="- A KMS key\n"))] == ["unjudged"]


def test_an_answer_without_a_template_meets_nothing(make_case: Make) -> None:
    case = make_case({"README.md": "Use a queue."}, prompt="- An SQS queue\n")
    assert [one.standing for one in judged(case)] == ["unmet"]


def test_an_answer_to_another_question(make_case: Make) -> None:
    prompt = "- A VPC\n- An RDS instance\n- A NAT gateway\n"
    table = "Resources: {T: {Type: 'AWS::DynamoDB::Table'}}\n"
    assert is_off_task(judged(make_case({"t.yaml": table}, prompt=prompt)))
    assert not is_off_task(judged(make_case({"t.yaml": NETWORK}, prompt=prompt)))


def test_what_cannot_be_read_may_answer_the_question(make_case: Make) -> None:
    broken = "Resources:\n  T: {Type: 'AWS::SNS::Topic'}\n  V: {Type: 'AWS::EC2::VPC'}\nOther: [\n"
    prompt = "- A VPC\n- An RDS instance\n- A NAT gateway\n- A KMS key\n"
    assert not is_off_task(judged(make_case({"t.yaml": broken}, prompt=prompt)))


def test_a_nested_template_that_was_not_written_hides_nothing(make_case: Make) -> None:
    stack = "  {}: {{Type: 'AWS::CloudFormation::Stack', Properties: {{TemplateURL: 'https://s.s3.amazonaws.com/{}.yaml'}}}}\n"
    parent = "Resources:\n" + stack.format("Net", "net") + stack.format("Data", "data")
    net = "Resources: {V: {Type: 'AWS::EC2::VPC'}}\n"
    case = make_case({"main.yaml": parent, "net.yaml": net}, prompt="- A VPC\n- An SQS queue\n")
    assert [one.standing for one in judged(case)] == ["met", "unmet"]


def test_what_only_stacks_of_another_region_create_is_not_called_missing(make_case: Make) -> None:
    template = (
        "Conditions: {{Other: !Equals [!Ref '{}', eu-west-1]}}\n"
        "Parameters: {{Stage: {{Type: String, Default: dev}}}}\n"
        "Resources:\n  A: {{Type: 'AWS::SQS::Queue'}}\n  T: {{Type: 'AWS::SNS::Topic', Condition: Other}}\n"
    )
    for name, standing in (("AWS::Region", "unjudged"), ("Stage", "unmet")):
        case = make_case({"t.yaml": template.format(name)}, prompt="- An SNS topic\n")
        assert [one.standing for one in judged(case)] == [standing]


def test_outputs_of_key_resources_are_met_by_any_output(make_case: Make) -> None:
    template = "Resources: {T: {Type: 'AWS::SNS::Topic'}}\nOutputs: {TopicId: {Value: !Ref T}}\n"
    verdicts = judged(make_case({"t.yaml": template}, prompt="- Outputs for key resource IDs and attributes\n"))
    assert {one.standing for one in verdicts} == {"met"}


def test_a_thing_without_its_counterpart_in_the_secondary_region(make_case: Make) -> None:
    template = (
        "Parameters: {SecondaryRegion: {Type: String, Default: eu-west-1}}\nResources:\n  PrimaryKey: {Type: 'AWS::KMS::Key'}\n"
        "  PrimaryQueue: {Type: 'AWS::SQS::Queue'}\n  SecondaryQueue: {Type: 'AWS::SQS::Queue'}\n"
    )
    case = make_case({"t.yaml": template}, prompt="- KMS keys in both regions\n- SQS queues in both regions\n")
    standings = {one.requirement.title: one.standing for one in judged(case) if "regions" in one.requirement.title}
    assert standings == {"KMS key in both regions": "unmet", "SQS queue in both regions": "unjudged"}


def test_routing_by_path_needs_a_listener_rule(make_case: Make) -> None:
    template = "Resources:\n  R:\n    Type: AWS::ElasticLoadBalancingV2::ListenerRule\n    Properties: {{Conditions: [{{Field: {}}}]}}\n"
    for field, standing in (("path-pattern", "met"), ("host-header", "unmet")):
        case = make_case({"t.yaml": template.format(field)}, prompt="- The load balancer uses path-based routing\n")
        assert [one.standing for one in judged(case) if "path" in one.requirement.title] == [standing]


INSTRUCTIONS = (
    "Create a topic. Documentation with deployment instructions.\n\n## Deliverables\n- Template\n- Unit tests\n"
)
TOPIC = "Resources: {Orders: {Type: 'AWS::SNS::Topic'}}\n"


@pytest.mark.parametrize(
    ("readme", "standing"),
    [
        ("A topic.\n", "unmet"),
        ("The topic takes orders. " * 200, "unmet"),
        ("The topic takes orders. " * 200 + "Install it with your pipeline.", "unjudged"),
        ("## How to deploy\nWith the console.\n", "met"),
    ],
)
def test_a_long_text_without_a_word_of_the_subject_is_not_the_document(
    make_case: Make, readme: str, standing: str
) -> None:
    found = judged(make_case({"topic.yml": TOPIC, "README.md": readme}, INSTRUCTIONS))
    assert [one.standing for one in found if one.requirement.title == "deployment instructions"] == [standing]


@pytest.mark.parametrize(
    "beside", ["```yaml\nAWSTemplateFormatVersion: '2010-09-09'\nResources:\n```\n", "```yaml\nName: orders\n```\n"]
)
def test_a_block_that_is_left_out_is_not_a_test(beside: str) -> None:
    bundle = read_text("answer.md", f"```yaml\n{TOPIC}```\n\nAgain:\n\n{beside}")
    found = judged(Case(Task("t", "T", INSTRUCTIONS, profile("fresh")), bundle))
    assert bundle.omitted
    assert [one.standing for one in found if one.requirement.title == "unit tests"] == ["unmet"]
