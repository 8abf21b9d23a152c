"""The texts of a failure name what is in the answer, what AWS does with it, and what to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import grade, load_rubric, load_task, read_response
from grader.model import Failure

NAMES = """Conditions:
  IsLive: !Equals [!Ref Stage, live]
Mappings:
  Sizes: {eu-west-1: {Small: t3.micro}}
Parameters:
  Stage: {Type: String, Default: live}
Resources:
  Worker:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: '{{resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64}}'
      InstanceType: !FindInMap [Sizes, us-east-1, Small]
      SubnetId: !Ref Subnet
  Own:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - {Effect: Allow, Action: 'iam:ChangePassword', Resource: !Sub 'arn:aws:iam::${AWS::AccountId}:user/${aws:username}'}
"""
TYPES = """Resources:
  Image:
    Type: AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>
    Properties: {Default: /aws/service/ami}
  Switch:
    Type: AWS::Config::ConfigurationRecorderStatus
  Topic:
    Type: AWS::SNS::Topic
    Condition: !Equals [!Ref 'AWS::Region', us-east-1]
"""
VALUES = """Resources:
  Table:
    Type: AWS::Glue::Table
    Properties: {CatalogId: !Ref 'AWS::AccountId', DatabaseName: shop, TableInput: {Name: sales}}
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: ON_DEMAND
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !GetAtt Table.Arn}
  Trail:
    Type: AWS::CloudTrail::Trail
    Properties:
      S3BucketName: logs
      IsLogging: true
      CloudWatchLogsLogGroupArn: /shop/trail
      CloudWatchLogsRoleArn: arn:aws:iam::123456789012:role/trail
"""
SCRIPT = """Resources:
  Shop:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        UserData:
          Fn::Base64: !Sub |
            #!/bin/bash
            MACHINE=$(ec2-metadata --instance-id)
            for DRIVE in a b; do mount ${DRIVE}; done
            echo "${MACHINE} of ${AWS::StackName}" > /etc/motd
  Journal: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: 30}}
Outputs:
  Journal: {Value: !GetAtt Journal.LogGroupName}
  Place: {Value: !Sub 'at ${Journal.LogGroupArn}'}
"""
DATABASES = """Parameters:
  AdminPassword: {Type: String, NoEcho: true}
Resources:
  World:
    Type: AWS::RDS::GlobalCluster
    Properties: {Engine: aurora-postgresql, StorageEncrypted: true}
  Ledger:
    Type: AWS::RDS::DBCluster
    DeletionPolicy: Snapshot
    Properties:
      Engine: aurora-postgresql
      GlobalClusterIdentifier: !Ref World
      StorageEncrypted: true
      MasterUsername: shop
      MasterUserPassword: !Ref AdminPassword
"""


def failures(folder: Path, text: str, prompt: str = "Write a template.") -> dict[str, Failure]:
    (folder / "PROMPT.md").write_text(prompt)
    (folder / "answer.yml").write_text(text)
    result = grade(load_task(folder), read_response(folder / "answer.yml"), load_rubric(), fast=True)
    return {one.rule: one for one in result.failures}


@pytest.mark.parametrize(
    ("text", "rule", "field", "expected"),
    [
        (NAMES, "undefined-reference", "issue", "`Worker` refers to `Subnet`, which is not defined (line 13)"),
        (
            NAMES,
            "undefined-reference",
            "issue",
            "`Worker` reads the entry `Small` for `us-east-1` of the mapping `Sizes`",
        ),
        (NAMES, "undefined-reference", "fix", "Write `${!aws:username}`"),
        (TYPES, "invalid-resource-type", "fix", "Move `Image` to `Parameters`."),
        (TYPES, "invalid-resource-type", "fix", "Remove `Switch`: CloudFormation starts"),
        (TYPES, "template-structure", "root_cause", "`Condition` of `Topic` is written as the function `!Equals`."),
        (VALUES, "invalid-getatt", "issue", "`Topic` reads `Table.Arn`, which `AWS::Glue::Table` does not return"),
        (VALUES, "invalid-getatt", "fix", "Write the ARN of `Table` with Fn::Sub"),
        (VALUES, "invalid-property-value", "fix", "Set `BillingMode` of `Orders` to `PAY_PER_REQUEST`."),
        (
            VALUES,
            "reference-form",
            "issue",
            "`CloudWatchLogsLogGroupArn` of `Trail` requires an ARN, and gets `/shop/trail`",
        ),
        (
            SCRIPT,
            "undefined-reference",
            "issue",
            "`Shop` refers to `MACHINE`, a variable of the script that Fn::Sub takes",
        ),
        (SCRIPT, "undefined-reference", "issue", "takes for a name of the template (line 10)"),
        (SCRIPT, "undefined-reference", "fix", "mount ${!DRIVE}; done"),
        (SCRIPT, "undefined-reference", "fix", 'echo "${!MACHINE} of ${AWS::StackName}"'),
        (SCRIPT, "invalid-getatt", "issue", "the output `Journal` reads `Journal.LogGroupName`"),
        (SCRIPT, "invalid-getatt", "fix", "Journal: {Value: !Ref Journal}"),
        (SCRIPT, "invalid-getatt", "fix", "!Sub 'at ${Journal.Arn}'"),
        (DATABASES, "secret-in-parameter", "fix", "Generate the secret in an AWS::SecretsManager::Secret"),
    ],
)
def test_a_text_names_what_is_there(tmp_path: Path, text: str, rule: str, field: str, expected: str) -> None:
    assert expected in getattr(failures(tmp_path, text, "Write a template for us-east-1.")[rule], field)


def test_a_service_that_cannot_manage_a_password_is_not_advised(tmp_path: Path) -> None:
    assert "ManageMasterUserPassword" not in failures(tmp_path, DATABASES)["secret-in-parameter"].fix


def test_a_name_of_several_files_is_found_in_all_of_them(tmp_path: Path) -> None:
    (tmp_path / "PROMPT.md").write_text("Write templates.")
    folder = tmp_path / "answer"
    folder.mkdir()
    for name in ("one", "two"):
        (folder / f"{name}.yml").write_text(
            f"Resources:\n  Log{name.title()}:\n    Type: AWS::S3::Bucket\n    Properties: {{BucketName: shop-{name}-log}}\n"
        )
    result = grade(load_task(tmp_path), read_response(folder), load_rubric(), fast=True)
    found = next(one for one in result.failures if one.rule == "globally-unique-name")
    assert "in `one.yml` and `two.yml`" in found.issue
