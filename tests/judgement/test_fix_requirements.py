"""Fixes and the prompt: what it asks for is written as the ideal answer has it, and what it orders is not taken away."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from grader import Result, grade, load_rubric, load_task, read_response
from grader.model import Failure
from grader.task.load import read_ideal

TOPIC = """Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: alerts}
"""


def graded(folder: Path, text: str, prompt: str, ideal: str = "", name: str = "answer.yml") -> Result:
    (folder / "PROMPT.md").write_text(prompt)
    (folder / name).write_text(text)
    if ideal:
        (folder / "IDEAL_RESPONSE.md").write_text(f"```yaml\n{ideal}```\n")
    task = load_task(folder)
    beside = read_ideal(task, folder / name) if ideal else None
    return grade(task, read_response(folder / name), load_rubric(), ideal=beside, fast=True)


def failure(result: Result, rule: str) -> Failure:
    return next(one for one in result.failures if one.rule == rule)


def test_a_missing_resource_is_the_ideal_answers_with_the_names_of_the_response(tmp_path: Path) -> None:
    ideal = """Parameters:
  Stage: {Type: String, Default: live}
  Kept: {Type: Number, Default: 30}
Resources:
  Alerts:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: alerts}
  Jobs:
    Type: AWS::SQS::Queue
    Properties: {SqsManagedSseEnabled: true}
  Depth:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: !Sub 'depth-${Stage}-${AWS::Region}'
      Namespace: AWS/SQS
      MetricName: ApproximateNumberOfMessagesVisible
      Dimensions: [{Name: QueueName, Value: !GetAtt Jobs.QueueName}]
      Statistic: Maximum
      Period: 300
      EvaluationPeriods: 1
      Threshold: !Ref Kept
      ComparisonOperator: GreaterThanThreshold
      AlarmActions: [!Ref Alerts]
"""
    prompt = "Create an SNS topic, and a CloudWatch alarm that notifies it."
    found = failure(graded(tmp_path, TOPIC, prompt, ideal), "unmet-monitoring")
    added = yaml.safe_load("\n".join(one.text for one in found.fix_lines).replace("!", ""))
    assert set(added) == {"Jobs", "Depth"}
    assert added["Depth"]["Properties"]["AlarmActions"] == ["Ref Topic"]
    assert added["Depth"]["Properties"]["Threshold"] == 30
    assert "Add under `Resources` of `answer.yml`" in found.fix


def test_what_the_ideal_answer_does_not_have_either_has_no_lines(tmp_path: Path) -> None:
    prompt = "Create an SNS topic, and a CloudWatch dashboard of its messages."
    assert failure(graded(tmp_path, TOPIC, prompt, TOPIC), "unmet-monitoring").fix_lines == ()


def test_a_property_that_the_prompt_orders_is_not_taken_away(tmp_path: Path) -> None:
    function = """Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Role: !GetAtt Role.Arn
      Runtime: python3.13
      Handler: index.handler
      ReservedConcurrentExecutions: 40
      Code: {ZipFile: 'def handler(event, context): return event'}
"""
    free = failure(graded(tmp_path, function, "A Lambda function."), "reserved-concurrency")
    assert free.fix_lines
    prompt = "A Lambda function. Set its reserved concurrency to 40."
    assert failure(graded(tmp_path, function, prompt), "reserved-concurrency").fix_lines == ()


KEY = """Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Version: '2012-10-17'
        Statement:
          - Sid: Account
            Effect: Allow
            Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}
            Action: 'kms:*'
            Resource: '*'
  Group:
    Type: AWS::Logs::LogGroup
    Properties:
      KmsKeyId: !GetAtt Key.Arn
      RetentionInDays: 30
"""


def test_items_of_a_list_that_are_not_shown_are_said_to_stay(tmp_path: Path) -> None:
    found = failure(graded(tmp_path, KEY, "A log group with a key."), "kms-key-policy")
    [lines] = found.fix_lines
    assert "# the other items of Statement stay" in lines.text
    assert "the other items of `Statement` stay" in found.fix
    assert "logs." in lines.text
    assert "kms:*" not in lines.text


def test_what_neither_answer_has_is_added_at_its_least_where_the_template_has_what_it_needs(tmp_path: Path) -> None:
    function = """Resources:
  Alerts: {Type: AWS::SNS::Topic, Properties: {DisplayName: alerts}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
  Import:
    Type: AWS::Lambda::Function
    Properties:
      Role: !GetAtt Role.Arn
      Runtime: python3.13
      Handler: index.handler
      Code: {ZipFile: 'def handler(event, context): return event'}
"""
    prompt = "Create a Lambda function and an SNS topic. Create a CloudWatch alarm when the Lambda function has errors."
    [lines] = failure(graded(tmp_path, function, prompt), "unmet-monitoring").fix_lines
    [alarm] = yaml.safe_load(lines.text.replace("!", "")).values()
    assert alarm["Properties"]["MetricName"] == "Errors"
    assert alarm["Properties"]["Dimensions"] == [{"Name": "FunctionName", "Value": "Ref Import"}]
    assert alarm["Properties"]["AlarmActions"] == ["Ref Alerts"]
    none = graded(tmp_path, TOPIC, prompt.replace("a Lambda function and ", ""))
    assert failure(none, "unmet-monitoring").fix_lines == ()


def test_a_tag_that_the_prompt_asks_for_has_the_value_that_other_resources_give_it(tmp_path: Path) -> None:
    text = """Parameters: {Team: {Type: String, Default: billing}}
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      Tags: [{Key: Team, Value: !Ref Team}]
  Events: {Type: AWS::SQS::Queue, Properties: {KmsMasterKeyId: !GetAtt Key.Arn}}
"""
    result = graded(tmp_path, text, "Create a KMS key and an SQS queue. Tag all resources with Team.")
    [lines] = failure(result, "unmet-tag").fix_lines
    assert lines.text.startswith("Events")
    assert "Tags: [{Key: Team, Value: !Ref Team}]" in lines.text


def test_an_output_that_the_prompt_names_is_of_the_resource_that_it_is_called_after(tmp_path: Path) -> None:
    prompt = "Create an SNS topic.\n\n### Outputs\n\n1. **TopicName**: The topic\n2. **StackName**: The stack name\n"
    result = graded(tmp_path, TOPIC + "Outputs:\n  Messages:\n    Value: !GetAtt Topic.TopicArn\n", prompt)
    lines = [one.text for each in result.failures for one in each.fix_lines if each.rule == "unmet-output"]
    assert lines == ["TopicName:\n  Value: !Ref Topic", "StackName:\n  Value: !Ref AWS::StackName"]


def test_several_tags_are_one_failure_with_one_correction(tmp_path: Path) -> None:
    text = """Parameters:
  Team: {Type: String, Default: billing}
  Stage: {Type: String, Default: dev}
Resources:
  Events: {Type: AWS::SQS::Queue, Properties: {SqsManagedSseEnabled: true, QueueName: !Sub '${Team}-${Stage}'}}
"""
    prompt = "Create an SQS queue.\n\nTag all resources with:\n\n- Team: who owns it\n- Stage: dev or live\n"
    found = [one for one in graded(tmp_path, text, prompt).failures if one.rule == "unmet-tag"]
    for failure in found:
        assert failure.title == "Missing tags Team and Stage"
        [lines] = failure.fix_lines
        assert "{Key: Team, Value: !Ref Team}, {Key: Stage, Value: !Ref Stage}" in lines.text
    assert len(found) == 1


def test_on_demand_capacity_takes_the_throughput_away(tmp_path: Path) -> None:
    text = """Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      ProvisionedThroughput: {ReadCapacityUnits: 5, WriteCapacityUnits: 5}
      PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}
"""
    result = graded(tmp_path, text, "Create a DynamoDB table with on-demand capacity.")
    texts = [one.text for each in result.failures if each.requirements for one in each.fix_lines]
    assert any("BillingMode: PAY_PER_REQUEST" in one and "ReadCapacityUnits" not in one for one in texts)


def test_a_detector_is_created_where_a_parameter_says_so(tmp_path: Path) -> None:
    result = graded(tmp_path, TOPIC, "Create an SNS topic. Enable GuardDuty.", TOPIC)
    found = next(one for one in result.failures if "GuardDuty" in one.title)
    text = "\n".join(one.text for one in found.fix_lines)
    assert "CreateAccountResources" in text
    assert "Condition: ShouldCreateAccountResources" in text


def test_objects_move_to_glacier_by_a_rule_of_their_own(tmp_path: Path) -> None:
    text = """Resources:
  Archive:
    Type: AWS::S3::Bucket
    Properties:
      PublicAccessBlockConfiguration: {BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true}
"""
    result = graded(tmp_path, text, "Create an S3 bucket. Move its objects to Glacier after 90 days.")
    texts = [one.text for each in result.failures if each.requirements for one in each.fix_lines]
    assert any("TransitionInDays: 90" in one and "GLACIER" in one and "Enabled" in one for one in texts)


def test_what_a_correction_brings_is_corrected_with_it(tmp_path: Path) -> None:
    text = """Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
      ManagedPolicyArns: [!Sub 'arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole']
  Resize:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Code: {ZipFile: 'def handler(event, context): return 1'}
"""
    prompt = "Create a Lambda function with X-Ray tracing enabled."
    found = failure(graded(tmp_path, text, prompt), "unmet-monitoring")
    both = {name: part for one in found.fix_lines for name, part in yaml.safe_load(one.text.replace("!", "")).items()}
    assert both["Resize"]["Properties"]["TracingConfig"] == {"Mode": "Active"}
    [policy] = both["Role"]["Properties"]["Policies"]
    assert policy["PolicyDocument"]["Statement"][0]["Action"] == [
        "xray:PutTraceSegments",
        "xray:PutTelemetryRecords",
    ]


def test_the_lines_of_others_stay_where_one_correction_refers_to_an_unknown_value(tmp_path: Path) -> None:
    text = """Parameters:
  ZoneName: {Type: String}
Resources:
  Alerts:
    Type: AWS::SNS::Topic
    DeletionPolicy: Retain
    UpdateReplacePolicy: Delete
"""
    ideal = """Parameters:
  ZoneName: {Type: String}
Resources:
  Alerts: {Type: AWS::SNS::Topic}
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: !Ref ZoneName}}
"""
    prompt = "Create an SNS topic and a Route 53 hosted zone. Everything must be destroyable."
    result = graded(tmp_path, text, prompt, ideal)
    assert failure(result, "retain-policy").fix_lines


NETWORK = """Resources:
  Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.4.0.0/16}}
  PrivateSubnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Net, CidrBlock: 10.4.1.0/24}}
  PrivateOther: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Net, CidrBlock: 10.4.2.0/24}}
"""
ASSETS = """Resources:
  WebAssets:
    Type: AWS::S3::Bucket
    Properties:
      PublicAccessBlockConfiguration: {BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true}
"""
# prompt, template, the types of what is added
MISSING = [
    (
        "Create a VPC with private subnets. Create a network ACL for them.",
        NETWORK,
        ["NetworkAcl", *["NetworkAclEntry"] * 3, *["SubnetNetworkAclAssociation"] * 2],
    ),
    ("Create an S3 bucket for assets and a bucket policy.", ASSETS, ["BucketPolicy"]),
    (
        "Create an S3 bucket for assets and a CloudFront distribution.",
        ASSETS,
        ["OriginAccessControl", "Distribution", "BucketPolicy"],
    ),
    ("Create an SNS topic. Set up IAM Access Analyzer.", TOPIC, ["Analyzer"]),
]


@pytest.mark.parametrize(("prompt", "template", "types"), MISSING, ids=[types[0] for _, _, types in MISSING])
def test_what_is_missing_is_added_and_connected(tmp_path: Path, prompt: str, template: str, types: list[str]) -> None:
    found = next(one for one in graded(tmp_path, template, prompt).failures if one.rule.startswith("unmet-"))
    added = yaml.safe_load("\n".join(one.text for one in found.fix_lines).replace("!", ""))
    assert [one["Type"].rpartition("::")[2] for one in added.values()] == types


def test_a_policy_is_not_added_beside_another(tmp_path: Path) -> None:
    policy = """  Reads:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref WebAssets
      PolicyDocument: {Version: '2012-10-17', Statement: []}
"""
    result = graded(tmp_path, ASSETS + policy, "Create an S3 bucket for assets and a CloudFront distribution.")
    assert not next(one for one in result.failures if one.rule.startswith("unmet-")).fix_lines


def test_tags_are_a_mapping_where_the_type_has_them_so(tmp_path: Path) -> None:
    text = """Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {Tags: [{Key: Owner, Value: shop}]}}
  Limit: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: '10'}}
  Region: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: eu}}
"""
    found = failure(graded(tmp_path, text, "A queue and parameters. Tag all resources with Owner."), "unmet-tag")
    tags = [part["Properties"]["Tags"] for one in found.fix_lines for part in yaml.safe_load(one.text).values()]
    assert tags == [{"Owner": "shop"}, {"Owner": "shop"}]


def test_a_policy_refuses_plain_requests_by_a_statement_of_its_own(tmp_path: Path) -> None:
    policy = """  Reads:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref WebAssets
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}
            Action: s3:GetObject
            Resource: !Sub '${WebAssets.Arn}/*'
"""
    prompt = "Create an S3 bucket for assets. S3 bucket policies must enforce TLS."
    found = next(one for one in graded(tmp_path, ASSETS + policy, prompt).failures if one.rule.startswith("unmet-"))
    [lines] = found.fix_lines
    statements = yaml.safe_load(lines.text.replace("!", ""))["Reads"]["Properties"]["PolicyDocument"]["Statement"]
    assert [(one["Effect"], "Condition" in one) for one in statements] == [("Deny", True)]
