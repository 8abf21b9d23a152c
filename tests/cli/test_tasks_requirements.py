"""`grade tasks show` and `grade tasks requirements`."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from grader.task import load_task
from tests.conftest import Cli

PROMPT = "# Orders\n\n- A versioned S3 bucket\n- Two SQS queues\n- Something pleasant\n"
IDEAL = """\
Resources:
  Files: {Type: 'AWS::S3::Bucket', Properties: {VersioningConfiguration: {Status: Enabled}}}
  One: {Type: 'AWS::SQS::Queue'}
  Two: {Type: 'AWS::SQS::Queue'}
"""


def make(tmp_path: Path) -> Path:
    folder = tmp_path / "orders"
    (folder / "ideal").mkdir(parents=True)
    (folder / "PROMPT.md").write_text(PROMPT)
    (folder / "ideal" / "template.yaml").write_text(IDEAL)
    return folder


def test_show_prints_what_is_read_and_what_is_not(tmp_path: Path, cli: Cli) -> None:
    make(tmp_path)
    text = cli("tasks", "show", "orders").stdout
    assert "   3  property   S3 bucket with versioning  (AWS::S3::Bucket)" in text
    assert "VersioningConfiguration.Status: Enabled" in text
    assert "   5  Something pleasant" in text


def test_show_as_data(tmp_path: Path, cli: Cli) -> None:
    make(tmp_path)
    data = json.loads(cli("tasks", "show", "orders", "--format", "json").stdout)
    assert [one["about"] for one in data["requirements"]] == ["property", "resource", "count"]
    assert data["unread"] == [{"line": 5, "text": "Something pleasant"}]


def test_requirements_are_written_for_a_person_to_edit(tmp_path: Path, cli: Cli) -> None:
    folder = make(tmp_path)
    assert cli("tasks", "requirements", "orders").returncode == 0
    wanted = [one.resources for one in load_task(folder).requirements if one.resources]
    assert [(one.type, one.at_least) for one in wanted] == [("AWS::S3::Bucket", 1), ("AWS::SQS::Queue", 2)]
    again = cli("tasks", "requirements", "orders")
    assert again.returncode == 2
    assert "it has requirements" in again.stderr


def test_what_the_ideal_answer_does_not_meet_is_not_proposed(tmp_path: Path, cli: Cli) -> None:
    folder = make(tmp_path)
    (folder / "ideal" / "template.yaml").write_text(IDEAL.replace("  Two: {Type: 'AWS::SQS::Queue'}\n", ""))
    text = cli("tasks", "requirements", "orders", "--to", "-").stdout
    assert [one["resources"]["type"] for one in yaml.safe_load(text)["requirements"]] == ["AWS::S3::Bucket"]
