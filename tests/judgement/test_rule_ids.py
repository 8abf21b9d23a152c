"""Rule ids in rubrics: former ids, ids of requirements, and ids that no rule has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader import grade, load_catalogue, load_rubric, load_task, read_response
from grader.catalogue import Catalogue
from grader.cli.main import cli
from grader.errors import InputError
from tests.conftest import BROKEN, ROOT

RULE = "undefined-reference"


def rubric_file(folder: Path, overrides: str) -> Path:
    """The default rubric with overrides of its own; the last line of the file is the last override."""
    default = (ROOT / "rubrics" / "default.yaml").read_text("utf-8")
    path = folder / "rubric.yaml"
    path.write_text(default[: default.index("\nrules:")] + f"\nrules:\n{overrides}")
    return path


@pytest.fixture
def task(tmp_path: Path) -> Path:
    folder = tmp_path / "task"
    folder.mkdir()
    (folder / "PROMPT.md").write_text("A topic for orders.\n")
    (folder / "task.yaml").write_text("requirements:\n  - {id: topic-output, output: Topic}\n")
    (tmp_path / "answer.yml").write_text(BROKEN)
    return folder


@pytest.fixture
def catalogue() -> Catalogue:
    rules = dict(load_catalogue().rules)
    rules[RULE] = replace(rules[RULE], former_ids=("dangling-name",))
    return Catalogue(rules)


def test_a_former_id_overrides_the_rule(task: Path, tmp_path: Path, catalogue: Catalogue) -> None:
    rubric = load_rubric(rubric_file(tmp_path, "  dangling-name: {level: Medium}\n"))
    result = grade(load_task(task), read_response(tmp_path / "answer.yml"), rubric, catalogue=catalogue, fast=True)
    assert {failure.rule: failure.level for failure in result.failures}[RULE] == "Medium"


def test_the_current_id_has_precedence(task: Path, tmp_path: Path, catalogue: Catalogue) -> None:
    path = rubric_file(tmp_path, f"  {RULE}: {{level: High}}\n  dangling-name: {{ignore: true}}\n")
    response = read_response(tmp_path / "answer.yml")
    result = grade(load_task(task), response, load_rubric(path), catalogue=catalogue, fast=True)
    assert {failure.rule: failure.level for failure in result.failures}[RULE] == "High"


def renamed_rule() -> tuple[str, str]:
    """A shipped rule that has a former id, and this id."""
    return next((rule.id, rule.former_ids[0]) for rule in load_catalogue().rules.values() if rule.former_ids)


def test_a_note_names_the_current_id(task: Path, tmp_path: Path) -> None:
    current, former = renamed_rule()
    path = rubric_file(tmp_path, f"  topic-output: {{level: Medium}}\n  {former}: {{ignore: true}}\n")
    answer = tmp_path / "answer.yml"
    arguments = ("run", str(task), "--response", str(answer), "--fast", "--out", str(tmp_path / "out"), "--quiet")
    done = CliRunner().invoke(cli, [*arguments, "--rubric", str(path)])
    assert done.exit_code == 0
    line = len(path.read_text().splitlines())
    assert done.stderr == f"grade: {path}:{line}: the rule {former} is now {current}\n"


def test_an_unknown_id_is_refused_with_the_most_similar(task: Path, tmp_path: Path) -> None:
    path = rubric_file(tmp_path, "  undefined-referense: {ignore: true}\n")
    for command in (["run", str(task), "--response", str(tmp_path / "answer.yml")], ["batch", str(tmp_path)]):
        done = CliRunner().invoke(cli, [*command, "--rubric", str(path)])
        assert isinstance(done.exception, InputError)
        line = len(path.read_text().splitlines())
        message = "unknown rule 'undefined-referense': did you mean undefined-reference?"
        assert str(done.exception) == f"{path}:{line}: {message}"


def test_show_accepts_a_former_id() -> None:
    current, former = renamed_rule()
    done = CliRunner().invoke(cli, ["rules", "show", former])
    assert done.stdout.startswith(f"# {current}:")
    assert done.stderr == f"grade: the rule {former} is now {current}\n"
