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
from grader.runs.results import Graded
from grader.writers import agreement_text, write_result
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
    graded = Graded(result.task, "", result.task, result.to_dict())
    found = agree([graded], {result.task: own, "another": own}, load_catalogue())
    assert [match.rule for match in found.matches] == [failure.rule for failure in result.failures]
    assert found.kappa() == 1.0
    assert found.without_result == ("another",)


def test_nothing_to_compare_with_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no analysis here"):
        read_experts(tmp_path)
    with pytest.raises(InputError, match="no such folder"):
        read_experts(tmp_path / "absent")


def result_with(resource: str, type: str, rule: str) -> Graded:
    """A result with one failure, at a resource."""
    evidence = [{"resource": resource, "type": type}]
    failure = {"number": 1, "rule": rule, "kind": "circular-dependency", "level": "High", "evidence": evidence}
    return Graded("groups", "", "groups", {"failures": [failure]})


@pytest.mark.parametrize(("resource", "type"), [("AppGroup", ""), ("", "AWS::EC2::SecurityGroup")])
def test_a_failure_matches_at_a_resource_or_service_that_the_entry_names(resource: str, type: str) -> None:
    found = agree([result_with(resource, type, "circular-dependency")], {"groups": EXPERT}, load_catalogue())
    assert found.matches[0].rule == "circular-dependency"
    assert found.matched == 1
    assert found.of_level("Critical") == (1, 1, 0)


def test_a_failure_about_something_else_does_not_match() -> None:
    result = result_with("AppGroup", "AWS::EC2::SecurityGroup", "unused-condition")
    result.result["failures"][0]["kind"] = "unused-condition"
    assert not agree([result], {"groups": EXPERT}, load_catalogue()).matches[0].found


def failure(rule: str, level: str, resource: str, number: int = 1) -> dict[str, Any]:
    kind = load_catalogue().rules[rule].kind
    evidence = [{"resource": resource, "type": "AWS::EC2::SecurityGroup"}]
    return {"number": number, "rule": rule, "kind": kind, "level": level, "evidence": evidence}


def entry(number: int, level: str, names: str = "`AppGroup` and `DataGroup`") -> str:
    return (
        f"### {number}. Circular dependency between security groups\n\n**Impact Level**: {level}\n\n"
        f"**MODEL_RESPONSE Issue**: {names}, each AWS::EC2::SecurityGroup, refer to each other.\n\n"
    )


def test_every_model_and_sample_is_compared_and_has_its_figures() -> None:
    rule = "circular-dependency"
    ids = [("a", "a/groups/1"), ("a", "a/groups/2"), ("b", "b/groups/1")]
    results = [Graded(id, model, "groups", {"failures": [failure(rule, "High", "AppGroup")]}) for model, id in ids]
    results[1].result["failures"] = []
    own = "# Failures\n\n" + entry(1, "High")
    found = agree(results, {"groups": EXPERT, "b/groups/1": own}, load_catalogue())
    assert [(match.response, match.entry.number, match.level) for match in found.matches] == [
        ("a/groups/1", 1, "High"),
        ("a/groups/1", 2, ""),
        ("a/groups/2", 1, ""),
        ("a/groups/2", 2, ""),
        ("b/groups/1", 1, "High"),
    ]
    data = found.to_dict()
    assert data["matrix"]["Critical"] == {"Critical": 0, "High": 1, "missed": 1}
    assert data["matrix"]["High"] == {"Critical": 0, "High": 1, "missed": 2}
    assert data["models"]["a"]["responses"] == 2
    assert data["models"]["b"]["levels"]["High"] == {"named": 1, "found": 1, "same_level": 1}
    text = agreement_text(found)
    assert "responses 3, tasks 1, models 2" in text
    assert "2 failures in the run's results" in text
    assert "1 failure in the run's results" in agreement_text(agree(results[:1], {"groups": EXPERT}, load_catalogue()))
    assert "a/groups/2    2  High      No backups of the table" in text


def test_a_failure_answers_for_one_entry() -> None:
    both = "# Failures\n\n" + entry(1, "High") + entry(2, "High")
    one = Graded("groups", "", "groups", {"failures": [failure("circular-dependency", "High", "AppGroup")]})
    assert sum(match.found for match in agree([one], {"groups": both}, load_catalogue()).matches) == 1
    one.result["failures"].append(failure("circular-dependency", "High", "DataGroup", 2))
    assert sum(match.found for match in agree([one], {"groups": both}, load_catalogue()).matches) == 2


def test_kappa_of_the_levels() -> None:
    """Two raters, four entries: three agree (0.75), chance gives 0.375, so kappa is 0.6."""
    levels = [("Critical", "Critical"), ("High", "High"), ("High", "Medium"), ("Medium", "Medium")]
    results, experts = [], {}
    for number, (expert, run) in enumerate(levels):
        experts[f"t{number}"] = "# Failures\n\n" + entry(1, expert)
        graded = {"failures": [failure("circular-dependency", run, "AppGroup")]}
        results.append(Graded(f"t{number}", "", f"t{number}", graded))
    expected = (1 * 1 + 2 * 1 + 1 * 2) / 16
    found = agree(results, experts, load_catalogue())
    assert found.kappa() == pytest.approx((0.75 - expected) / (1 - expected), abs=1e-4)
    assert agree(results[:1], experts, load_catalogue()).kappa() is None
    assert agree([], experts, load_catalogue()).kappa() is None


def test_analyses_of_tasks_and_of_responses_are_read(tmp_path: Path) -> None:
    for name in ("t0/MODEL_FAILURES.md", "m/t0/MODEL_FAILURES.md", "m/t1/2/MODEL_FAILURES.md", "t2.md"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(EXPERT)
    assert set(read_experts(tmp_path)) == {"t0", "m/t0", "m/t1/2", "t2"}
