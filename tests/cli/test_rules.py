"""`grade rules`: lists that are filtered, and rules that are shown."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from grader.catalogue import Catalogue, Rule, load_catalogue
from grader.catalogue.skeleton import new_rule, subject_folder
from grader.cli.main import cli
from grader.errors import InputError
from grader.judgement.rule_examples import problems


def listed(*arguments: str) -> list[dict[str, Any]]:
    done = CliRunner().invoke(cli, ["rules", "list", "--format", "json", *arguments])
    assert done.exit_code == 0, done.exception
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("field", "value"), [("subject", "network"), ("kind", "circular-dependency"), ("level", "high")]
)
def test_a_list_of_one_subject_kind_or_level(field: str, value: str) -> None:
    every, found = listed(), listed(f"--{field}", value)
    assert [rule["id"] for rule in every if rule[field].lower() == value] == [rule["id"] for rule in found]
    assert 0 < len(found) < len(every)


def test_filters_and_words_all_hold() -> None:
    found = listed("Bucket", "ACL", "--subject", "storage")
    assert "bucket-acl" in {rule["id"] for rule in found}
    assert all(rule["subject"] == "storage" for rule in found)
    assert listed("bucket", "no-rule-has-this-word") == []


def test_every_rule_has_a_subject() -> None:
    assert [rule["id"] for rule in listed() if not rule["subject"]] == []


def test_a_value_that_no_rule_has_is_refused_with_the_known_values() -> None:
    done = CliRunner().invoke(cli, ["rules", "list", "--subject", "nothing"])
    assert isinstance(done.exception, InputError)
    assert "--subject: no rule has the subject 'nothing' (known here: " in str(done.exception)


def test_the_list_and_the_rule_show_the_subject() -> None:
    assert " storage " in CliRunner().invoke(cli, ["rules", "list", "bucket", "acl"]).stdout
    assert "subject storage." in CliRunner().invoke(cli, ["rules", "show", "bucket-acl"]).stdout


def test_a_new_rule_of_your_own_passes_its_examples(tmp_path: Path) -> None:
    folder = tmp_path / "house"
    done = CliRunner().invoke(cli, ["rules", "new", "topic-display-name", "--to", str(folder)])
    assert done.exit_code == 0
    assert done.stderr.startswith(f"{folder / 'topic_display_name.py'}: ")
    test = CliRunner().invoke(cli, ["rules", "test", str(folder)], standalone_mode=False)
    assert test.return_value == 0, test.stdout
    assert test.stderr == "topic-display-name: 1 failing and 1 passing examples hold\n"


def test_a_new_shipped_rule_is_a_file_of_its_subject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "storage").mkdir()
    (tmp_path / "storage" / "__init__.py").touch()
    monkeypatch.setattr("grader.rules.__path__", [str(tmp_path)])
    path = new_rule("topic-display-name", subject_folder("storage"))
    assert path == tmp_path / "storage" / "topic_display_name.py"
    rule: Rule = runpy.run_path(str(path))["RULE"]
    assert problems(rule, Catalogue({**load_catalogue().rules, rule.id: rule})) == []
    with pytest.raises(InputError, match="already exists"):
        new_rule("topic-display-name", path.parent)
    with pytest.raises(InputError, match=r"no subject 'nothing' \(known here: storage\)"):
        subject_folder("nothing")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["bucket-acl"], "a rule has the id bucket-acl already"),
        (["../taken"], "cannot be the id of a rule"),
        (["Topic_Name"], "cannot be the id of a rule"),
        (["topic-name", "--subject", "storage", "--to", "x"], "exclude each other"),
    ],
)
def test_a_new_rule_that_cannot_be_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, ["rules", "new", *arguments])
    assert message in str(done.exception)
    assert list(tmp_path.iterdir()) == []
