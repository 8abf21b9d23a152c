"""Customer managed keys of volumes that Auto Scaling may not use."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._fragments import resources
from grader.rules._shared import created
from grader.rules.identity._corrections import auto_scaling_may_use
from grader.support.markdown import code
from grader.template import Resource, Scope, Template, walk

_KEY = """
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:{mark}
        Version: '2012-10-17'
        Statement:
          - {{Effect: Allow, Principal: {{AWS: !Sub 'arn:aws:iam::${{AWS::AccountId}}:root'}}, Action: 'kms:*', Resource: '*'}}
"""
_GROUP = """
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
"""


def check(case: Case) -> Iterator[RuleFinding]:
    """Report keys of the volumes of an Auto Scaling group whose policy does not admit its service-linked role."""
    for template, group in created(case, "AWS::AutoScaling::AutoScalingGroup"):
        scope = case.scopes[template.file]
        for launch in _launched(template, group):
            for key in _keys(case, template, launch):
                if _admits(scope.value(key.get("KeyPolicy"))):
                    continue
                message = f"encrypts the volumes of {group.name}, and its policy does not admit Auto Scaling's role"
                because = (
                    f"{code(launch.name)} encrypts its volumes with {code(key.name)}, and no statement of the key policy names "
                    "`AWSServiceRoleForAutoScaling`."
                )
                level = "" if _starts(scope, group) else "High"
                yield at_property(template, key, "KeyPolicy", message, level=level, value=group.name, because=because)


def _launched(template: Template, group: Resource) -> Iterator[Resource]:
    names = dict.fromkeys(use.target for use in template.references if use.owner == group.name)
    for name in names:
        launch = template.resources.get(name)
        if launch is not None and launch.type == "AWS::EC2::LaunchTemplate":
            yield launch


def _keys(case: Case, template: Template, launch: Resource) -> Iterator[Resource]:
    for path, node in walk(launch.properties):
        key = case.referred(template, node) if path[-1:] == ("KmsKeyId",) else None
        if key is not None and key.type == "AWS::KMS::Key":
            yield key


def _admits(policy: object) -> bool:
    """Whether a key policy names Auto Scaling, or every principal: what conditions then leave is not known here."""
    statements = policy.get("Statement") if isinstance(policy, dict) else None
    everybody = any(
        isinstance(one, dict)
        and one.get("Effect") == "Allow"
        and one.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
        for one in (statements if isinstance(statements, list) else [statements])
    )
    return everybody or "autoscaling" in str(policy).lower() or "$" in str(policy)[:2]


def _starts(scope: Scope, group: Resource) -> bool:
    """Whether the group starts an instance when it is created."""
    wanted = scope.text(group.get("DesiredCapacity")) or scope.text(group.get("MinSize"))
    return wanted != "0"


RULE = Rule(
    id="autoscaling-kms-key",
    former_ids=("autoscaling-key",),
    kind="kms-key-policy",
    level="Critical",
    category="security",
    title="KMS key policy without Auto Scaling's service-linked role",
    issue="{resources} in {file} {encrypts|encrypt} the volumes of {values}. Auto Scaling launches instances with its service-linked role, "
    "and the key policy does not let that role use the key: every instance is terminated with Client.InternalError, and the group does "
    "not stabilize.",
    fix="Add a statement to the key {policy|policies} of {resources} that lets "
    "`arn:aws:iam::ACCOUNT:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling` encrypt and decrypt with the "
    "key, and one for kms:CreateGrant with the condition kms:GrantIsForAWSResource.",
    root_cause="{because}",
    lesson="A key for the volumes of an Auto Scaling group has to admit AWSServiceRoleForAutoScaling.",
    reference="https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html",
    cost="Instances are launched and terminated again and again.",
    performance="No instance serves requests.",
    aws_behaviour="Instances are terminated at launch; the group does not stabilize, and the stack rolls back.",
    check=check,
    corrections=auto_scaling_may_use,
    fails=(example(resources(_KEY.format(mark="  # finds"), _GROUP)),),
    passes=(
        example(
            resources(
                _KEY.format(mark="")
                + """
          - Effect: Allow
            Principal:
              AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling'
            Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey', 'kms:CreateGrant']
            Resource: '*'
""",
                _GROUP,
            )
        ),
        example(
            resources(
                _KEY.format(mark="")
                + """
          - Effect: Allow
            Principal: {AWS: '*'}
            Action: ['kms:Decrypt', 'kms:GenerateDataKey*', 'kms:CreateGrant']
            Resource: '*'
            Condition: {StringEquals: {'kms:CallerAccount': !Ref 'AWS::AccountId'}}
""",
                _GROUP,
            )
        ),
    ),
)
