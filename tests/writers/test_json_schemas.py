"""The JSON Schemas in docs/schemas: current, and the same as what the models accept and what is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

import grader
from grader.bundle.record import parse_record
from grader.cli import report
from grader.cli import schema as command
from grader.errors import InputError
from grader.judgement.rubric import RubricFile
from grader.runs.authoring import TASK_SCHEMA, new_task
from grader.support.validation import validate
from grader.task import TaskFile
from grader.task.account import AccountFile
from grader.writers.rows import TABLES, rows
from grader.writers.schemas import SCHEMAS, schema, schema_text
from tests.conftest import BROKEN, ROOT, TASK, TOPIC, Cli

MODELS: dict[str, Any] = {"task": TaskFile, "account": AccountFile, "rubric": RubricFile}


def closed(value: Any) -> Any:
    """Return a schema that allows no field that it does not name: what is written must be described whole."""
    if isinstance(value, list):
        return [closed(one) for one in value]
    if not isinstance(value, dict):
        return value
    found = {key: closed(one) for key, one in value.items()}
    return found | ({"additionalProperties": False} if isinstance(value.get("properties"), dict) else {})


def is_valid(name: str, value: Any) -> bool:
    return jsonschema.Draft202012Validator(schema(name)).is_valid(value)


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schemas_in_the_documentation_are_current(name: str) -> None:
    text = (ROOT / "docs" / "schemas" / f"{name}.schema.json").read_text("utf-8")
    assert text == schema_text(name), "run `make docs`"
    jsonschema.Draft202012Validator.check_schema(json.loads(text))


def test_there_are_no_others() -> None:
    names = {path.name for path in (ROOT / "docs" / "schemas").iterdir()}
    assert names == {f"{name}.schema.json" for name in SCHEMAS}
    assert tuple(SCHEMAS) == command.NAMES
    assert tuple(TABLES) == report.TABLES


ACCEPTED = {
    "task": [
        {},
        yaml.safe_load((TASK / "task.yaml").read_text("utf-8")),
        {"id": "orders", "parameters": {"Stage": "dev", "Count": 2, "Zones": ["a", "b"]}, "account": "established"},
        {"account": {"buckets": ["a"], "quotas": {"lambda-concurrent-executions": 1000}}},
        {"requirements": [{"id": "two-queues", "resources": {"type": "AWS::SQS::Queue", "at_least": 2}}]},
        {"requirements": [{"id": "guide", "level": "Medium", "document": {"file": "*.md", "says": ["clean ?up"]}}]},
    ],
    "account": [
        {},
        {"profile": "fresh", "id": "123456789012", "region": "eu-west-1"},
        {"images": ["orders:1.4"], "quotas": {"vpcs": 0}},
        *(yaml.safe_load(path.read_text("utf-8")) for path in (ROOT / "grader/task/profiles").glob("*.yaml")),
    ],
    "rubric": [
        yaml.safe_load((ROOT / "rubrics" / "default.yaml").read_text("utf-8")),
        {"extends": "default", "rules": {"hardcoded-ami": {"level": "Medium"}}, "ignore": ["iam"]},
    ],
}
REFUSED = {
    "task": [
        {"regoin": "eu-west-1"},
        {"region": "Ireland"},
        {"id": ""},
        {"parameters": {"Stage": {"a": 1}}},
        {"requirements": [{"id": "nothing"}]},
        {"requirements": [{"id": "both", "file": "README.md", "output": "Url"}]},
        {"requirements": [{"id": "Two", "file": "README.md"}]},
        {"requirements": [{"id": "few", "resources": {"type": "AWS::SQS::Queue", "at_least": -1}}]},
    ],
    "account": [{"id": "1234"}, {"zones": []}, {"quotas": {"vpc": 1}}, {"images": "orders"}],
    "rubric": [
        {"levels": [{"name": "Critical", "weight": 0}]},
        {"verdicts": [{"name": "lost", "answers": ["lost"]}]},
        {"rules": {"hardcoded-ami": {"levle": "High"}}},
        {"half": 0},
    ],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in ACCEPTED.items() for value in values])
def test_what_the_model_accepts_is_valid(name: str, value: Any) -> None:
    validate(MODELS[name], value, Path("file.yaml"))
    assert is_valid(name, value)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in REFUSED.items() for value in values])
def test_what_the_model_refuses_is_not_valid(name: str, value: Any) -> None:
    with pytest.raises(InputError):
        validate(MODELS[name], value, Path("file.yaml"))
    assert not is_valid(name, value)


RECORDS: dict[str, Any] = {
    "files": {"task": "orders", "files": {"a.yml": TOPIC}},
    "list of files": {"task": "orders", "sample": 2, "files": [{"path": "a.yml", "body": TOPIC}]},
    "chat": {"choices": [{"message": {"role": "assistant", "content": TOPIC}}], "usage": {"prompt_tokens": 1}},
    "messages": {"content": [{"type": "text", "text": TOPIC}], "stop_reason": "end_turn", "model": "m"},
    "converse": {"output": {"message": {"content": [{"text": TOPIC}]}}, "stopReason": "end_turn"},
    "candidates": {"candidates": [{"content": {"parts": [{"text": TOPIC}]}}], "usageMetadata": {}},
    "generated": {"generated_text": TOPIC, "details": {"generated_tokens": 9}},
    "refusal": {"refusal": "I cannot help with that.", "temperature": 0.2},
}


@pytest.mark.parametrize("record", RECORDS.values(), ids=list(RECORDS))
def test_a_record_that_is_read_is_valid(record: dict[str, Any]) -> None:
    assert parse_record("a.json", json.dumps(record)) is not None
    assert is_valid("record", record)


@pytest.mark.parametrize("record", [{"task": "orders"}, {"task": "orders", "answered": TOPIC}])
def test_a_record_that_is_not_read_is_not_valid(record: dict[str, Any]) -> None:
    assert parse_record("a.json", json.dumps(record)) is None
    assert not is_valid("record", record)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> grader.Run:
    """A run of answers of several kinds, with an ideal answer and requirements."""
    folder = tmp_path_factory.mktemp("schemas")
    task = folder / "tasks" / "orders"
    task.mkdir(parents=True)
    (task / "PROMPT.md").write_text("Write a template with an encrypted SNS topic and an SQS queue.\n")
    (task / "IDEAL_RESPONSE.md").write_text(f"```yaml\n{TOPIC}  Work:\n    Type: AWS::SQS::Queue\n```\n")
    (task / "task.yaml").write_text("requirements:\n  - {id: url, asks: an SQS queue, output: QueueUrl}\n")
    suppressed = TOPIC + "    Metadata: {cfn-lint: {config: {ignore_checks: [E3002]}}}\n"
    for number, text in enumerate((TOPIC, BROKEN, suppressed, "Resources:\n\tA: [\n", "I cannot help.", ""), 1):
        path = folder / "answers" / "m" / "orders" / f"{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"```yaml\n{text}```\n" if ":" in text else text)
    (folder / "answers" / "m" / "unknown.md").write_text("?")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        plan = grader.Plan(folder / "tasks", folder / "run", responses=folder / "answers")
        grader.run_batch(plan, grader.Options(fast=True))
    return grader.Run(folder / "run")


def _results(run: grader.Run) -> list[Any]:
    return [json.loads(path.read_text("utf-8")) for path in sorted(run.path.rglob("result.json"))]


def _rows(run: grader.Run) -> list[Any]:
    return [json.loads(line) for line in (run.path / "results.jsonl").read_text("utf-8").splitlines()]


def _table(table: str) -> Callable[[grader.Run], list[Any]]:
    return lambda run: [json.loads(json.dumps(row, default=lambda time: time.isoformat())) for row in rows(run, table)]


WRITTEN = {"result": _results, "row": _rows, **{table: _table(table) for table in TABLES}}


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_written_is_valid_and_described_whole(run: grader.Run, name: str) -> None:
    found = WRITTEN[name](run)
    assert len(found) >= 5
    described = jsonschema.Draft202012Validator(closed(schema(name)), format_checker=jsonschema.FormatChecker())
    for one in found:
        described.validate(one)


def test_the_analysis_of_the_shipped_task_is_valid() -> None:
    result = json.loads((ROOT / "reports" / TASK.name / "result.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(closed(schema("result"))).validate(result)
    del result["failures"][0]["evidence"][0]["line"]
    assert not is_valid("result", result)


def test_a_new_task_names_the_schema_beside_it(tmp_path: Path) -> None:
    settings = new_task("orders", tmp_path) / "task.yaml"
    first, *_ = settings.read_text("utf-8").splitlines()
    name = first.removeprefix("# yaml-language-server: $schema=")
    assert (settings.parent / name).resolve() == tmp_path / TASK_SCHEMA
    assert (tmp_path / TASK_SCHEMA).read_text("utf-8") == schema_text("task")
    assert is_valid("task", yaml.safe_load(settings.read_text("utf-8")))


def test_the_command_prints_one_or_writes_all(cli: Cli, tmp_path: Path) -> None:
    assert cli("schema", "rubric").stdout == schema_text("rubric")
    assert cli("schema", "--out", "schemas").returncode == 0
    assert len(list((tmp_path / "schemas").iterdir())) == len(SCHEMAS)
    assert "give the name of a schema" in cli("schema").stderr
