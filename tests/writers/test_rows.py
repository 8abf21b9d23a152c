"""The rows of a run as notebooks read them: pandas, polars and duckdb find the same values with the same types."""

from __future__ import annotations

import builtins
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

import grader
from grader.writers.rows import AT_ONCE, TABLES, columns_of, rows, write_tables
from tests.conftest import BROKEN, HOSTILE, ROOT, TOPIC, Cli

pytestmark = pytest.mark.slow
PROMPT = "Write a template with an SNS topic and an SQS queue.\nThe SQS queue has a visibility timeout of 60 seconds.\n"
Values = list[dict[str, Any]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> grader.Run:
    """A run of two models: a record with token counts, hostile names, an answer that cannot be read, one of no task."""
    folder = tmp_path_factory.mktemp("rows")
    (folder / "tasks" / "orders").mkdir(parents=True)
    (folder / "tasks" / "orders" / "PROMPT.md").write_text(PROMPT)
    texts = {1: TOPIC, 2: BROKEN, 3: HOSTILE.replace("Orders", "=Orders,\\n\\u0001")}
    lines: list[dict[str, Any]] = [
        {
            "model": "m",
            "task": "orders",
            "sample": number,
            "completion": f"```yaml\n{text}```\n",
            "usage": {"prompt_tokens": 40, "completion_tokens": number},
            "temperature": 0.5,
            "finish_reason": "stop",
        }
        for number, text in texts.items()
    ]
    lines += [{"model": "=n", "task": "orders", "files": {"a.yml": TOPIC}}, {"model": "n", "task": "order", "text": ""}]
    lines += [{"model": "n", "task": "orders", "sample": 2, "error": "over quota"}]
    (folder / "answers.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        for name in ("first", "run"):
            plan = grader.Plan(folder / "tasks", folder / name, responses=folder / "answers.jsonl")
            grader.run_batch(plan, grader.Options(fast=True))
    found = grader.Run(folder / "run")
    for form in ("csv", "parquet"):
        assert grader.write_report(found, form) == folder / "run"
    return found


def _pandas(path: Path) -> Values:
    if path.suffix == ".parquet":
        frame = pd.read_parquet(path)
    else:
        times = {"parse_dates": ["finished"]} if path.stem == "responses" else {}
        missing = {column.name: "" for column in TABLES[path.stem] if column.is_optional}
        frame = pd.read_csv(path, keep_default_na=False, na_values=missing, **times)
    return json.loads(frame.to_json(orient="records", date_format="iso", date_unit="s", double_precision=15))  # type: ignore[no-any-return]


def _polars(path: Path) -> Values:
    read: Any = pl.read_parquet if path.suffix == ".parquet" else pl.read_csv
    options = {} if path.suffix == ".parquet" else {"try_parse_dates": True, "infer_schema_length": None}
    return list(read(path, **options).iter_rows(named=True))


def _duckdb(path: Path) -> Values:
    found = ask(f"select * from '{path}'")
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


ask: Any = duckdb.sql
READERS: dict[str, Callable[[Path], Values]] = {"pandas": _pandas, "polars": _polars, "duckdb": _duckdb}


def as_plain(value: Any) -> Any:
    """Return a value as all readers give it: a time in UTC, and nothing for an empty text, which CSV does not tell apart."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat() if value.tzinfo else value.replace(tzinfo=UTC).isoformat()
    return None if value == "" else value


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("table", TABLES)
def test_every_reader_finds_the_same_values(run: grader.Run, table: str, form: str, reader: str) -> None:
    wanted = list(rows(run, table))
    found = READERS[reader](run.path / f"{table}.{form}")
    assert len(found) == len(wanted) > 2
    for one, row in zip(found, wanted, strict=True):
        assert list(one) == list(row)
        for name, value in row.items():
            got = as_plain(one[name])
            if isinstance(value, datetime) and isinstance(got, str):
                assert datetime.fromisoformat(got) == value
            elif isinstance(value, str):
                text = str(got or "")
                assert text in (value, f"'{value}") or json.loads(text) == json.loads(value), name
            else:
                assert got == value, name
                assert isinstance(got, bool) == isinstance(value, bool)


def test_a_frame_is_made_without_a_file(run: grader.Run) -> None:
    frame = pd.DataFrame(grader.rows(run, "responses"))
    assert list(frame.columns) == [column.name for column in columns_of("responses", run.levels)]
    assert (str(frame.score.dtype), str(frame.passes.dtype)) == ("float64", "bool")
    with pytest.raises(grader.InputError, match="responses, failures, requirements"):
        list(grader.rows(run, "failure"))


def test_the_types_of_parquet_are_those_of_the_columns(run: grader.Run) -> None:
    for table in TABLES:
        schema = pq.read_schema(run.path / f"{table}.parquet")
        assert schema.names == [column.name for column in columns_of(table, run.levels)]
        types = {field.name: str(field.type) for field in schema}
        assert types["model"] == "dictionary<values=string, indices=int32, ordered=0>"
    types = {field.name: str(field.type) for field in pq.read_schema(run.path / "responses.parquet")}
    wanted = {"score": "double", "passes": "bool", "failures_critical": "int64", "output_tokens": "int64"}
    assert wanted.items() <= types.items()
    assert types["finished"] == "timestamp[us, tz=UTC]"


def test_rows_tell_what_a_notebook_asks(run: grader.Run) -> None:
    responses = {row["id"]: row for row in rows(run, "responses")}
    assert responses["m/orders/2"]["failures_critical"] == 1
    assert (responses["m/orders/3"]["input_tokens"], responses["m/orders/3"]["output_tokens"]) == (40, 3)
    assert json.loads(responses["m/orders/1"]["settings"]) == {"temperature": 0.5}
    assert [row["status"] for row in responses.values()].count("unmatched") == 1
    assert responses["n/orders/2"]["output_tokens"] is None
    path = run.path / "failures.parquet"
    query = f"select file, line, resource, subject, level, detector, fix from '{path}' where rule = 'undefined-reference' and id = 'm/orders/2'"
    ((file, line, resource, subject, level, detector, fix),) = ask(query).fetchall()
    assert (line, resource, subject, level) == (4, "Orders", "language", "Critical")
    assert file.endswith(".yml")
    assert detector
    assert fix
    ((counted,),) = ask(f"select count(*) filter (place = 1) from '{path}'").fetchall()
    assert counted == sum(row["failures"] for row in responses.values())
    asked = [row for row in rows(run, "requirements") if row["id"] == "m/orders/1"]
    assert {(row["standing"], row["prompt_line"]) for row in asked} >= {("met", 1), ("unmet", 1), ("unmet", 2)}
    assert all((row["failure"] is not None) == (row["standing"] == "unmet") for row in asked)


def test_time_of_this_run_is_apart_from_what_the_cache_remembers(run: grader.Run) -> None:
    first = {row["id"]: row for row in rows(grader.Run(run.path.with_name("first")), "responses")}
    again = {row["id"]: row for row in rows(run, "responses")}
    graded = [id for id, row in first.items() if row["status"] == "graded"]
    assert len(graded) == 4
    for id in graded:
        assert first[id]["seconds"] == first[id]["grading_seconds"] > 0
        assert not first[id]["cached"]
        assert (again[id]["seconds"], again[id]["grading_seconds"]) == (0, first[id]["seconds"])
        assert again[id]["cached"]
    about = json.loads((run.path / "run.json").read_text())
    assert about["started"] <= again[graded[0]]["finished"].isoformat().replace("+00:00", "Z") <= about["finished"]
    assert about["versions"]["cfn-grader"] == grader.__version__


def test_a_large_run_is_written_in_parts(run: grader.Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert AT_ONCE > 1
    monkeypatch.setattr("grader.writers.rows.AT_ONCE", 2)
    (path,) = write_tables(run, "parquet", tmp_path, ["failures"])
    assert pq.ParquetFile(path).num_row_groups > 1
    assert pq.read_table(path).to_pylist() == pq.read_table(run.path / "failures.parquet").to_pylist()


def test_the_command_writes_tables_or_one_of_them(run: grader.Run, cli: Cli, tmp_path: Path) -> None:
    done = cli("report", run.path, "--format", "csv", "--out", "tables")
    assert done.stderr == "written to tables: responses.csv, failures.csv, requirements.csv\n"
    assert sorted(path.name for path in (tmp_path / "tables").iterdir()) == [f"{name}.csv" for name in sorted(TABLES)]
    done = cli("report", run.path, "--format", "csv", "--table", "requirements", "--out", "-")
    assert done.stdout == (tmp_path / "tables" / "requirements.csv").read_text()
    done = cli("report", run.path, "--format", "csv", "--out", "-")
    assert done.returncode == 2
    assert "give --table (responses, failures, requirements)" in done.stderr
    assert cli("report", run.path, "--format", "json", "--table", "failures").returncode == 2


def test_without_pyarrow_the_error_names_what_to_install(
    run: grader.Run, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = builtins.__import__

    def missing(name: str, *arguments: Any, **named: Any) -> Any:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return load(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", missing)
    done = cli("report", run.path, "--format", "parquet")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "pip install 'cfn-grader[parquet]'" in done.stderr


def test_the_examples_of_the_guide_work(run: grader.Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "rows.md").read_text("utf-8"), re.S)
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "tonight").symlink_to(run.path)
    monkeypatch.chdir(tmp_path)
    values: dict[str, Any] = {}
    *blocks, last = [line for line in code.splitlines() if line]
    exec("\n".join(blocks), values)
    assert len(values["failures"]) == len(list(rows(run, "failures")))
    assert eval(last, values).fetchall()


def test_the_guide_lists_every_column() -> None:
    guide = (ROOT / "docs" / "rows.md").read_text("utf-8")
    for table in TABLES:
        section = guide.partition(f"## {table.capitalize()}")[2].partition("\n## ")[0]
        listed = [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")]
        assert listed == [column.name for column in columns_of(table, ["<level>"])]
