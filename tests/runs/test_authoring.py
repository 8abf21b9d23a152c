"""Tasks and their requirements: made, checked, imported, and graded against."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader import InputError, grade, load_catalogue, load_rubric, load_task, read_response
from grader.cli.main import cli
from grader.judgement.requirements import requirements_of
from grader.model import RequirementSource, RequirementStanding, Result
from grader.runs.authoring import TaskCheck, check_task, import_tasks, new_task


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def check(folder: Path) -> TaskCheck:
    return check_task(folder, load_rubric(), load_catalogue(), "Medium", fast=True)


def checked(folder: Path) -> tuple[str, ...]:
    return check(folder).wrong


def test_a_new_task_passes_its_own_check(tmp_path: Path) -> None:
    folder = new_task("orders", tmp_path)
    assert check(folder) == TaskCheck()
    assert len(requirements_of(load_task(folder)).rules) == 2
    with pytest.raises(InputError, match="is there already"):
        new_task("orders", tmp_path)
    with pytest.raises(InputError, match="cannot be a task's id"):
        new_task("../orders", tmp_path)


def standings(result: Result) -> dict[str, bool]:
    return {
        one.requirement.id: one.standing is RequirementStanding.MET
        for one in result.requirements
        if one.requirement.source is RequirementSource.AUTHOR
    }


def test_requirements_pass_or_fail_in_the_result(tmp_path: Path) -> None:
    folder = new_task("orders", tmp_path)
    answer = write(tmp_path, "answer.yml", "Resources:\n  Orders:\n    Type: AWS::SNS::Topic\n")
    result = grade(load_task(folder), read_response(answer), load_rubric(), fast=True)
    assert standings(result) == {"topic-output": False, "encrypted-topic": False}
    by_rule = {failure.rule: failure for failure in result.failures}
    topic = by_rule["encrypted-topic"]
    assert (topic.level, topic.evidence[0].resource, topic.evidence[0].line) == ("High", "Orders", 2)
    output = by_rule["topic-output"]
    assert (output.evidence[0].file, output.evidence[0].line) == ("PROMPT.md", 3)


def test_what_is_missing_points_at_the_prompt_and_names_its_type(tmp_path: Path) -> None:
    folder = new_task("orders", tmp_path)
    answer = write(tmp_path, "answer.yml", "Resources:\n  Orders:\n    Type: AWS::SQS::Queue\n")
    result = grade(load_task(folder), read_response(answer), load_rubric(), fast=True)
    evidence = next(f for f in result.failures if f.rule == "encrypted-topic").evidence[0]
    assert (evidence.file, evidence.line, evidence.resource, evidence.type) == ("PROMPT.md", 3, "", "AWS::SNS::Topic")


def test_a_response_without_a_template_meets_nothing(tmp_path: Path) -> None:
    folder = new_task("orders", tmp_path)
    answer = write(tmp_path, "answer.md", "I cannot do that.\n")
    result = grade(load_task(folder), read_response(answer), load_rubric(), fast=True)
    assert not any(standings(result).values())


@pytest.mark.parametrize(
    ("requirement", "template", "met"),
    [
        ("resources: {type: 'AWS::SQS::Queue', at_least: 2}", "A: {Type: AWS::SQS::Queue}", False),
        ("resources: {type: 'AWS::SQS::*', at_most: 1}", "A: {Type: AWS::SQS::Queue}", True),
        (
            "resources: {type: 'AWS::SQS::Queue', properties: {DelaySeconds: '5'}}",
            "A: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: 5}}",
            True,
        ),
        ("resources: {type: 'AWS::SQS::Queue', at_most: 0, at_least: 0}", "A: {Type: AWS::SQS::Queue}", False),
        ("file: '*.md'", "A: {Type: AWS::SQS::Queue}", False),
        ("parameter: Stage", "A: {Type: AWS::SQS::Queue}", False),
        ("document: {says: [clean ?up]}", "A: {Type: AWS::SQS::Queue}", False),
    ],
)
def test_what_guard_cannot_say(tmp_path: Path, requirement: str, template: str, met: bool) -> None:
    task = tmp_path / "task"
    write(task, "PROMPT.md", "Queues.")
    write(task, "task.yaml", f"requirements: [{{id: wanted, {requirement}}}]")
    answer = write(tmp_path, "answer.yml", f"Resources:\n  {template}\n")
    result = grade(load_task(task), read_response(answer), load_rubric(), fast=True)
    assert list(standings(result).values()) == [met]


def test_one_template_of_several_may_be_enough(tmp_path: Path) -> None:
    task = tmp_path / "task"
    write(task, "PROMPT.md", "Queues and topics.")
    rule = "rule {0} {{ Resources.*[ Type == 'AWS::SQS::Queue' ] !empty <<no queue>> }}\n"
    guard = "# templates: any\n" + rule.format("once") + "\n# templates: all\n" + rule.format("everywhere")
    write(task, "requirements.guard", guard)
    write(tmp_path / "answer", "a.yml", "Resources: {A: {Type: AWS::SQS::Queue}}\n")
    write(tmp_path / "answer", "b.yml", "Resources: {B: {Type: AWS::SNS::Topic}}\n")
    result = grade(load_task(task), read_response(tmp_path / "answer"), load_rubric(), fast=True)
    assert standings(result) == {"once": True, "everywhere": False}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("requirements: [{id: first, parameter: A, output: B}]", "task.yaml:1: .*exactly one of"),
        ("requirements: [{id: first, parameter: A}, {id: first, output: A}]", "two requirements have the id first"),
        ("requirements: [{id: first, document: {says: ['(']}}]", "is no regular expression"),
        ("requirements: [{id: no-template, parameter: A}]", "has the id of a rule"),
        (
            "requirements: [{id: first, parameter: A, level: Hihg}]",
            "task.yaml:1: requirements.0.level: unknown level 'Hihg': did you mean High?",
        ),
        ("requirements: [{id: first, parameter: A, level: Blocker}]", "rule first: unknown level 'Blocker'"),
        ("title: T\nregion: us-eas-1", "task.yaml:2: region: unknown region 'us-eas-1': did you mean us-east-1"),
        (
            "account: {regions: [eu-west-9]}",
            r"task.yaml:1: account.regions.0: unknown region 'eu-west-9': did you mean eu",
        ),
    ],
)
def test_a_wrong_requirement_is_one_line(tmp_path: Path, settings: str, message: str) -> None:
    folder = new_task("orders", tmp_path)
    write(folder, "task.yaml", settings)
    problems = checked(folder)
    assert len(problems) == 1
    assert re.search(message, problems[0])
    assert "\n" not in problems[0]


def test_the_check_finds_what_is_wrong_with_a_task(tmp_path: Path) -> None:
    folder = new_task("orders", tmp_path)
    with (folder / "requirements.guard").open("a") as file:
        file.write("\nrule no_star when Outputs.Missing exists { Outputs.Missing.Value != '*' }\n")
    write(folder, "ideal/template.yml", "Resources:\n  Orders:\n    Type: AWS::SNS::Topic\n")
    text = "\n".join(checked(folder))
    assert "does not meet the requirement encrypted-topic" in text
    assert "does not meet the requirement topic-output" in text
    assert "nothing was found that fails the requirement no-star" in text
    write(folder, "ideal/template.yml", "Resources:\n  Orders:\n    Type: AWS::SNS::Nothing\n")
    assert "the ideal answer has a failure, Critical" in "\n".join(checked(folder))


def test_a_task_without_an_ideal_answer_is_checked_as_far_as_it_goes(tmp_path: Path) -> None:
    folder = new_task("orders", tmp_path / "tasks")
    shutil.rmtree(folder / "ideal")
    found = check(folder)
    assert found.wrong == ()
    assert len(found.unchecked) == 2
    assert found.unchecked[0].startswith("no ideal answer")
    assert "encrypted-topic" in found.unchecked[1]
    done = CliRunner().invoke(cli, ["tasks", "check", str(tmp_path / "tasks")], standalone_mode=False)
    assert (done.return_value, done.stdout) == (0, "")
    assert "orders: not checked: no ideal answer" in done.stderr
    assert done.stderr.endswith("orders: in order, as far as checked\n")
    with (folder / "requirements.guard").open("a") as file:
        file.write("\nrule no_star when Outputs.Missing exists { Outputs.Missing.Value != '*' }\n")
    assert check(folder).unchecked[-1] == "whether anything fails the requirements no-star"
    write(folder, "task.yaml", "colour: red")
    assert len(checked(folder)) == 1


def test_tasks_are_imported_whole_or_not_at_all(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write(tmp_path / "from" / name, "PROMPT.md", "# A topic")
        write(tmp_path / "from" / name, "IDEAL_RESPONSE.md", "Nothing.")
        write(tmp_path / "from" / name, "metadata.json", "{}")
    write(tmp_path / "from" / "b", "task.yaml", "colour: red")
    made, left = import_tasks(tmp_path / "from", tmp_path / "to")
    assert [path.name for path in made] == ["a"]
    assert "colour" in left[0]
    assert sorted(p.name for p in (tmp_path / "to").rglob("*")) == ["IDEAL_RESPONSE.md", "PROMPT.md", "a"]
    assert import_tasks(tmp_path / "from", tmp_path / "to")[0] == []


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = CliRunner()
    assert run.invoke(cli, ["tasks", "new", "orders"], standalone_mode=False).exception is None
    assert run.invoke(cli, ["tasks", "check", "--fast", "-q"], standalone_mode=False).return_value == 0
    listed = json.loads(run.invoke(cli, ["tasks", "list", "--format", "json"], standalone_mode=False).output)
    assert [(entry["id"], entry["ideal"], entry["requirements"]) for entry in listed] == [("orders", True, 2)]
    (tmp_path / "tasks/orders/ideal/template.yml").write_text("Resources: {}\n")
    answer = run.invoke(cli, ["tasks", "check", "--fast"], standalone_mode=False)
    assert answer.return_value == 1
    assert "encrypted-topic" in answer.output
