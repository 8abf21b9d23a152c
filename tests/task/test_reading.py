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
