"""A run against expert analyses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from grader import InputError, grade, load_catalogue, load_rubric, load_task, read_response
from grader.analysis import analysis_of, render_analysis
from grader.cli.main import cli
from grader.runs.agreement import agree, read_experts
from grader.writers import write_result
from tests.conftest import TASK

EXPERT = """# Model Response Failures

### 1. Circular dependency between two security groups

**Impact Level**: Critical

**MODEL_RESPONSE Issue**: `AppGroup` refers to `DataGroup`, which refers back to `AppGroup`; the stack cannot be created.

**IDEAL_RESPONSE Fix**: Write the rules as AWS::EC2::SecurityGroupIngress resources of their own.

### 2. No backups of the table

**Impact Level**: High

**MODEL_RESPONSE Issue**: `Orders` has no point in time recovery.
"""

RESPONSE = """Resources:
  AppGroup:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: application
      SecurityGroupEgress: [{IpProtocol: tcp, FromPort: 1, ToPort: 2, DestinationSecurityGroupId: !Ref DataGroup}]
  DataGroup:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: data
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 1, ToPort: 2, SourceSecurityGroupId: !Ref AppGroup}]
"""


def made(folder: Path) -> tuple[Path, Path]:
    task = folder / "tasks" / "groups"
    task.mkdir(parents=True)
    (task / "PROMPT.md").write_text("Security groups.")
    (task / "MODEL_FAILURES.md").write_text(EXPERT)
    (folder / "answer.yml").write_text(RESPONSE)
    result = grade(load_task(task), read_response(folder / "answer.yml"), load_rubric(), fast=True)
    write_result(result, folder / "run" / "groups")
    return folder / "run", folder / "tasks"


def test_what_the_expert_names_is_found_or_missed(tmp_path: Path) -> None:
    run, tasks = made(tmp_path)
    answer = CliRunner().invoke(
        cli, ["agree", str(run), "--experts", str(tasks), "--format", "json"], standalone_mode=False
    )
    data = json.loads(answer.output)
    assert [(entry["number"], entry["rule"]) for entry in data["entries"]] == [(1, "circular-dependency"), (2, "")]
    assert data["levels"]["Critical"] == {"named": 1, "found": 1, "same_level": 1}
    assert data["levels"]["High"] == {"named": 1, "found": 0, "same_level": 0}
    text = CliRunner().invoke(cli, ["agree", str(run), "--experts", str(tasks)], standalone_mode=False).output
    assert "No backups of the table" in text.partition("missed:")[2]


def test_a_run_agrees_with_its_own_analysis() -> None:
    result = grade(load_task(TASK), read_response(TASK / "model_out"), load_rubric())
    own = render_analysis(analysis_of(result))
    found = agree([result.to_dict()], {result.task: own, "another": own}, load_catalogue())
    assert [match.rule for match in found.matches] == [failure.rule for failure in result.failures]
    assert found.without_result == ("another",)


def test_nothing_to_compare_with_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no analysis here"):
        read_experts(tmp_path)
    with pytest.raises(InputError, match="no such folder"):
        read_experts(tmp_path / "absent")


def result_with(resource: str, type: str, rule: str) -> dict[str, Any]:
    """A result with one failure, at a resource."""
    evidence = [{"resource": resource, "type": type}]
    failure = {"number": 1, "rule": rule, "kind": "circular-dependency", "level": "High", "evidence": evidence}
    return {"task": "groups", "failures": [failure]}


@pytest.mark.parametrize(("resource", "type"), [("AppGroup", ""), ("", "AWS::EC2::SecurityGroup")])
def test_a_failure_matches_at_a_resource_or_service_that_the_entry_names(resource: str, type: str) -> None:
    found = agree([result_with(resource, type, "circular-dependency")], {"groups": EXPERT}, load_catalogue())
    assert found.matches[0].rule == "circular-dependency"
    assert found.matched == 1
    assert found.of_level("Critical") == (1, 1, 0)


def test_a_failure_about_something_else_does_not_match() -> None:
    result = result_with("AppGroup", "AWS::EC2::SecurityGroup", "unused-condition")
    result["failures"][0]["kind"] = "unused-condition"
    assert not agree([result], {"groups": EXPERT}, load_catalogue()).matches[0].found
