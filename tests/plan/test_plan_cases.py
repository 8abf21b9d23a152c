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
    assert plan.answer == "not-refused"


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
    assert data["answer"] == "not-refused"
    assert [change["logical_id"] for change in data["stacks"][0]["changes"]] == ["T"]
    assert data["stacks"][0]["parameters"] == {"P": "x"}


FIFO = "Resources:\n  T:\n    Type: AWS::SNS::Topic\n    Properties: {FifoTopic: true, TopicName: jobs}\n"
UNKNOWN_PROPERTY = "Resources:\n  T:\n    Type: AWS::SNS::Topic\n    Properties: {Colour: red}\n"
BALANCER = """Resources:
  Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Left: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Net, CidrBlock: 10.0.0.0/24, AvailabilityZone: us-east-1a}}
  Right: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Net, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1b}}
  Door: {Type: AWS::EC2::InternetGateway}
  Hinge: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Net, InternetGatewayId: !Ref Door}}
  Front:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Type: application, Scheme: internet-facing, Subnets: [!Ref Left, !Ref Right]}
"""


@pytest.mark.parametrize(
    ("template", "answer", "code", "place"),
    [
        (FIFO, "fails", 1, ("fifo-topic-name", "T", "execution")),
        (FIFO.replace("jobs", "jobs.fifo"), "not-refused", 0, None),
        (UNKNOWN_PROPERTY, "fails", 1, ("invalid-property", "T", "execution")),
        (BALANCER, "may-fail", 0, ("load-balancer-before-gateway", "Front", "race")),
        (BALANCER.replace("LoadBalancer\n", "LoadBalancer\n    DependsOn: Hinge\n"), "not-refused", 0, None),
    ],
)
def test_facts_rules_and_schemas_block_a_plan(
    folder: Callable[[str], Path], cli: Cli, template: str, answer: str, code: int, place: tuple[str, str, str] | None
) -> None:
    folder(template)
    done = cli("plan", "t", "--response", "r.yml", "--format", "json")
    assert done.returncode == code, done.stderr
    data = json.loads(done.stdout)
    found = [(one["facts"]["rule"], one["resource"], one["stage"]) for one in data["problems"]]
    assert (data["answer"], found) == (answer, [place] if place else [])


def test_a_blocked_plan_shows_the_place_the_reason_and_its_source(folder: Callable[[str], Path], cli: Cli) -> None:
    folder(FIFO)
    shown = cli("plan", "t", "--response", "r.yml").stdout
    assert "r.yml:4  T: FIFO topic without a name that ends in .fifo: " in shown
    assert "A FIFO topic requires a TopicName that ends with .fifo. https://docs.aws.amazon.com/sns/" in shown
    assert "fails: 1 problem" in shown


def test_an_answer_without_a_template_is_refused(folder: Callable[[str], Path], cli: Cli) -> None:
    cwd = folder(TOPIC)
    (cwd / "r.md").write_text("First create a topic in the console, and then subscribe to it.\n")
    done = cli("plan", "t", "--response", "r.md")
    assert done.returncode == 1
    assert "refused: 1 problem" in done.stdout


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


@pytest.mark.slow  # four processes
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
