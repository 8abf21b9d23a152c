"""The plan gives CloudFormation's answer to every bundle of the table."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.bundle import Bundle, BundleFile, Kind
from grader.case import Case
from grader.case.parameter_values import parameters_of
from grader.plan import Plan, make_plan
from grader.task import Task
from grader.task.account import AccountFile, account_of
from tests.conftest import Cli

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text())


def _generated(count: int) -> str:
    return "Resources:\n" + "".join(f"  T{number}: {{Type: AWS::SNS::Topic}}\n" for number in range(count))


def plan_of(row: dict[str, Any]) -> Plan:
    files = row.get("files") or {"template.yml": row.get("template") or _generated(row["generate"])}
    bundle = Bundle("b", tuple(BundleFile(name, Kind.TEMPLATE, text, name) for name, text in files.items()))
    account = account_of(AccountFile.model_validate(row.get("account", {})), Path("cases.yaml"))
    return make_plan(Case(Task("t", "t", "", account, row.get("parameters", {})), bundle))


@pytest.mark.parametrize("row", CASES, ids=lambda row: str(row["name"]))
def test_the_plan_answers_as_cloudformation_does(row: dict[str, Any]) -> None:
    plan = plan_of(row)
    found = {(problem.code, problem.message) for problem in plan.problems}
    assert plan.answer == row["answer"], found
    assert {code for code, _ in found} == ({row["code"]} if "code" in row else set())
    if "at" in row:
        file, _, line = str(row["at"]).rpartition(":")
        places = {(problem.file, problem.line) for problem in plan.problems}
        assert (file or "template.yml", int(line)) in places


def test_resources_come_in_the_order_of_creation() -> None:
    text = "Resources:\n  A: {Type: AWS::SNS::Topic, DependsOn: C}\n  B: {Type: AWS::SNS::Topic}\n  C: {Type: AWS::SNS::Topic, DependsOn: B}\n"
    [stack] = plan_of({"template": text}).stacks
    assert [change.logical_id for change in stack.changes] == ["B", "C", "A"]


def test_the_shortest_circle_is_shown() -> None:
    edges = {"A": "B", "B": "C", "C": "D", "D": "A"}
    lines = [f"  {name}: {{Type: AWS::SNS::Topic, DependsOn: [{below}]}}" for name, below in edges.items()]
    lines[2] = "  C: {Type: AWS::SNS::Topic, DependsOn: [D, B]}"
    plan = plan_of({"template": "Resources:\n" + "\n".join(lines) + "\n"})
    assert {problem.facts["value"] for problem in plan.problems} == {"B -> C -> B"}


def test_names_that_a_second_environment_would_use_again() -> None:
    text = """Parameters: {Stage: {Type: String, Default: dev}}
Resources:
  A: {Type: AWS::SQS::Queue}
  B: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /shop/orders}}
  C: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Sub '/shop/${Stage}'}}
"""
    plan = plan_of({"template": text})
    assert [(problem.code, problem.resource) for problem in plan.problems] == [("environment-collision", "B")]
    assert plan.answer == "deploys"


@pytest.mark.parametrize(
    "value",
    [
        [{"ParameterKey": "A", "ParameterValue": "b"}],
        {"Parameters": {"A": "b"}},
        {"A": "b"},
        {"Parameters": [{"ParameterKey": "A", "ParameterValue": "b"}]},
    ],
)
def test_parameters_files_of_every_form(value: object) -> None:
    assert parameters_of(value, "p.json") == {"A": "b"}


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[str], Path]:
    def make(template: str) -> Path:
        (tmp_path / "t").mkdir()
        (tmp_path / "t" / "PROMPT.md").write_text("Write a topic.")
        (tmp_path / "r.yml").write_text(template)
        return tmp_path

    return make


TOPIC = "Parameters: {P: {Type: String}}\nResources:\n  T:\n    Type: AWS::SNS::Topic\n    Properties: {DisplayName: !Ref P}\n"


def test_plan_as_a_command(folder: Callable[[str], Path], cli: Cli) -> None:
    cwd = folder(TOPIC)
    (cwd / "p.yaml").write_text("P: x\n")
    done = cli("plan", "t", "--response", "r.yml")
    assert done.returncode == 1
    assert "refused: 1 problem" in done.stdout
    done = cli("plan", "t", "--response", "r.yml", "--parameters", "p.yaml", "--format", "json")
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert data["answer"] == "deploys"
    assert [change["logical_id"] for change in data["stacks"][0]["changes"]] == ["T"]
    assert data["stacks"][0]["parameters"] == {"P": "x"}


@pytest.mark.parametrize(
    ("option", "text", "expected"),
    [
        ("--parameters", "- a\n- b\n", "f.yaml: not a parameters file"),
        ("--parameters", "A: {b: c}\n", "f.yaml: not a parameters file: the value of 'A'"),
        ("--parameters", "A: [\n", "f.yaml:2: not valid YAML"),
        ("--account", "id: '123456789012'\nbukets: []\n", "f.yaml:2: bukets: unknown field"),
        ("--account", "quotas: {vpcs: many}\n", "f.yaml:1: quotas.vpcs: "),
        ("--account", "profile: rich\n", "f.yaml: account: no profile 'rich'"),
        ("--account", "id: '1'\n", "f.yaml:1: id: "),
    ],
)
def test_bad_input_is_one_clear_line(
    folder: Callable[[str], Path], option: str, text: str, expected: str, cli: Cli
) -> None:
    cwd = folder(TOPIC)
    (cwd / "f.yaml").write_text(text)
    done = cli("plan", "t", "--response", "r.yml", option, "f.yaml")
    assert done.returncode == 2
    assert done.stderr.startswith(f"grade: {expected}"), done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.slow
def test_a_graph_without_end_takes_bounded_time(folder: Callable[[str], Path], cli: Cli) -> None:
    uses = ", ".join("!Ref P" for _ in range(200))
    rows = "".join(f"  T{n}:\n    Type: AWS::SNS::Topic\n    Properties: {{Tags: [{uses}]}}\n" for n in range(2_600))
    folder(f"Parameters: {{P: {{Type: String, Default: x}}}}\nResources:\n{rows}")
    done = cli("plan", "t", "--response", "r.yml", "--max-nodes", "5000000")
    assert done.returncode == 1
    assert "not planned" in done.stdout


def test_the_same_circle_is_shown_whatever_the_hashes_are() -> None:
    names = [f"N{number}" for number in range(6)]
    others = {name: " ".join(f"!Ref {other}," for other in names if other != name) for name in names}
    text = "Resources:\n" + "".join(
        f"  {name}: {{Type: AWS::SSM::Parameter, Properties: {{Type: String, Value: !Join ['', [{uses}]]}}}}\n"
        for name, uses in others.items()
    )
    code = (
        "import sys; from tests.plan.test_plan_cases import plan_of;"
        "print([p.message for p in plan_of({'template': sys.stdin.read()}).problems])"
    )
    shown = {
        subprocess.run(
            [sys.executable, "-c", code],
            input=text,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3", "4")
    }
    assert len(shown) == 1
    assert "depends on itself" in shown.pop()
