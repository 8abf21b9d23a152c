"""Keys that an Auto Scaling group may not use."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.template import Resource, Template, walk


def check(case: Case) -> Iterator[RuleFinding]:
    """Report keys of the volumes of an Auto Scaling group whose policy does not name its service-linked role."""
    for template, group in case.resources("AWS::AutoScaling::AutoScalingGroup"):
        scope = case.scopes[template.file]
        for use in template.references:
            launch = template.resources.get(use.target) if use.owner == group.name else None
            if launch is None or launch.type != "AWS::EC2::LaunchTemplate":
                continue
            for key in _keys(case, template, launch):
                if "autoscaling" not in str(scope.value(key.get("KeyPolicy"))).lower():
                    message = f"encrypts the volumes of {group.name}, and its policy does not name Auto Scaling's role"
                    yield at_property(template, key, "KeyPolicy", message, value=group.name)
            break


def _keys(case: Case, template: Template, launch: Resource) -> Iterator[Resource]:
    for path, node in walk(launch.properties):
        key = case.referred(template, node) if path[-1:] == ("KmsKeyId",) else None
        if key is not None and key.type == "AWS::KMS::Key":
            yield key


RULE = Rule(
    id="autoscaling-kms-key",
    former_ids=("autoscaling-key",),
    kind="kms-key-policy",
    level="High",
    category="security",
    title="Keys that an Auto Scaling group may not use",
    issue="{resources} in {file} encrypt the volumes of {values}. Auto Scaling starts instances with a service-linked role of its own, "
    "which the key policy does not allow to use the key or to grant its use: every instance ends right after it was started.",
    fix="Allow `arn:aws:iam::ACCOUNT:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling` the use of the key, "
    "and kms:CreateGrant with the condition kms:GrantIsForAWSResource.",
    root_cause="The key policy names the account and the role of the instances, which are not who starts them.",
    lesson="Ask of each encrypted resource who touches the key: often a service-linked role that no template shows.",
    reference="https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html",
    cost="Instances are started and ended over and over.",
    security="None.",
    performance="No instance ever serves.",
    check=check,
    fails=(
        example("""
Parameters:
  Image: {Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64}
  Subnets: {Type: 'List<AWS::EC2::Subnet::Id>', Default: subnet-0a1b2c3d}
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:  # finds
        Version: '2012-10-17'
        Statement:
          - {Effect: Allow, Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}, Action: 'kms:*', Resource: '*'}
  Server:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        ImageId: !Ref Image
        InstanceType: t3.micro
        BlockDeviceMappings:
          - {DeviceName: /dev/xvda, Ebs: {Encrypted: true, KmsKeyId: !GetAtt Key.Arn, VolumeSize: 20}}
  Servers:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: '1'
      MaxSize: '2'
      VPCZoneIdentifier: !Ref Subnets
      LaunchTemplate: {LaunchTemplateId: !Ref Server, Version: !GetAtt Server.LatestVersionNumber}
"""),
    ),
    passes=(
        example("""
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: '2012-10-17'
        Statement:
          - {Effect: Allow, Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}, Action: 'kms:*', Resource: '*'}
          - Effect: Allow
            Principal:
              AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling'
            Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey', 'kms:CreateGrant']
            Resource: '*'
  Server:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        InstanceType: t3.micro
        BlockDeviceMappings:
          - {DeviceName: /dev/xvda, Ebs: {Encrypted: true, KmsKeyId: !GetAtt Key.Arn, VolumeSize: 20}}
  Servers:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: '1'
      MaxSize: '2'
      VPCZoneIdentifier: [subnet-0a1b2c3d]
      LaunchTemplate: {LaunchTemplateId: !Ref Server, Version: !GetAtt Server.LatestVersionNumber}
"""),
    ),
)
