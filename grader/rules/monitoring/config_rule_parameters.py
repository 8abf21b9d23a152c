"""Parameters that a managed Config rule does not know."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example

# What AWS's managed rules take.
# Source: https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html, a page for each rule
_TAKES = {
    "ACCESS_KEYS_ROTATED": {"maxAccessKeyAge"},
    "APPROVED_AMIS_BY_ID": {"amiIds"},
    "APPROVED_AMIS_BY_TAG": {"amisByTagKeyAndValue"},
    "CLOUDTRAIL_ENABLED": {"s3BucketName", "snsTopicArn", "cloudWatchLogsLogGroupArn"},
    "CLOUD_TRAIL_ENCRYPTION_ENABLED": set(),
    "CMK_BACKING_KEY_ROTATION_ENABLED": set(),
    "DB_INSTANCE_BACKUP_ENABLED": {
        "backupRetentionPeriod",
        "backupRetentionMinimum",
        "preferredBackupWindow",
        "checkReadReplicas",
    },
    "DESIRED_INSTANCE_TYPE": {"instanceType"},
    "EC2_EBS_ENCRYPTION_BY_DEFAULT": set(),
    "EC2_INSTANCE_PROFILE_ATTACHED": {"IamInstanceProfileArnList"},
    "ENCRYPTED_VOLUMES": {"kmsId"},
    "IAM_USER_MFA_ENABLED": set(),
    "INCOMING_SSH_DISABLED": set(),
    "RDS_INSTANCE_PUBLIC_ACCESS_CHECK": set(),
    "RDS_STORAGE_ENCRYPTED": {"kmsKeyId"},
    "REQUIRED_TAGS": {f"tag{number}{part}" for number in range(1, 7) for part in ("Key", "Value")},
    "RESTRICTED_INCOMING_TRAFFIC": {f"blockedPort{number}" for number in range(1, 6)} | {"blockedPorts"},
    "ROOT_ACCOUNT_MFA_ENABLED": set(),
    "S3_BUCKET_PUBLIC_READ_PROHIBITED": set(),
    "S3_BUCKET_PUBLIC_WRITE_PROHIBITED": set(),
    "S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED": set(),
    "S3_BUCKET_SSL_REQUESTS_ONLY": set(),
    "S3_BUCKET_VERSIONING_ENABLED": {"isMfaDeleteEnabled"},
    "VPC_FLOW_LOGS_ENABLED": {"trafficType"},
    "VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS": {"authorizedTcpPorts", "authorizedUdpPorts"},
}


def check(case: Case) -> Iterator[RuleFinding]:
    """Report input parameters that the managed rule they are given to does not take."""
    for template, rule in case.resources("AWS::Config::ConfigRule"):
        scope = case.scopes[template.file]
        takes = _TAKES.get(scope.text(rule.get("Source.SourceIdentifier")))
        given = scope.value(rule.get("InputParameters"))
        if takes is None or not isinstance(given, dict) or scope.text(rule.get("Source.Owner")) != "AWS":
            continue
        for name in given:
            if name not in takes:
                known = ", ".join(sorted(takes)) or "none"
                yield at_property(
                    template,
                    rule,
                    f"InputParameters.{name}",
                    f"gives the parameter {name}; the rule takes {known}",
                    value=name,
                    needed=known,
                )


RULE = Rule(
    id="config-rule-parameters",
    kind="invalid-property",
    level="Critical",
    category="schema",
    title="Parameters that a managed Config rule does not take",
    issue="{resources} in {file} give a managed rule the parameters {values}. It takes {needed}, and AWS Config refuses"
    " the rule.",
    fix="Name the parameters as the page of the managed rule does.",
    root_cause="The name of the parameter was guessed from the name of the rule.",
    lesson="Copy the names of parameters from the page of the managed rule.",
    reference="https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html",
    cost="The deployment is rolled back.",
    security="No rule, no finding.",
    performance="None.",
    check=check,
    fails=(
        example("""
Resources:
  Sizes:
    Type: AWS::Config::ConfigRule
    Properties:
      Source: {Owner: AWS, SourceIdentifier: DESIRED_INSTANCE_TYPE}
      InputParameters:
        instanceTypes: t3.micro  # finds
"""),
    ),
    passes=(
        example("""
Resources:
  Recorder:
    Type: AWS::Config::ConfigurationRecorder
    Properties: {RoleARN: 'arn:aws:iam::999988887777:role/config'}
  Sizes:
    Type: AWS::Config::ConfigRule
    DependsOn: Recorder
    Properties:
      Source: {Owner: AWS, SourceIdentifier: DESIRED_INSTANCE_TYPE}
      InputParameters: {instanceType: t3.micro}
"""),
    ),
)
