"""What an engine says counts for the values that are deployed."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import Result, grade, load_rubric, load_task, read_response

CHOICE = """
Parameters:
  Stage: {Type: String, Default: test, AllowedValues: [test, live]}
Conditions:
  IsLive: !Equals [!Ref Stage, live]
  Never: !Equals [a, b]
Resources:
"""
GRAVE = ("Critical", "High")


def graded(tmp_path: Path, fast: bool = True, **files: str) -> Result:
    (tmp_path / "task").mkdir()
    (tmp_path / "task" / "PROMPT.md").write_text("A stack.")
    for name, text in files.items():
        path = tmp_path / "answer" / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return grade(load_task(tmp_path / "task"), read_response(tmp_path / "answer"), load_rubric(), fast=fast)


def found(result: Result, *levels: str) -> dict[str, str]:
    return {one.rule: one.level for one in result.failures if not levels or one.level in levels}


RIGHT = {
    "replica with a setting of its source": """
Resources:
  Spare:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      SourceDBInstanceIdentifier: arn:aws:rds:us-east-1:999988887777:db:orders
      DBInstanceClass: db.t4g.medium
      StorageEncrypted: true
""",
    "replicas of a cache without failover": """
Resources:
  Cache:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties:
      ReplicationGroupDescription: sessions
      Engine: redis
      CacheNodeType: cache.t4g.micro
      NumCacheClusters: 2
      AtRestEncryptionEnabled: true
      TransitEncryptionEnabled: true
""",
    "data that a wait condition received": """
Resources:
  Invoices: {Type: AWS::SQS::Queue}
  Handle: {Type: AWS::CloudFormation::WaitConditionHandle}
  Filled:
    Type: AWS::CloudFormation::WaitCondition
    Properties: {Handle: !Ref Handle, Timeout: '300'}
  Address: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Ref Handle}}
Outputs:
  Filling: {Value: !GetAtt Filled.Data}
  Greeting: {Value: !Sub 'It said ${Filled.Data}'}
""",
    "permissions in use only after creation, in a policy beside it": """
Resources:
  Network: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.8.0.0/16}}
  Journal: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: 30}}
  Scribe:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - {Effect: Allow, Principal: {Service: vpc-flow-logs.amazonaws.com}, Action: 'sts:AssumeRole'}
          - {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}
  Writing:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: writing
      Roles: [!Ref Scribe]
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - {Effect: Allow, Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: !GetAtt Journal.Arn}
          - {Effect: Allow, Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Resource: '*'}
  Flow:
    Type: AWS::EC2::FlowLog
    Properties:
      ResourceId: !Ref Network
      ResourceType: VPC
      TrafficType: ALL
      LogGroupName: !Ref Journal
      DeliverLogsPermissionArn: !GetAtt Scribe.Arn
  Clerk:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: !GetAtt Scribe.Arn
      Code: {ZipFile: 'def handler(event, context): return 1'}
      TracingConfig: {Mode: Active}
""",
    "domain that waits for a function that sets the policy of its logs": """
Resources:
  Journal: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: 30}}
  Allowing:
    Type: Custom::LogPolicy
    Properties:
      ServiceToken: !Sub 'arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:log-policies'
      Group: !GetAtt Journal.Arn
  Finder:
    Type: AWS::OpenSearchService::Domain
    DependsOn: Allowing
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      EBSOptions: {EBSEnabled: true, VolumeSize: 20}
      ClusterConfig: {InstanceType: r6g.large.search, InstanceCount: 1}
      EncryptionAtRestOptions: {Enabled: true}
      NodeToNodeEncryptionOptions: {Enabled: true}
      LogPublishingOptions:
        ES_APPLICATION_LOGS: {CloudWatchLogsLogGroupArn: !GetAtt Journal.Arn, Enabled: true}
""",
    "topic with the actions of its default policy": """
Resources:
  News: {Type: AWS::SNS::Topic}
  Readers:
    Type: AWS::SNS::TopicPolicy
    Properties:
      Topics: [!Ref News]
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Sid: owner
            Effect: Allow
            Principal: {AWS: !Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root'}
            Action: ['SNS:GetTopicAttributes', 'SNS:Subscribe', 'SNS:Publish', 'SNS:Receive']
            Resource: !Ref News
""",
    "branch not taken": CHOICE
    + """
  Invoices:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: !If [Never, soon, 30]
""",
    "resource never created": CHOICE
    + """
  Invoices: {Type: AWS::SQS::Queue}
  Mail:
    Type: AWS::SNS::Subscription
    Condition: Never
    Properties: {Endpoint: nobody@example.org}
""",
    "values that exclude each other": """
Parameters:
  Restored: {Type: String, Default: ''}
Conditions:
  IsRestored: !Not [!Equals [!Ref Restored, '']]
  IsNew: !Equals [!Ref Restored, '']
Resources:
  Ledger:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Snapshot
    UpdateReplacePolicy: Snapshot
    Properties:
      DBInstanceClass: db.t4g.micro
      StorageEncrypted: true
      DBSnapshotIdentifier: !If [IsRestored, !Ref Restored, !Ref AWS::NoValue]
      Engine: !If [IsNew, postgres, !Ref AWS::NoValue]
      AllocatedStorage: !If [IsNew, '20', !Ref AWS::NoValue]
      MasterUsername: !If [IsNew, bookkeeper, !Ref AWS::NoValue]
      ManageMasterUserPassword: !If [IsNew, true, !Ref AWS::NoValue]
""",
    "list of Fn::Cidr in Fn::Join": """
Resources:
  Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.8.0.0/16}}
  Blocks:
    Type: AWS::SSM::Parameter
    Properties: {Type: String, Value: !Join [';', !Cidr [!GetAtt Net.CidrBlock, 4, 8]]}
""",
    "output under the condition of its resource": CHOICE
    + """
  Invoices: {Type: AWS::SQS::Queue}
  Spare: {Type: AWS::SQS::Queue, Condition: IsLive}
Outputs:
  SpareName: {Value: !If [IsLive, !GetAtt Spare.QueueName, none]}
""",
    "attribute and role that SAM makes": """
Transform: AWS::Serverless-2016-10-31
Resources:
  Greeter:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      InlineCode: "def handler(e, c): return 'hello'"
Outputs:
  Role: {Value: !GetAtt GreeterRole.Arn}
""",
    "address with bits of a host": """
Resources:
  Office:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: The office
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 172.16.4.9/20}]
""",
    "security group of the default network": """
Resources:
  Office:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: The office
      SecurityGroupEgress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 172.16.0.0/20}]
""",
    "keys of Metadata": """
Metadata:
  AWS::CloudFormation::Interface: {ParameterGroups: [{Label: {default: Net, hint: x}, Parameters: []}]}
  Review: {Score: 4.5}
Resources:
  Invoices: {Type: AWS::SQS::Queue}
""",
}


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT.keys())
@pytest.mark.parametrize("fast", [True, False], ids=["fast", "full"])
def test_nothing_grave_about_what_is_right_as_deployed(tmp_path: Path, text: str, fast: bool) -> None:
    result = graded(tmp_path, fast, template_yaml=text)
    assert found(result, *GRAVE) == {}
    assert all(not one.errors for one in result.detectors.values())


def test_what_only_other_values_make_true_is_medium_and_names_them(tmp_path: Path) -> None:
    queue = "  Invoices: {Type: AWS::SQS::Queue, Properties: {KmsDataKeyReusePeriodSeconds: !If [IsLive, 9, 300]}}\n"
    result = graded(tmp_path, template_yaml=CHOICE + queue)
    (failure,) = (one for one in result.failures if one.rule == "invalid-property-value")
    assert failure.level == "Medium"
    assert failure.evidence[0].message.endswith("(only with Stage=live)")


def test_what_the_taken_branch_holds_keeps_its_level(tmp_path: Path) -> None:
    queue = "  Invoices: {Type: AWS::SQS::Queue, Properties: {KmsDataKeyReusePeriodSeconds: !If [IsLive, 300, 9]}}\n"
    assert found(graded(tmp_path, template_yaml=CHOICE + queue))["invalid-property-value"] == "Critical"


def test_values_that_a_command_gives_decide(tmp_path: Path) -> None:
    queue = "  Invoices: {Type: AWS::SQS::Queue, Properties: {KmsDataKeyReusePeriodSeconds: !If [IsLive, 9, 300]}}\n"
    readme = "    aws cloudformation deploy --template-file template.yaml --parameter-overrides Stage=live\n"
    result = graded(tmp_path, template_yaml=CHOICE + queue, README_md=readme)
    assert found(result)["invalid-property-value"] == "Critical"


def test_too_many_allowed_values_are_judged_with_those_of_the_plan(tmp_path: Path) -> None:
    names = [f"Part{letter}" for letter in "ABCDEF"]
    allowed = ", ".join(f"v{number}" for number in range(9))
    parameters = "".join(f"  {name}: {{Type: String, Default: v1, AllowedValues: [{allowed}]}}\n" for name in names)
    text = "/".join("${" + name + "}" for name in names)
    resources = f"  Path: {{Type: AWS::SSM::Parameter, Properties: {{Type: Text, Value: !Sub '{text}'}}}}\n"
    result = graded(tmp_path, template_yaml=f"Parameters:\n{parameters}Resources:\n{resources}")
    assert found(result)["invalid-property-value"] == "Critical"
    (error,) = result.detectors["cloudformation-validate"].errors
    assert "more combinations of allowed values" in error


NAMES = {
    "name in Fn::Sub": ("QueueName: !Sub '${Nobody}-x'", "undefined-reference"),
    "resource of Fn::GetAtt": ("QueueName: !GetAtt Nobody.Arn", "undefined-reference"),
    "attribute": ("QueueName: !GetAtt Base.Colour", "invalid-getatt"),
    "attribute in Fn::Sub": ("QueueName: !Sub '${Base.Colour}'", "invalid-getatt"),
}


@pytest.mark.parametrize(("line", "rule"), NAMES.values(), ids=NAMES.keys())
def test_names_and_attributes_are_told_apart(tmp_path: Path, line: str, rule: str) -> None:
    text = "Resources:\n  Base: {Type: AWS::SQS::Queue}\n  Orders:\n    Type: AWS::SQS::Queue\n    Properties:\n"
    result = graded(tmp_path, False, template_yaml=f"{text}      {line}\n")
    assert found(result, *GRAVE) == {rule: "Critical"}


def test_metadata_that_is_no_map_hides_nothing_from_the_engines(tmp_path: Path) -> None:
    text = "Resources:\n  Orders:\n    Type: AWS::SQS::Queue\n    Metadata: [odd]\n    Properties: {KmsDataKeyReusePeriodSeconds: 9}\n"
    result = graded(tmp_path, False, template_yaml=text)
    assert found(result)["invalid-property-value"] == "Critical"
    assert all(not one.errors for one in result.detectors.values())


def test_patterns_that_no_engine_can_match_in_time_are_left_out(tmp_path: Path) -> None:
    pattern = "AllowedPattern: '^(b|b)*(c|b)*(b|b|b)*$'"
    text = f"Parameters:\n  Word: {{Type: String, Default: {'b' * 40}!, {pattern}}}\nResources:\n  Orders: {{Type: AWS::SQS::Queue}}\n"
    result = graded(tmp_path, False, template_yaml=text)
    (error,) = result.detectors["cfn-lint"].errors
    assert "too slow to match" in error


def test_a_value_that_nobody_gives_is_not_judged(tmp_path: Path) -> None:
    text = """
Parameters: {DomainName: {Type: String, Default: ''}}
Conditions: {HasDomain: !Not [!Equals [!Ref DomainName, '']]}
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Site:
    Type: AWS::CloudFront::Distribution
    Condition: HasDomain
    Properties:
      DistributionConfig:
        Enabled: true
        Aliases: [!Ref DomainName, !Sub 'www.${DomainName}']
        Origins: [{Id: shop, DomainName: shop.orders-shop.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}]
        DefaultCacheBehavior: {TargetOriginId: shop, ViewerProtocolPolicy: https-only, CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6}
"""
    result = graded(tmp_path, template_yaml=text)
    assert [one.issue for one in result.failures if one.rule == "invalid-property-value"] == []
