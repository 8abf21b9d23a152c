"""Settings of a project: grade.toml and [tool.grade]."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from grader.cli.main import cli as cli_group
from tests.conftest import BROKEN, Cli


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "PROMPT.md").write_text("A topic for orders.\n")
    (tmp_path / "answer.yml").write_text(BROKEN)
    (tmp_path / "house.yaml").write_text("extends: default\nrules: {undefined-reference: {level: Medium}}\n")
    return tmp_path


def levels(cli: Cli, *options: str) -> dict[str, str]:
    done = cli(*options, "run", "t", "--response", "answer.yml", "--format", "json", "-q")
    assert done.returncode == 0, done.stderr
    return {one["rule"]: one["level"] for one in json.loads(done.stdout)["failures"]}


@pytest.mark.parametrize("name", ["grade.toml", "pyproject.toml"])
def test_options_of_all_commands_and_of_one(folder: Path, cli: Cli, name: str) -> None:
    head = "[tool.grade]" if name == "pyproject.toml" else ""
    table = "[tool.grade.run]" if name == "pyproject.toml" else "[run]"
    (folder / name).write_text(f"{head}\nfast = true\nrubric = 'house.yaml'\n{table}\nout = 'written'\n")
    assert levels(cli)["undefined-reference"] == "Medium"
    assert (folder / "written" / "result.json").is_file()
    done = cli("-v", "run", "t", "--response", "answer.yml", "--out", "here")
    assert f"settings: {folder / name}" in done.stderr
    assert (folder / "here" / "result.json").is_file()


def test_a_file_that_is_named_and_one_above_in_the_checkout(folder: Path, cli: Cli) -> None:
    (folder / "other.toml").write_text("fast = true\nignore = ['undefined-reference']\n")
    assert "undefined-reference" not in levels(cli, "--settings", "other.toml")
    (folder / "grade.toml").write_text("fast = true\nrubric = 'house.yaml'\n")
    inner = folder / "inner"
    inner.mkdir()
    above = ("run", "../t", "--response", "../answer.yml", "--fast", "--format", "json", "-q")
    level = [one["level"] for one in json.loads(Cli(inner)(*above).stdout)["failures"]]
    assert "Critical" in level
    (folder / ".git").mkdir()
    level = [one["level"] for one in json.loads(Cli(inner)(*above).stdout)["failures"]]
    assert "Critical" not in level


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rubrik = 'house.yaml'\n", "grade.toml: unknown setting 'rubrik': did you mean rubric?"),
        ("[run]\njobs = 3\n", "grade.toml: run.jobs: unknown setting"),
        ("fast = 'yes'\n", "grade.toml: fast: true or false is required"),
        ("ignore = 'network'\n", "grade.toml: ignore: a list of texts is required"),
        ("run = 1\n", "grade.toml: unknown setting 'run'"),
        ("tasks.check = 1\n", "grade.toml: tasks.check: a table is required, such as [tasks.check]"),
        ("fast =\n", "grade.toml: not valid TOML"),
    ],
)
def test_a_setting_that_is_wrong_is_one_line(folder: Path, cli: Cli, text: str, message: str) -> None:
    (folder / "grade.toml").write_text(text)
    done = cli(*(("tasks", "check", "t") if text.startswith("tasks") else ("run", "t", "--response", "answer.yml")))
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_version(cli: Cli) -> None:
    assert cli("-V").stdout == cli("--version").stdout


@pytest.mark.parametrize(
    ("words", "incomplete", "expected"),
    [
        (["run"], "t", "t"),
        (["run", "t", "--fail-on"], "Cr", "Critical"),
        (["run", "t", "--ignore"], "undefined-ref", "undefined-reference"),
        (["rules", "show"], "undefined-ref", "undefined-reference"),
    ],
)
def test_tasks_levels_and_rules_are_completed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], incomplete: str, expected: str
) -> None:
    monkeypatch.chdir(folder)
    found = ShellComplete(cli_group, {}, "grade", "_GRADE_COMPLETE").get_completions(words, incomplete)
    assert expected in {one.value for one in found}
