"""Things that must exist before the deployment: the level depends on whether the response names them."""

from __future__ import annotations

import pytest

from grader.catalogue import example, load_catalogue
from grader.judgement.rule_examples import case_of

CATALOGUE = load_catalogue()
HOST = """
Parameters:
  KeyName: {Type: 'AWS::EC2::KeyPair::KeyName'}
Resources:
  Host:
    Type: AWS::EC2::Instance
    Properties: {ImageId: ami-0a1b2c3d4e5f60718, KeyName: !Ref KeyName}
"""
TOPIC = """
Parameters:
  Stage: {Type: String, Default: dev}
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !Sub '{{resolve:secretsmanager:shop-title-${Stage}}}'}
"""


def levels(rule: str, template: str, readme: str) -> list[str]:
    found = CATALOGUE.rules[rule]
    case = case_of(example(f"{template}=== README.md\n{readme}\n", prompt="A host."))
    return [finding.level or found.level for finding in found.findings(case)]


@pytest.mark.parametrize(
    "readme",
    [
        "Ensure you have an existing EC2 key pair in the region.",
        "Replace the `KeyName` parameter with an EC2 key pair of yours.",
        "## Prerequisites\n- AWS CLI\n- EC2 key pair\n\n## Deployment",
        "**Prerequisites:**\n1. Permissions\n2. A key pair",
        "`aws cloudformation create-stack --parameters ParameterKey=KeyName,ParameterValue=my-key`",
        "`aws cloudformation deploy --parameter-overrides Stage=dev KeyName=my-key`",
        "The key pair must already exist.",
        "## Prerequisites\n- Permissions for VPCs, subnets, roles, buckets, certificates and secrets\n- An EC2 key pair",
    ],
)
def test_a_named_prerequisite_is_medium(readme: str) -> None:
    assert levels("external-dependency", HOST, readme) == ["Medium"]


@pytest.mark.parametrize(
    "readme",
    [
        "The host accepts SSH.",
        "## Prerequisites\n- AWS CLI\n\n## Security\n- Key pair authentication",
        "description: name of an existing ec2 keypair",
        "Prerequisites: a hosted zone, a certificate, a key pair, a secret, a bucket, a container image and a KMS key must exist.",
        "## Prerequisites\n- Hosted zone\n- Certificate\n- Key pair\n- Database secret\n- Log bucket\n- KMS key",
    ],
)
def test_a_prerequisite_that_no_document_names_is_high(readme: str) -> None:
    assert levels("external-dependency", HOST, readme) == ["High"]


def test_a_prerequisite_that_a_command_creates_is_silent() -> None:
    assert levels("external-dependency", HOST, "`aws ec2 create-key-pair --key-name admin`") == []


@pytest.mark.parametrize(
    ("readme", "expected"),
    [
        ("Ensure the secret exists: `shop-title-${Stage}`.", ["Medium"]),
        ("`aws secretsmanager create-secret --name shop-title-dev`", []),
        ("The display name is in Secrets Manager.", ["High"]),
    ],
)
def test_a_secret_that_a_document_names_is_medium(readme: str, expected: list[str]) -> None:
    assert levels("dynamic-reference-prerequisite", TOPIC, readme) == expected
