"""A run as rows for notebooks: responses, failures and requirements, as CSV or Parquet.

docs/rows.md describes the columns for users.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from grader.catalogue import load_catalogue
from grader.errors import InputError
from grader.runs.report import Run
from grader.support.files import write_whole
from grader.support.text import whole_characters

if TYPE_CHECKING:
    import pyarrow as pa

FORMS = ("csv", "parquet")
AT_ONCE = 20_000  # rows in memory while a Parquet file is written


class Type(StrEnum):
    """What the values of a column are. A `word` is one of few texts: a dictionary column in Parquet."""

    TEXT = "text"
    WORD = "word"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. Texts are empty where there is nothing; only other values may be missing (`is_optional`)."""

    name: str
    type: Type
    meaning: str
    is_optional: bool = False


def _columns(of: Type, /, **meanings: str) -> tuple[Column, ...]:
    return tuple(Column(name, of, meaning) for name, meaning in meanings.items())


def _optional(of: Type, /, **meanings: str) -> tuple[Column, ...]:
    return tuple(Column(name, of, meaning, is_optional=True) for name, meaning in meanings.items())


_OF_RESPONSE = (
    *_columns(Type.TEXT, id="the response's folder in the run"),
    *_columns(
        Type.WORD,
        run="the name of the run's folder",
        model="the model, empty where the responses are those of the tasks",
        task="the id of the task",
    ),
    *_columns(Type.TEXT, sample="the name of the sample, usually a number; empty for a single response"),
)
_RESPONSES = (
    *_OF_RESPONSE,
    *_columns(Type.TEXT, response="the path of the response, with the line of its record"),
    *_columns(
        Type.WORD,
        status="graded, error, timeout, killed, missing or unmatched",
        verdict="the verdict; the status where it was not graded",
        answer="the kind of answer: template, refused, empty ...; empty where it was not graded",
    ),
    *_columns(
        Type.NUMBER, score="0 to 100; 0 where it was not graded", delivered="the share of the requirements met, 0 to 1"
    ),
    *_columns(Type.BOOLEAN, passes="whether the rubric lets the verdict pass"),
    *_columns(
        Type.INTEGER,
        failures="the number of failures",
        requirements="the number of judged requirements",
        requirements_met="the number of met requirements",
    ),
    *_columns(Type.TEXT, unjudged="the detectors that could not judge everything, separated by spaces"),
    *_columns(Type.TEXT, error="why it was not graded"),
    *_columns(
        Type.NUMBER,
        seconds="the time that this run took for it; 0 where the result comes from the cache",
        grading_seconds="the time that grading took, in this run or in the earlier run that the cache remembers",
    ),
    *_columns(Type.BOOLEAN, cached="whether the result comes from the cache"),
    *_optional(Type.TIME, finished="when this run had its result, in UTC"),
    *_columns(Type.WORD, finish_reason="why the model stopped, as the record names it"),
    *_optional(
        Type.INTEGER,
        input_tokens="the tokens of the prompt, as the record counts them",
        output_tokens="the tokens of the answer, as the record counts them",
    ),
    *_columns(Type.TEXT, settings="the settings of the call, as the record has them: a JSON object"),
)
_FAILURES = (
    *_OF_RESPONSE,
    *_columns(
        Type.INTEGER,
        number="the number of the failure in the response, from 1",
        place="the number of the place in the failure, from 1: count failures where it is 1",
        places="how many places the failure has",
    ),
    *_columns(
        Type.WORD,
        level="the level",
        rule="the id of the rule, or of the requirement of the task's author",
        subject="the subject of the rule; empty for a requirement of the task's author",
        kind="the kind of failure",
        category="the category",
    ),
    *_columns(Type.TEXT, title="the failure in a few words"),
    *_columns(Type.WORD, detector="what found it at this place"),
    *_columns(Type.TEXT, file="the file of the bundle"),
    *_columns(Type.INTEGER, line="the line in that file"),
    *_columns(Type.TEXT, resource="the logical id; empty for what is missing or is not a resource"),
    *_columns(Type.WORD, type="the resource type"),
    *_columns(
        Type.TEXT,
        path="the path of the property",
        message="what is wrong at this place",
        source="the file of the response as it arrived",
    ),
    *_columns(Type.INTEGER, source_line="the line in that file"),
    *_columns(
        Type.TEXT,
        issue="what is wrong, in markdown",
        fix="what corrects it, in markdown",
        root_cause="what in the response leads to it, in markdown",
        reference="the URL of AWS's documentation",
        requirements="the ids of the unmet requirements that it is about, separated by spaces",
    ),
    *_columns(Type.WORD, aws="confirmed or contradicted where AWS was asked"),
)
_REQUIREMENTS = (
    *_OF_RESPONSE,
    *_columns(Type.TEXT, requirement="the id of the requirement"),
    *_columns(Type.WORD, standing="met, unmet or unjudged"),
    *_columns(Type.WORD, origin="author (task.yaml, Guard) or prompt", level="the level where it is unmet"),
    *_columns(Type.WORD, about="what it is about: resource, property, value ..."),
    *_columns(Type.TEXT, types="the resource types that it is about, separated by spaces"),
    *_columns(Type.TEXT, title="the requirement in a few words"),
    *_optional(Type.INTEGER, prompt_line="the line of the prompt"),
    *_columns(Type.TEXT, quote="the words of the prompt", reason="why it is unmet or not judged"),
    *_optional(Type.INTEGER, failure="the number of the failure that reports it"),
    *_columns(Type.TEXT, file="the file of the first place that meets it or that is there instead"),
    *_optional(Type.INTEGER, line="the line of that place"),
    *_columns(Type.TEXT, resource="the logical id at that place"),
)
TABLES: Mapping[str, tuple[Column, ...]] = {
    "responses": _RESPONSES,
    "failures": _FAILURES,
    "requirements": _REQUIREMENTS,
}


def columns_of(table: str, levels: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns of a table; responses have one for each level. Raises InputError for an unknown table."""
    if table not in TABLES:
        raise InputError(f"{table!r} is not a table of a run: {', '.join(TABLES)}")
    columns = TABLES[table]
    if table != "responses":
        return columns
    end = 1 + next(place for place, column in enumerate(columns) if column.name == "failures")
    counts = (Column(_count(level), Type.INTEGER, f"the number of failures that are {level}") for level in levels)
    return (*columns[:end], *counts, *columns[end:])


def _count(level: str) -> str:
    return "failures_" + level.lower().replace(" ", "_").replace("-", "_")


def rows(run: Run, table: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table of a run as values by column, in the order of the columns.

    Numbers, booleans and times are Python's own; what is missing is None. Raises InputError for an unknown table.
    """
    columns = columns_of(table, run.levels)
    makers: Mapping[str, Callable[[Run], Iterator[dict[str, Any]]]] = {
        "responses": _responses,
        "failures": _failures,
        "requirements": _requirements,
    }
    for values in makers[table](run):
        yield {column.name: _value(values.get(column.name), column) for column in columns}


def _value(value: Any, column: Column) -> Any:
    """Return a value as its column has it: of one type, and of characters that a file can hold."""
    if column.type in (Type.TEXT, Type.WORD):
        return whole_characters(str(value)) if value is not None else ""
    if value is None and column.is_optional:
        return None
    if column.type is Type.TIME:
        return datetime.fromisoformat(value)
    return {Type.INTEGER: int, Type.NUMBER: float, Type.BOOLEAN: bool}[column.type](value or 0)


def _common(run: Run, row: Mapping[str, Any]) -> dict[str, Any]:
    return {"run": run.path.resolve().name} | {name: row[name] for name in ("id", "model", "task", "sample")}


def _responses(run: Run) -> Iterator[dict[str, Any]]:
    for row in (*run.rows, *run.unmatched):
        texts = {
            "unjudged": " ".join(row.get("unjudged", ())),
            "settings": json.dumps(row.get("settings") or {}, sort_keys=True, ensure_ascii=False),
        }
        counts = {_count(level): row["counts"].get(level, 0) for level in run.levels}
        yield dict(row) | _common(run, row) | texts | counts | {"failures": len(row["failures"])}


def _failures(run: Run) -> Iterator[dict[str, Any]]:
    rules = load_catalogue().rules
    for row, result in run.results():
        for failure in result["failures"] if result else ():
            rule = rules.get(failure["rule"])
            about = failure | {
                "subject": rule.subject if rule else "",
                "places": len(failure["evidence"]),
                "requirements": " ".join(failure.get("requirements", ())),
            }
            for place, evidence in enumerate(failure["evidence"], 1):
                yield about | evidence | _common(run, row) | {"place": place}


def _requirements(run: Run) -> Iterator[dict[str, Any]]:
    for row, result in run.results():
        if not result:
            continue
        numbers = {id: one["number"] for one in result["failures"] for id in one.get("requirements", ())}
        numbers |= {one["rule"]: one["number"] for one in result["failures"]}
        for asked in result["requirements"]:
            first: Mapping[str, Any] = next(iter(asked.get("evidence", ())), {})
            yield {
                **asked,
                **_common(run, row),
                "requirement": asked["id"],
                "origin": asked["source"],
                "types": " ".join(asked["types"]),
                "prompt_line": asked["line"] or None,
                "failure": numbers.get(asked["id"]) if asked["standing"] == "unmet" else None,
                **{name: first.get(name) for name in ("file", "line", "resource")},
            }


def csv_text(run: Run, table: str) -> str:
    """Write a table of a run as CSV. Raises InputError for an unknown table."""
    text = io.StringIO()
    _write_csv(run, table, text)
    return text.getvalue()


def _write_csv(run: Run, table: str, file: IO[str]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([column.name for column in columns_of(table, run.levels)])
    writer.writerows([_cell(value) for value in row.values()] for row in rows(run, table))


def _cell(value: Any) -> Any:
    """Write a value so that readers find its type, and a spreadsheet does not read a text of a response as a formula."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def write_tables(run: Run, form: str, folder: Path, tables: Sequence[str] = tuple(TABLES)) -> list[Path]:
    """Write tables of a run into a folder, as `<table>.csv` or `<table>.parquet`, and return the files.

    Raises InputError for an unknown table or form, and for Parquet where pyarrow is not installed.
    """
    if form not in FORMS:
        raise InputError(f"{form!r} is not a form of tables: {' or '.join(FORMS)}")
    paths = [folder / f"{table}.{form}" for table in tables]
    for table, path in zip(tables, paths, strict=True):
        write_table(run, form, table, path)
    return paths


def write_table(run: Run, form: str, table: str, path: Path) -> None:
    """Write a table of a run into a file. Raises InputError as `write_tables` does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if form == "parquet":
        _write_parquet(run, table, path)
    else:
        write_whole(path, csv_text(run, table))


def _write_parquet(run: Run, table: str, path: Path) -> None:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise InputError("--format parquet needs pyarrow: pip install 'cfn-grader[parquet]'") from None
    schema = _schema(columns_of(table, run.levels))
    found = rows(run, table)
    temporary = path.with_name(f".{path.name}.part")
    with pq.ParquetWriter(temporary, schema, compression="zstd") as writer:
        while some := list(islice(found, AT_ONCE)):
            writer.write_table(pa.Table.from_pylist(some, schema))
    temporary.replace(path)


def _schema(columns: Sequence[Column]) -> pa.Schema:
    import pyarrow as pa

    types = {
        Type.TEXT: pa.string(),
        Type.WORD: pa.dictionary(pa.int32(), pa.string()),
        Type.INTEGER: pa.int64(),
        Type.NUMBER: pa.float64(),
        Type.BOOLEAN: pa.bool_(),
        Type.TIME: pa.timestamp("us", tz="UTC"),
    }
    return pa.schema(
        [
            pa.field(one.name, types[one.type], nullable=one.is_optional, metadata={"description": one.meaning})
            for one in columns
        ]
    )
