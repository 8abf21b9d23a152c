"""The shipped task: nine failures in the response, none in the ideal, and the same nine written otherwise."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from grader import grade, load_rubric, load_task, read_response
from grader.model import Result
from grader.task import read_ideal
from grader.writers import ANALYSIS, RESULT, write_result
from tests.conftest import ROOT

TASK = ROOT / "tasks" / "101912473"
NINE = {
    "replication-destination-missing": "Critical",
    "multi-region-in-one-stack": "Critical",
    "missing-image-or-artifact": "Critical",
    "nested-template-missing": "Critical",
    "ssm-or-secret-prerequisite": "High",
    "docs-incomplete": "High",
    "parameter-pattern": "Medium",
    "docs-prerequisite": "Medium",
    "unused-parameter": "Medium",
}


def _grade(response: Path, fast: bool = False) -> Result:
    task = load_task(TASK)
    return grade(task, read_response(response), load_rubric(), ideal=read_ideal(task, response), fast=fast)


@pytest.fixture(scope="module")
def shipped() -> Result:
    return _grade(TASK / "model_out")


def test_the_shipped_response_has_the_nine_failures(shipped: Result) -> None:
    assert {failure.kind: failure.level for failure in shipped.failures} == NINE
    assert len(shipped.failures) == 9
    assert dict(shipped.counts) == {"Critical": 4, "High": 2, "Medium": 3}
    assert shipped.verdict == "blocked"


def test_every_failure_points_at_a_file_and_a_line(shipped: Result) -> None:
    for failure in shipped.failures:
        assert failure.evidence
        for evidence in failure.evidence:
            text = (TASK / "model_out" / evidence.file).read_text().split("\n")
            assert text[evidence.line - 1].strip()


def test_the_shipped_ideal_is_clean() -> None:
    result = _grade(TASK / "ideal")
    assert result.failures == ()
    assert (result.score, result.verdict) == (100.0, "clean")


def test_the_committed_report_is_current(shipped: Result, tmp_path: Path) -> None:
    write_result(shipped, tmp_path)
    committed = ROOT / "reports" / "101912473"
    assert (tmp_path / ANALYSIS).read_text() == (committed / ANALYSIS).read_text()
    fresh, kept = (json.loads((folder / RESULT).read_text()) for folder in (tmp_path, committed))
    for data in (fresh, kept):
        for entry in data["detectors"].values():
            entry.pop("seconds")
    assert fresh == kept


OTHERWISE = {
    "root.json": json.dumps(
        {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Parameters": {
                "ReleaseSuffix": {"Type": "String", "Default": "qa-007", "AllowedPattern": "[a-z]{2}-\\d{3}"},
            },
            "Resources": {
                child.capitalize(): {
                    "Type": "AWS::CloudFormation::Stack",
                    "DeletionPolicy": "Delete",
                    "UpdateReplacePolicy": "Delete",
                    "Properties": {
                        "TemplateURL": {
                            "Fn::Join": [
                                "",
                                ["https://s3.amazonaws.com/parts-", {"Ref": "AWS::AccountId"}, f"/{child}.json"],
                            ]
                        },
                        "Parameters": {"ReleaseSuffix": {"Ref": "ReleaseSuffix"}},
                    },
                }
                for child in ("data", "jobs")
            },
        },
        indent=1,
    ),
    "data.json": json.dumps(
        {
            "Parameters": {
                "ReleaseSuffix": {"Type": "String"},
                "WriterInstanceClass": {"Type": "String", "Default": "db.r5.large"},
                "TableCredentials": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/warehouse/owner"},
                "ArchiveStreamArn": {"Type": "String", "Default": "none"},
            },
            "Conditions": {
                "Archives": {"Fn::Not": [{"Fn::Equals": [{"Ref": "ArchiveStreamArn"}, "none"]}]},
            },
            "Resources": {
                "Copier": {
                    "Type": "AWS::IAM::Role",
                    "Properties": {
                        "AssumeRolePolicyDocument": {
                            "Version": "2012-10-17",
                            "Statement": [
                                {
                                    "Effect": "Allow",
                                    "Principal": {"Service": "s3.amazonaws.com"},
                                    "Action": "sts:AssumeRole",
                                }
                            ],
                        },
                    },
                },
                "Exports": {
                    "Type": "AWS::S3::Bucket",
                    "DeletionPolicy": "Delete",
                    "UpdateReplacePolicy": "Delete",
                    "Properties": {
                        "VersioningConfiguration": {"Status": "Enabled"},
                        "BucketEncryption": {
                            "ServerSideEncryptionConfiguration": [
                                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
                            ]
                        },
                        "ReplicationConfiguration": {
                            "Role": {"Fn::GetAtt": ["Copier", "Arn"]},
                            "Rules": [
                                {
                                    "Status": "Enabled",
                                    "Prefix": "",
                                    "Destination": {
                                        "Bucket": {
                                            "Fn::Join": ["-", ["arn:aws:s3:::exports-dr", {"Ref": "ReleaseSuffix"}]]
                                        }
                                    },
                                }
                            ],
                        },
                    },
                },
                "Stock": {
                    "Type": "AWS::DynamoDB::GlobalTable",
                    "DeletionPolicy": "Delete",
                    "UpdateReplacePolicy": "Delete",
                    "Properties": {
                        "AttributeDefinitions": [{"AttributeName": "sku", "AttributeType": "S"}],
                        "KeySchema": [{"AttributeName": "sku", "KeyType": "HASH"}],
                        "BillingMode": "PAY_PER_REQUEST",
                        "StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"},
                        "SSESpecification": {"SSEEnabled": True},
                        "Replicas": [{"Region": "us-east-1"}, {"Region": "ap-southeast-2"}],
                    },
                },
                "Catalog": {
                    "Type": "AWS::RDS::DBCluster",
                    "DeletionPolicy": "Delete",
                    "UpdateReplacePolicy": "Delete",
                    "Properties": {
                        "Engine": "aurora-mysql",
                        "StorageEncrypted": True,
                        "MasterUsername": {"Ref": "TableCredentials"},
                        "ManageMasterUserPassword": True,
                        "ServerlessV2ScalingConfiguration": {"MinCapacity": 1, "MaxCapacity": 2},
                    },
                },
                "CatalogWriter": {
                    "Type": "AWS::RDS::DBInstance",
                    "Properties": {
                        "Engine": "aurora-mysql",
                        "DBClusterIdentifier": {"Ref": "Catalog"},
                        "DBInstanceClass": "db.serverless",
                    },
                },
                "Archive": {
                    "Type": "AWS::Logs::LogGroup",
                    "Condition": "Archives",
                    "DeletionPolicy": "Delete",
                    "UpdateReplacePolicy": "Delete",
                    "Properties": {"LogGroupName": {"Ref": "ArchiveStreamArn"}, "RetentionInDays": 7},
                },
            },
        },
        indent=1,
    ),
    "jobs.json": json.dumps(
        {
            "Parameters": {"ReleaseSuffix": {"Type": "String"}},
            "Resources": {
                "Nightly": {
                    "Type": "AWS::Batch::JobDefinition",
                    "Properties": {
                        "Type": "container",
                        "JobDefinitionName": {"Fn::Sub": "nightly-${ReleaseSuffix}"},
                        "ContainerProperties": {
                            "Image": {
                                "Fn::Sub": "${AWS::AccountId}.dkr.ecr.us-east-1.amazonaws.com/warehouse-nightly:7"
                            },
                            "ResourceRequirements": [
                                {"Type": "VCPU", "Value": "1"},
                                {"Type": "MEMORY", "Value": "2048"},
                            ],
                        },
                    },
                }
            },
        },
        indent=1,
    ),
    "docs/DEPLOYMENT.md": """# Warehouse

Create the stack from `root.json`; `ReleaseSuffix` tells copies apart.

```sh
aws cloudformation deploy --template-file root.json --stack-name warehouse
aws cloudformation create-stack-instances --stack-set-name warehouse --regions us-east-1 --accounts 111122223333
```
""",
}


def test_the_same_nine_written_otherwise(tmp_path: Path) -> None:
    for name, text in OTHERWISE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    task = replace(load_task(TASK), folder=None, requirements=())  # this response answers another prompt
    result = grade(task, read_response(tmp_path), load_rubric())
    assert {failure.kind: failure.level for failure in result.failures} == NINE
    assert len(result.failures) == 9
