"""`grade rules`: lists that are filtered, and rules that are shown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from grader.cli.main import cli
from grader.errors import InputError


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
