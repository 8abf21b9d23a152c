"""Lines that a fix adds serve what the prompt asks for, and everything that they name is there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from grader.model import Failure

from .test_fix_requirements import TOPIC, failure, graded

FILTER = """  Denials: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: 30}}
  Filter:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: !Ref Denials
      FilterPattern: denied
      MetricTransformations: [{MetricName: DeniedLogins, MetricNamespace: Shop, MetricValue: '1'}]
"""
ALARM = """  DeniedAlarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: !Sub 'denied-${Environment}'
      Namespace: Shop
      MetricName: DeniedLogins
      Statistic: Sum
      Period: 300
      EvaluationPeriods: 1
      Threshold: 1
      ComparisonOperator: GreaterThanOrEqualToThreshold
      AlarmActions: [!Ref Alerts]
      Tags: [{Key: origin, Value: studio}]
"""
IDEAL = """Parameters: {Environment: {Type: String, Default: dev}}
Resources:
  Alerts: {Type: AWS::SNS::Topic, Properties: {DisplayName: alerts}}
"""
ASKED = "Create an SNS topic, and a CloudWatch alarm for denied logins that notifies it."


def lines(found: Failure) -> str:
    return "\n".join(one.text for one in found.fix_lines)


def test_an_alarm_on_a_metric_that_no_filter_makes_is_not_shown(tmp_path: Path) -> None:
    assert lines(failure(graded(tmp_path, TOPIC, ASKED, IDEAL + ALARM), "unmet-monitoring")) == ""


def test_an_alarm_has_the_topic_of_the_answer_and_neither_the_name_nor_the_tags_of_the_ideal(tmp_path: Path) -> None:
    found = lines(failure(graded(tmp_path, TOPIC + FILTER, ASKED, IDEAL + FILTER + ALARM), "unmet-monitoring"))
    [alarm] = yaml.safe_load(found.replace("!", "")).values()
    assert alarm["Properties"]["AlarmActions"] == ["Ref Topic"]
    assert not alarm["Properties"].keys() & {"AlarmName", "Tags"}


def test_an_alarm_on_something_else_is_not_what_is_asked_for(tmp_path: Path) -> None:
    prompt = ASKED.replace("denied logins", "expired certificates")
    found = failure(graded(tmp_path, TOPIC + FILTER, prompt, IDEAL + FILTER + ALARM), "unmet-monitoring")
    assert found.fix_lines == ()


@pytest.mark.parametrize(("service", "is_shown"), [("backup", True), ("lambda", False)])
def test_a_role_is_taken_from_the_ideal_only_for_the_service_that_is_asked_for(
    tmp_path: Path, service: str, is_shown: bool
) -> None:
    role = f"""  Worker:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{{Effect: Allow, Principal: {{Service: {service}.amazonaws.com}}, Action: 'sts:AssumeRole'}}]
"""
    prompt = "Create an SNS topic. Create an IAM role for AWS Backup."
    result = graded(tmp_path, TOPIC, prompt, TOPIC + role)
    found = next(one for one in result.failures if "IAM role" in one.title)
    assert bool(found.fix_lines) is is_shown


DATABASE = """  Ledger:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Snapshot
    Properties:
      Engine: postgres
      DBInstanceClass: db.t3.medium
      AllocatedStorage: '20'
      MasterUsername: keeper
      ManageMasterUserPassword: true
"""


def test_no_alarm_on_the_lag_of_a_database_that_is_no_replica(tmp_path: Path) -> None:
    prompt = "Create an RDS database and an SNS topic. Create a CloudWatch alarm on replication lag."
    result = graded(tmp_path, TOPIC + DATABASE, prompt)
    assert "ReplicaLag" not in "".join(lines(one) for one in result.failures)


def test_an_alarm_that_notifies_nobody_is_not_shown_where_the_prompt_asks_for_notification(tmp_path: Path) -> None:
    prompt = "Create an RDS database. Create a CloudWatch alarm for high CPU and send notifications by email."
    result = graded(tmp_path, "Resources:\n" + DATABASE, prompt)
    assert "AWS::CloudWatch::Alarm" not in "".join(lines(one) for one in result.failures)
    quiet = graded(tmp_path, "Resources:\n" + DATABASE, prompt.split(" and send")[0] + ".")
    assert "MetricName: CPUUtilization" in "".join(lines(one) for one in quiet.failures)


def test_a_switch_of_the_template_is_used_in_place_of_a_new_one(tmp_path: Path) -> None:
    text = """Parameters: {EnableGuardDuty: {Type: String, Default: 'true', AllowedValues: ['true', 'false']}}
Conditions: {Guarded: !Equals [!Ref EnableGuardDuty, 'true']}
"""
    result = graded(tmp_path, text + TOPIC, "Create an SNS topic. Enable GuardDuty.")
    found = lines(next(one for one in result.failures if "GuardDuty" in one.title))
    assert "Condition: Guarded" in found
    assert "CreateAccountResources" not in found


def test_a_new_section_is_not_written_into_itself(tmp_path: Path) -> None:
    detector = {"Type": "AWS::GuardDuty::Detector", "Properties": {"Enable": True}}
    text = json.dumps({"Resources": {"Detector": detector}}, indent=2)
    found = failure(graded(tmp_path, text, "Enable GuardDuty.", name="answer.json"), "account-singleton")
    assert "Add to `answer.json` the section `Conditions` with:" in found.fix
    assert '"Conditions": {' not in lines(found)


def test_a_property_that_takes_a_list_keeps_it_under_its_right_name(tmp_path: Path) -> None:
    text = """Resources:
  Alerts:
    Type: AWS::SNS::Topic
    Properties:
      Subscriptions:
        - Endpoint: !Sub 'team@${AWS::URLSuffix}'
          Protocol: email
"""
    found = failure(graded(tmp_path, text, "Create an SNS topic."), "invalid-property")
    topic = yaml.safe_load(lines(found).replace("!", ""))["Alerts"]
    assert isinstance(topic["Properties"]["Subscription"], list)


STAGED = """Parameters: {Stage: {Type: String, Default: Live}}
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub 'uploads-${AWS::AccountId}-${Stage}'
"""


@pytest.mark.parametrize(
    ("more", "prompt", "is_changed"),
    [
        ("", "Create an S3 bucket.", True),
        ("", "Create an S3 bucket. The default of Stage is Live.", False),
        ("      Tags: [{Key: Stage, Value: !Ref Stage}]\n", "Create an S3 bucket.", False),
    ],
)
def test_a_default_that_the_prompt_or_tags_have_stays(tmp_path: Path, more: str, prompt: str, is_changed: bool) -> None:
    found = failure(graded(tmp_path, STAGED + more, prompt), "invalid-resolved-value")
    assert ("Default: live" in lines(found)) is is_changed
    assert ("Leave `Stage` out of the name" in found.fix) is not is_changed


def test_a_bucket_that_only_the_ideal_has_is_not_named_by_its_arn(tmp_path: Path) -> None:
    role = """  Archiver:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: backup.amazonaws.com}, Action: 'sts:AssumeRole'}]
      Policies:
        - PolicyName: write
          PolicyDocument:
            Version: '2012-10-17'
            Statement: [{Effect: Allow, Action: 's3:PutObject', Resource: !Sub 'arn:${AWS::Partition}:s3:::BUCKET/*'}]
"""
    prompt = "Create an SNS topic. Create an IAM role for AWS Backup."
    for bucket, is_shown in (("studio-archive", False), ("${Store}", True)):
        store = "  Store: {Type: AWS::S3::Bucket}\n"
        ideal = TOPIC + store + role.replace("BUCKET", bucket)
        result = graded(tmp_path, TOPIC + store, prompt, ideal)
        found = next(one for one in result.failures if "IAM role" in one.title)
        assert bool(found.fix_lines) is is_shown


def test_a_dashboard_of_all_metrics_shows_more_than_one_service(tmp_path: Path) -> None:
    prompt = "Create an RDS database and an SNS topic. Create a CloudWatch dashboard{}."
    for words, is_shown in ((" that shows all key metrics", False), ("", True)):
        result = graded(tmp_path, TOPIC + DATABASE, prompt.format(words))
        assert bool(failure(result, "unmet-monitoring").fix_lines) is is_shown


def test_a_value_of_the_ideal_that_names_its_own_bucket_is_not_taken_over(tmp_path: Path) -> None:
    policy = """  Reader:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Action: 's3:GetObject', Resource: OBJECTS}]
"""
    ours = TOPIC + policy.replace("OBJECTS", "'arn:aws:s3:::'")
    theirs = TOPIC + policy.replace("OBJECTS", "'arn:aws:s3:::studio-orders/*'")
    found = failure(graded(tmp_path, ours, "Create an SNS topic and a policy.", theirs), "invalid-property-value")
    assert "studio-orders" not in lines(found)
