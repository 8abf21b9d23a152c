"""What is read of prompts of many styles, as data in prompts.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.task import load_task
from grader.task.reading import read_demands

PROMPTS: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("prompts.yaml").read_text("utf-8"))


def read(prompt: str) -> list[str]:
    return [
        f"{one.requirement.line} {one.requirement.about} {one.entry}: {one.requirement.title}"
        for one in read_demands(prompt).demands
    ]


@pytest.mark.parametrize("case", PROMPTS, ids=lambda case: str(case["name"]))
def test_what_is_read_of_a_prompt(case: dict[str, Any]) -> None:
    assert read(case["prompt"]) == case["reads"]


def test_ids_tell_the_line_and_are_unique() -> None:
    demands = read_demands("Create a VPC and a bucket.\n\n- An SNS topic\n").demands
    assert [one.requirement.id for one in demands] == ["prompt-1-1", "prompt-1-2", "prompt-3-1"]


def test_the_main_thing_is_critical_and_a_component_is_high() -> None:
    text = "# An ECS cluster\n\n- An ECS cluster\n- A KMS key\n"
    assert [one.requirement.level for one in read_demands(text).demands] == ["Critical", "High"]


@pytest.mark.parametrize(
    "text",
    [
        "The team currently has an RDS database.",
        "- Optionally an SNS topic",
        "- An SNS topic if needed",
        "- Use the existing SNS topic",
        "- Storage (e.g. an S3 bucket)",
        "- Unit tests for the Lambda function",
        "# Background\n\nThere is an SNS topic.",
    ],
)
def test_what_is_not_a_demand(text: str) -> None:
    assert read_demands(text).demands == ()


def test_the_region_of_a_prompt_decides_the_partition(tmp_path: Path) -> None:
    for region, partition in (("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn"), ("eu-west-1", "aws")):
        (tmp_path / "PROMPT.md").write_text(f"Write a template for {region}.\n")
        account = load_task(tmp_path).account
        assert (account.region, account.partition) == (region, partition)


@pytest.mark.parametrize(
    "text",
    [
        "Each function has a memory size (currently 512 MB).",
        "Shield Advanced protects the load balancer. This can be ignored because the account has it.",
        "Image: use `AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>`.",
        "- Parameters:\n  - Stage\n    - AllowedPattern: ^[a-z]+$\n    - ConstraintDescription: lower case",
        "The firewall limits requests by a rate limit per IP address.",
        "The function runs on the event type s3:ObjectCreated:Put.",
        "A DynamoDB table with the partition key device#time.",
        "- No security group rules with 0.0.0.0/0",
    ],
)
def test_what_is_there_already_taken_back_or_of_something_else_is_not_asked_for(text: str) -> None:
    asked = {one.requirement.title for one in read_demands(text).demands if not one.check.is_weak}
    unasked = {"with 512 MB", "Shield", "AWS::SSM::Parameter", "AllowedPattern", "Constraint", "limits of requests"}
    unasked |= {"actions", "key device", "No security group"}
    assert not [title for title in asked if any(word in title for word in unasked)]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("- Security groups (EC2)", "EC2 instance"),
        ("Limit the EC2, Lambda and S3 permissions to what is needed.", "Lambda function"),
        ("- Report unencrypted S3 buckets\n- Alert on unencrypted EFS file systems", "EFS file system"),
        ("- Config rules for S3 encryption, RDS encryption and EC2 instance types", "RDS database"),
        ("- Existing VPC: `vpc-0123456789abcdef0`", "VPC"),
        ("1. VPC (pre-existing)", "VPC"),
        (
            "- DynamoDB table, encrypted at rest (the AWS owned key will do, unless SSE-KMS is chosen)",
            "DynamoDB table encrypted with KMS",
        ),
        ("- A store in two regions (RDS with a read replica OR DynamoDB global tables)\n- Back up RDS", "RDS database"),
        ("- Prefer VPC endpoints over NAT gateways", "NAT gateway"),
        ("- EC2 instance role for the upload of reports", "EC2 instance"),
        ("- Lambda execution role with read access to the table", "Lambda function"),
        ("**VPC-specific placement**: run the workers in the network of ID `vpc-0123456789abcdef0`.", "VPC"),
        ("- GuardDuty: Do not create detectors", "GuardDuty detector"),
        ("CloudWatch monitors the request counts of the load balancer.", "alarm on request counts"),
        ("- Network ACLs:\n  - Allow HTTP and HTTPS from the internet", "ports open to the internet"),
        ("- Listener: HTTPS (443) or HTTP (80)", "HTTPS listener"),
        ("- Make an instance profile that EC2 instances can use", "EC2 instance"),
        ("- Production: db.r5.large Multi-AZ RDS database", "RDS database class db.r5.large"),
        ("Consider a NAT gateway for the private subnets.", "NAT gateway"),
    ],
)
def test_what_is_named_in_passing_is_never_called_unmet(text: str, word: str) -> None:
    assert all(one.check.is_weak for one in read_demands(text).demands if one.requirement.title == word)


def test_every_before_a_time_does_not_mean_every_resource() -> None:
    text = "Turn on enhanced monitoring every 60 seconds for the writer of the Aurora cluster."
    demands = [one for one in read_demands(text).demands if one.check.judge != "exists"]
    assert demands
    assert not any(one.check.every for one in demands)


def test_any_before_another_noun_does_not_mean_every_resource() -> None:
    attempt, bucket = (
        next(one for one in read_demands(text).demands if "versioning" in one.requirement.title)
        for text in (
            "The S3 bucket has versioning and refuses any attempt to read it without TLS.",
            "Any S3 bucket must have versioning enabled.",
        )
    )
    assert (attempt.check.every, bucket.check.every) == (False, True)
