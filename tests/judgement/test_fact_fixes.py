"""Corrected lines of failures that facts of AWS report: keys of topics, metrics of alarms and dashboards."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.judgement.test_fixes import failure, graded

TRUST = """Resources:
  Key:
    Type: AWS::KMS::Key
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Version: '2012-10-17'
        Statement:
          - {Effect: Allow, Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}, Action: 'kms:*', Resource: '*'}
  Alerts:
    Type: AWS::SNS::Topic
    Properties: {KmsMasterKeyId: %s}
  Ended:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [aws.batch]}
      Targets: [{Id: alerts, Arn: !Ref Alerts}]
  Late:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmActions: [!Ref Alerts]
      ComparisonOperator: GreaterThanThreshold
      EvaluationPeriods: 1
      Period: 300
      MetricName: ApproximateAgeOfOldestMessage
      Namespace: AWS/SQS
      Dimensions: [{Name: QueueName, Value: !GetAtt Work.QueueName}]
      Statistic: Maximum
      Threshold: 600
  Work: {Type: AWS::SQS::Queue}
"""
ALARM = """Resources:
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins: [{Id: site, DomainName: www.example.org, CustomOriginConfig: {OriginProtocolPolicy: https-only}}]
        DefaultCacheBehavior: {TargetOriginId: site, ViewerProtocolPolicy: https-only, CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6}
  Errors:
    Type: AWS::CloudWatch::Alarm
    Properties:
      ComparisonOperator: GreaterThanThreshold
      EvaluationPeriods: 1
      Period: 300
      Namespace: AWS/CloudFront
      MetricName: 5xxErrorRate
      Dimensions:
        - Name: DistributionId
          Value: !Ref Site
      Statistic: Average
      Threshold: 5
  Overview:
    Type: AWS::CloudWatch::Dashboard
    Properties:
      DashboardBody: !Sub |
        {"widgets": [{"type": "metric", "properties": {
          "region": "us-east-1",
          "title": "Site",
          "metrics": [
            ["AWS/CloudFront", "Requests", "DistributionId", "${Site}", {"stat": "Sum"}],
            [".", "4xxErrorRate"]
          ],
          "period": 300,
          "stat": "Average",
          "view": "timeSeries",
          "stacked": false,
          "setPeriodToTimeRange": false,
          "yAxis": {"left": {"min": 0}}
        }}]}
"""


def texts(tmp_path: Path, template: str, rule: str) -> list[str]:
    return [one.text for one in failure(graded(tmp_path, template), rule).fix_lines]


def test_one_statement_lets_all_services_that_publish_use_the_key(tmp_path: Path) -> None:
    [lines] = texts(tmp_path, TRUST % "!Ref Key", "topic-key-for-publishers")
    assert "- cloudwatch.amazonaws.com\n" in lines
    assert "- events.amazonaws.com\n" in lines
    assert lines.count("Sid:") == 1


def test_an_aws_managed_key_is_replaced_by_a_key_with_a_policy(tmp_path: Path) -> None:
    topic, key = texts(tmp_path, TRUST % "alias/aws/sns", "topic-key-for-publishers")
    assert topic == "Alerts:\n  Type: AWS::SNS::Topic\n  Properties: {KmsMasterKeyId: !Ref AlertsKey}"
    assert key.startswith("AlertsKey:\n  Type: AWS::KMS::Key\n")
    assert "kms:GenerateDataKey*" in key


def test_a_metric_gets_the_dimensions_that_it_is_published_with(tmp_path: Path) -> None:
    alarm, dashboard = texts(tmp_path, ALARM, "metric-dimensions")
    assert alarm.endswith("""    Dimensions:
      - Name: DistributionId
        Value: !Ref Site
      - Name: Region
        Value: Global""")
    assert dashboard.endswith("""    DashboardBody: !Sub |
          ["AWS/CloudFront", "Requests", "DistributionId", "${Site}", "Region", "Global", {"stat": "Sum"}],
          [".", "4xxErrorRate", "DistributionId", "${Site}", "Region", "Global"]""")


@pytest.mark.parametrize(
    "more", ["", "  Other: {Type: AWS::CloudFront::Distribution, Properties: !Ref AWS::NoValue}\n"]
)
def test_a_dimension_is_added_only_where_one_resource_can_be_meant(tmp_path: Path, more: str) -> None:
    template = ALARM.replace("        - Name: DistributionId\n          Value: !Ref Site\n", "        []\n") + more
    found = "\n".join(texts(tmp_path, template, "metric-dimensions"))
    assert ("Value: !Ref Site" in found) is (not more)


# rule, the resource, the corrected lines
FACTS = [
    (
        "volume-gp2-with-iops",
        """  Disk:
    Type: AWS::EC2::Volume
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      AvailabilityZone: !Select [0, !GetAZs '']
      Size: 100
      Encrypted: true
      VolumeType: gp2
      Iops: 3000
""",
        "Disk:\n  Type: AWS::EC2::Volume\n  Properties:\n    VolumeType: gp3",
    ),
    (
        "queue-attribute-ranges",
        """  Inbox:
    Type: AWS::SQS::Queue
    Properties:
      # kept for as long as possible
      MessageRetentionPeriod: 2419200
      DelaySeconds: 5
""",
        "Inbox:\n  Type: AWS::SQS::Queue\n  Properties:\n    MessageRetentionPeriod: 1209600",
    ),
    (
        "stream-on-demand-with-shards",
        """  Clicks:
    Type: AWS::Kinesis::Stream
    Properties:
      StreamModeDetails: {StreamMode: ON_DEMAND}
      ShardCount: 2
      StreamEncryption: {EncryptionType: KMS, KeyId: alias/aws/kinesis}
""",
        """Clicks:
  Type: AWS::Kinesis::Stream
  Properties:
    StreamModeDetails: {StreamMode: ON_DEMAND}
    StreamEncryption: {EncryptionType: KMS, KeyId: alias/aws/kinesis}""",
    ),
]


@pytest.mark.parametrize(("rule", "resource", "wanted"), FACTS, ids=[rule for rule, _, _ in FACTS])
def test_the_fix_of_a_fact_is_made_where_it_is_one_edit(tmp_path: Path, rule: str, resource: str, wanted: str) -> None:
    assert texts(tmp_path, f"Resources:\n{resource}", rule) == [wanted]


def test_a_fix_that_takes_more_than_an_edit_has_no_lines(tmp_path: Path) -> None:
    group = """  Servers:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: 4
      MaxSize: 2
      AvailabilityZones: !GetAZs ''
      LaunchTemplate: {LaunchTemplateId: lt-0123456789abcdef0, Version: '1'}
"""
    assert texts(tmp_path, f"Resources:\n{group}", "scaling-group-size-order") == []


def test_code_may_do_what_it_calls_on_the_only_resource_that_it_can_be(tmp_path: Path) -> None:
    text = """Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
  Count:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Code:
        ZipFile: |
          import boto3
          def handler(event, context):
              table = boto3.client('dynamodb')
              found = table.scan(TableName='orders')
              boto3.client('cloudwatch').put_metric_data(Namespace='orders', MetricData=[])
              return len(found)
"""
    [lines] = texts(tmp_path, text, "inline-code-permission")
    [policy] = yaml.safe_load(lines.replace("!GetAtt ", ""))["Role"]["Properties"]["Policies"]
    granted = [(one["Action"], one["Resource"]) for one in policy["PolicyDocument"]["Statement"]]
    assert granted == [(["dynamodb:Scan"], "Orders.Arn"), (["cloudwatch:PutMetricData"], "*")]


def test_a_load_balancer_waits_for_the_policy_that_lets_it_write_logs(tmp_path: Path) -> None:
    text = """Resources:
  Logs: {Type: AWS::S3::Bucket}
  Front:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      Scheme: internal
      Subnets: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]
      LoadBalancerAttributes:
        - {Key: access_logs.s3.enabled, Value: 'true'}
        - {Key: access_logs.s3.bucket, Value: !Ref Logs}
"""
    policy, front = sorted(texts(tmp_path, text, "load-balancer-log-bucket-policy"), reverse=True)
    assert "Service: logdelivery.elasticloadbalancing.amazonaws.com" in policy
    assert "DependsOn: LogsPolicy" in front


def test_what_is_removed_with_its_resource_is_not_changed_there(tmp_path: Path) -> None:
    text = """Resources:
  Recorder:
    Type: AWS::Config::ConfigurationRecorder
    Properties: {RoleARN: !GetAtt Role.Arn}
  Started:
    Type: AWS::Config::ConfigurationRecorderStatus
    Properties: {Name: !Ref Recorder, Recording: true}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: config.amazonaws.com}, Action: 'sts:AssumeRole'}]
"""
    found = texts(tmp_path, text, "account-singleton")
    assert [one.partition(":")[0] for one in found] == [
        "CreateAccountResources",
        "ShouldCreateAccountResources",
        "Recorder",
    ]
