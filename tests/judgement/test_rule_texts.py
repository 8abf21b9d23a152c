"""What failures of rules and facts say: one thing in the singular, each thing that has the fault, AWS's words only where known."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.judgement.test_fixes import failure, graded

MOUNTED = """Resources:
  Files: {Type: AWS::EFS::FileSystem}
  East: {Type: AWS::EFS::MountTarget, Properties: {FileSystemId: !Ref Files, SubnetId: subnet-0123, SecurityGroups: [sg-0123]}}
  West: {Type: AWS::EFS::MountTarget, Properties: {FileSystemId: !Ref Files, SubnetId: subnet-4567, SecurityGroups: [sg-0123]}}
  Point: {Type: AWS::EFS::AccessPoint, Properties: {FileSystemId: !Ref Files}}
  Sort:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: arn:aws:iam::123456789012:role/sort
      Code: {ZipFile: 'def handler(event, context): pass'}
      VpcConfig: {SubnetIds: [subnet-0123, subnet-4567], SecurityGroupIds: [sg-0123]}
      FileSystemConfigs: [{Arn: !GetAtt Point.Arn, LocalMountPath: /mnt/files}]
"""
DOOR = """Resources:
  Door:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      Subnets: [subnet-01234567, subnet-89abcdef]
      LoadBalancerAttributes: [{Key: routing.http2.on, Value: 'true'}]
"""
CIRCLE = """Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {AWS: !GetAtt Clerk.Arn}, Action: 'kms:*', Resource: '*'}]
  Ledger: {Type: AWS::SecretsManager::Secret, Properties: {KmsKeyId: !Ref Key}}
  Clerk:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: 'sts:AssumeRole'}]
      Policies:
        - PolicyName: read
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - {Effect: Allow, Action: 'kms:Decrypt', Resource: !GetAtt Key.Arn}
              - {Effect: Allow, Action: 'secretsmanager:GetSecretValue', Resource: !Ref Ledger}
"""
READER = """Resources:
  Reader:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Action: 's3:GetObject', Resource: ['arn:aws:s3:::maps/*', charts/*]}]
"""


def test_a_function_waits_for_every_mount_target(tmp_path: Path) -> None:
    found = failure(graded(tmp_path, MOUNTED), "function-before-mount-targets")
    assert "does not wait for `East, West`" in found.issue
    assert yaml.safe_load(found.fix_lines[0].text)["Sort"]["DependsOn"] == ["East", "West"]


def test_the_key_that_is_most_similar_is_named(tmp_path: Path) -> None:
    found = failure(graded(tmp_path, DOOR), "load-balancer-attribute-unknown")
    assert "`routing.http2.enabled`" in found.fix
    assert "AWS answers" not in found.issue


def test_one_statement_is_one_in_every_text(tmp_path: Path) -> None:
    found = failure(graded(tmp_path, READER), "policy-resource")
    assert found.title == "Policy resource that is not an ARN"
    assert "a statement of `Reader` names `charts/*` as a resource." in found.issue


def test_a_circle_names_each_reference_once_and_only_ways_that_open_it(tmp_path: Path) -> None:
    found = failure(graded(tmp_path, CIRCLE), "circular-dependency")
    for edge in (
        "`Key` refers to `Clerk`",
        "`Clerk` refers to `Key`",
        "`Ledger` refers to `Key`",
        "`Clerk` refers to `Ledger`",
    ):
        assert found.root_cause.count(edge) == 1
    assert "move the policy of `Clerk` that refers back" in found.fix
    assert "SecurityGroup" not in found.fix
    assert "Lambda" not in found.fix


def test_a_placeholder_for_a_token_of_another_company_is_called_one(tmp_path: Path) -> None:
    template = """Parameters:
  GitHubToken: {Type: String, NoEcho: true, Default: ghp_changeme}
Resources:
  News: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref GitHubToken}}
"""
    prompt = "Publish news. Keep every token in AWS Secrets Manager."
    found = failure(graded(tmp_path, template, prompt), "hardcoded-secret")
    assert "is the placeholder `ghp_changeme`" in found.issue
    assert "enerate" not in found.fix
    assert ".`." not in found.root_cause


def test_a_bucket_for_the_logs_of_a_distribution_keeps_its_acl(tmp_path: Path) -> None:
    template = """Resources:
  Logs: {Type: AWS::S3::Bucket, DeletionPolicy: Delete, Properties: {AccessControl: LogDeliveryWrite}}
"""
    assert "remove the ACL" in failure(graded(tmp_path, template), "bucket-acl").fix
    site = """  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Logging: {Bucket: !GetAtt Logs.DomainName}
        DefaultCacheBehavior: {TargetOriginId: shop, ViewerProtocolPolicy: https-only, CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6}
        Origins: [{Id: shop, DomainName: shop.example.org, CustomOriginConfig: {OriginProtocolPolicy: https-only}}]
"""
    found = failure(graded(tmp_path, template + site), "bucket-acl")
    assert "remove the ACL" not in found.fix
    assert found.title == "ACLs that buckets do not accept: `Logs`"


def test_where_nothing_defines_a_volume_no_volume_is_to_be_encrypted(tmp_path: Path) -> None:
    template = "Resources:\n  Sealed: {Type: AWS::EC2::EBSEncryptionByDefault}\n  News: {Type: AWS::SNS::Topic}\n"
    assert "volumes are defined" not in failure(graded(tmp_path, template), "invalid-resource-type").fix
    volume = "  Disk: {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: us-east-1a, Size: 8}}\n"
    assert "Set `Encrypted: true`" in failure(graded(tmp_path, template + volume), "invalid-resource-type").fix


def test_a_demand_on_permissions_names_no_type_that_nobody_asked_for(tmp_path: Path) -> None:
    template = """Resources:
  Staff: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [staff]}}
"""
    found = failure(graded(tmp_path, template, "An instance profile. Enforce MFA for IAM users."), "unmet-permissions")
    assert "aws:MultiFactorAuthPresent" in found.fix
    assert "ManagedPolicy" not in found.root_cause


def test_what_is_missing_from_a_template_that_is_cut_off_says_so(tmp_path: Path) -> None:
    template = "Resources:\n  News: {Type: AWS::SNS::Topic}\n  Old:\n    Type: AWS::SNS::Topic\n    Properties:\n      TopicName:\n"
    answer = f"Here it is.\n\n```yaml\n{template}```\n"
    found = failure(graded(tmp_path, answer, "A topic and an SQS queue.", "answer.md"), "unmet-resource")
    assert "is cut off in its last line, 6: `TopicName:` has no value." in found.root_cause


def test_an_attribute_of_a_resource_that_is_written_twice_is_the_fault_of_the_second(tmp_path: Path) -> None:
    template = """Resources:
  Maps: {Type: AWS::DynamoDB::Table, Properties: {BillingMode: PAY_PER_REQUEST}}
  News: {Type: AWS::SNS::Topic, Properties: {DisplayName: !GetAtt Maps.Arn}}
  Maps: {Type: AWS::Glue::Table, Properties: {CatalogId: !Ref AWS::AccountId, DatabaseName: maps, TableInput: {Name: maps}}}
"""
    result = graded(tmp_path, template)
    assert "invalid-getatt" not in [one.rule for one in result.failures]
    found = failure(result, "duplicate-key")
    assert found.level == "Critical"
    assert "Line 3 reads `Maps.Arn`, which `AWS::Glue::Table` does not return" in found.root_cause


def test_a_key_policy_names_all_that_the_key_encrypts(tmp_path: Path) -> None:
    template = """Resources:
  Seal:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: '2012-10-17'
        Statement:
          - {Effect: Allow, Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}, Action: 'kms:*', Resource: '*'}
  Visits: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: 7, KmsKeyId: !GetAtt Seal.Arn}}
  Orders: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: 7, KmsKeyId: !GetAtt Seal.Arn}}
  Audit: {Type: AWS::CloudTrail::Trail, Properties: {IsLogging: true, S3BucketName: audit, KMSKeyId: !Ref Seal}}
"""
    found = failure(graded(tmp_path, template), "kms-key-policy")
    assert "encrypts `Visits` and `Orders`." in found.issue
    assert "encrypts `Audit`." in found.issue
    [lines] = found.fix_lines
    assert "AllowCloudTrail" in lines.text
    assert "AllowCloudWatchLogs" in lines.text
