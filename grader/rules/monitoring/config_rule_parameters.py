"""Parameters that a managed Config rule does not take."""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import get_close_matches

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._shared import created
from grader.rules.monitoring._corrections import rule_parameter
from grader.support.markdown import code, listed

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
    for template, rule in created(case, "AWS::Config::ConfigRule"):
        scope = case.scopes[template.file]
        name = scope.text(rule.get("Source.SourceIdentifier"))
        takes = _TAKES.get(name)
        if takes is None or scope.text(rule.get("Source.Owner")) != "AWS":
            continue
        for given in _given(scope.value(rule.get("InputParameters"))):
            if given in takes:
                continue
            known = ", ".join(sorted(takes)) or "no parameters"
            message = f"gives the parameter {given}; the rule takes {known}"
            near = get_close_matches(given, sorted(takes), 1, 0.7)
            because = f"{code(name)} takes {listed(sorted(takes)) if takes else 'no parameters'}" + (
                f"; {code(given)} looks like {code(near[0])}." if near else "."
            )
            path = f"InputParameters.{given}"
            yield at_property(
                template, rule, path, message, value=given, rule=name, near="".join(near), because=because
            )


def _given(value: object) -> list[str]:
    """Return the names of parameters, given as a mapping or as the text of a JSON object."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (RecursionError, ValueError):
            return []
    return [str(name) for name in value] if isinstance(value, dict) else []


RULE = Rule(
    id="config-rule-parameters",
    kind="invalid-property",
    level="Critical",
    category="schema",
    title="Config rule parameter that the managed rule does not take",
    issue="{resources} in {file} {gives|give} {values} to {rules}, which does not take that. AWS Config rejects a rule with unknown input "
    "parameters.",
    fix="Use the parameter names that the page of the managed rule lists, and remove the others from {resources}.",
    root_cause="{because}",
    lesson="Copy the parameter names of a managed rule from its page in the documentation.",
    reference="https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html",
    security="The resources are not evaluated.",
    aws_behaviour="AWS Config rejects the rule with InvalidParameterValueException, and the stack rolls back.",
    check=check,
    corrections=rule_parameter,
    fails=(
        example("""
Resources:
  Sizes:
    Type: AWS::Config::ConfigRule
    Properties:
      Source: {Owner: AWS, SourceIdentifier: DESIRED_INSTANCE_TYPE}
      InputParameters:
        instanceTypes: t3.micro  # finds
  Traffic:
    Type: AWS::Config::ConfigRule
    Properties:
      Source: {Owner: AWS, SourceIdentifier: VPC_FLOW_LOGS_ENABLED}
      InputParameters: '{"traffic": "ALL"}'  # finds
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
