"""What `import grader` promises: the same as the commands."""

from __future__ import annotations

import doctest
import importlib
import json
from importlib import metadata
from pathlib import Path

import pytest

import grader
from tests.conftest import BROKEN, TASK, TOPIC, Cli

PROMPT = "Write a template with an SNS topic and an SQS queue."


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    """A task whose ideal answer, requirements and region all change what is found."""
    folder = tmp_path / "tasks" / "orders"
    folder.mkdir(parents=True)
    (folder / "PROMPT.md").write_text(PROMPT)
    (folder / "IDEAL_RESPONSE.md").write_text(f"```yaml\n{TOPIC}  Work:\n    Type: AWS::SQS::Queue\n```\n")
    (folder / "task.yaml").write_text(
        "region: eu-west-3\nrequirements:\n  - {id: url, level: High, asks: an SQS queue, output: QueueUrl}\n"
    )
    (tmp_path / "answer.yml").write_text(TOPIC + "  Spare:\n    Type: AWS::SQS::Queue\n    Properties: {Foo: 1}\n")
    return folder


def without_seconds(result: grader.Result) -> str:
    data = result.to_dict()
    return json.dumps({**data, "detectors": sorted(data["detectors"])})


def test_a_grade_from_python_is_that_of_the_command(orders: Path, tmp_path: Path, cli: Cli) -> None:
    done = cli("run", "tasks/orders", "--response", "answer.yml", "--fast", "--format", "json")
    said = json.loads(done.stdout)
    found = grader.grade(str(orders), tmp_path / "answer.yml", fast=True)
    assert json.loads(without_seconds(found)) == {**said, "detectors": sorted(said["detectors"])}
    assert any(one.requirement.id == "url" for one in found.requirements)
    read = grader.grade(grader.load_task(orders), grader.read_response(tmp_path / "answer.yml"), fast=True)
    assert without_seconds(read) == without_seconds(found)


def test_the_ideal_answer_can_be_left_out_or_be_another(orders: Path, tmp_path: Path) -> None:
    answer = tmp_path / "answer.yml"
    assert grader.grade(orders, answer, fast=True).differences
    assert not grader.grade(orders, answer, fast=True, ideal=None).differences
    assert not grader.grade(orders, answer, fast=True, ideal=answer).differences
    own = grader.read_response(orders / "IDEAL_RESPONSE.md")
    assert not grader.grade(orders, own, fast=True).differences


def test_the_call_with_a_bundle_and_a_rubric_still_works(orders: Path, tmp_path: Path) -> None:
    bundle = grader.read_text("answer.yml", BROKEN)
    result = grader.grade(grader.load_task(orders), bundle, grader.load_rubric(), ideal=None, fast=True)
    assert "undefined-reference" in {failure.rule for failure in result.failures}


def test_two_responses_are_compared() -> None:
    same = grader.diff_responses(grader.read_text("a.yml", TOPIC), grader.read_text("b.yml", TOPIC))
    assert same.entries == ()
    other = grader.diff_responses(grader.read_text("a.yml", TOPIC), grader.read_text("b.yml", BROKEN))
    assert [(entry.status, entry.type) for entry in other.entries] == [("changed", "AWS::SNS::Topic")]


@pytest.mark.slow
def test_a_batch_is_run_compared_and_reported(tasks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    options = grader.Options(fast=True)
    summary = grader.run_batch(grader.Plan(tasks, tmp_path / "one"), options)
    assert summary.statuses["graded"] == 6
    (tasks / "t0" / "MODEL_RESPONSE.md").write_text(f"```yaml\n{BROKEN}```\n")
    grader.run_batch(grader.Plan(tasks, tmp_path / "two"), options)
    changes = grader.compare_runs(tmp_path / "one", tmp_path / "two").changes
    assert [(one.id, one.rule, one.change) for one in changes] == [("t0", "undefined-reference", "new")]
    run = grader.Run(tmp_path / "two")
    assert grader.write_report(run, "json").read_text() == grader.report_text(run, "json")
    with pytest.raises(grader.InputError, match="parquett"):
        grader.report_text(run, "parquett")


@pytest.mark.parametrize("name", grader.__all__)
def test_what_is_promised_is_there(name: str) -> None:
    assert getattr(grader, name) is not None


def test_the_version_is_that_of_the_package() -> None:
    assert metadata.version("cfn-grader") == grader.__version__


@pytest.mark.parametrize("module", ["grader", "grader.runs.single", "grader.diff.responses"])
def test_examples_in_docstrings_work(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TASK.parent.parent)
    done = doctest.testmod(importlib.import_module(module))
    assert done.attempted
    assert done.failed == 0
