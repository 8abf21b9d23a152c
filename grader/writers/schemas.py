"""JSON Schemas of the files that users write and of those that `grade` writes; docs/schemas/ holds them.

They are made from the models that read and write these files: a schema cannot differ from what the code does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from grader.bundle.record import CONFIGS, CONTENTS, NAMES, SETTINGS, TEXTS, USAGES, RecordFacts
from grader.errors import InputError
from grader.judgement.rubric import RubricFile
from grader.model import RANKS, DetectorEntry, Evidence, Failure, JudgedRequirement, Location, Result
from grader.model.result import SCHEMA
from grader.runs.jobs import TASK_KEYS
from grader.support.files import write_whole
from grader.support.text import did_you_mean
from grader.support.validation import DIALECT, json_schema
from grader.task import TaskFile
from grader.task.account import AccountFile
from grader.writers.rows import TABLES, Column, Type, columns_of

Schema = dict[str, Any]


def schema(name: str) -> Schema:
    """Return the JSON Schema of a file by its name in SCHEMAS. Raises InputError for an unknown name."""
    if name not in SCHEMAS:
        raise InputError(f"no schema {name!r}{did_you_mean(name, SCHEMAS)} (there are: {', '.join(SCHEMAS)})")
    return SCHEMAS[name]()


def schema_text(name: str) -> str:
    """Return the JSON Schema of a file as JSON. Raises InputError for an unknown name."""
    return json.dumps(schema(name), indent=2) + "\n"


def write_schemas(folder: Path) -> list[Path]:
    """Write all schemas into a folder, as `<name>.schema.json`, and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.schema.json" for name in SCHEMAS]
    for name, path in zip(SCHEMAS, paths, strict=True):
        write_whole(path, schema_text(name))
    return paths


def _object(title: str, description: str, properties: Mapping[str, Schema], **more: Any) -> Schema:
    return {
        "$schema": DIALECT,
        "title": title,
        "description": description,
        "type": "object",
        "properties": dict(properties),
        **more,
    }


def _result() -> Schema:
    """Return the schema of result.json: that of the record `Result`, with the changes that `to_dict` makes."""
    found = TypeAdapter(Result).json_schema(mode="serialization", ref_template="#/$defs/{model}")
    kinds: Schema = found.pop("$defs")
    location = _properties(Location)
    evidence, asked, failure, entry = (
        kinds[one.__name__] for one in (Evidence, JudgedRequirement, Failure, DetectorEntry)
    )
    own = {name: evidence["properties"][name] for name in ("detector", "message", "source", "source_line")}
    evidence["properties"] = location | own
    asked["properties"] = kinds["Requirement"]["properties"] | asked["properties"]
    for name in ("requirement", "is_unseen", "decided_by"):
        asked["properties"].pop(name, None)
    kinds["Located"] = {"type": "object", "properties": location | {"message": {"type": "string"}}}
    del entry["properties"]["seconds"]
    failure["properties"]["aws"] = {"enum": ["", "confirmed", "contradicted"]}
    kinds["DifferenceEntry"]["properties"]["status"] = {"enum": ["missing", "extra", "changed"]}
    properties = {"schema": {"const": SCHEMA}} | found["properties"]
    properties["dry_run"] = {"type": ["object", "null"], "description": "what AWS answered, where it was asked"}
    whole = _object("result.json", "The judgement of one response.", properties)
    return _written(whole | {"$defs": {name: kinds[name] for name in sorted(_used(properties, kinds))}})


def _properties(record: type) -> Schema:
    properties: Schema = TypeAdapter(record).json_schema(mode="serialization")["properties"]
    return properties


def _used(value: Any, kinds: Schema) -> set[str]:
    """Return the names of the definitions that a schema refers to, directly or by others."""
    names = set()
    if isinstance(value, dict):
        if "$ref" in value:
            name = value["$ref"].rpartition("/")[2]
            names |= {name} | _used(kinds[name], kinds)
        for one in value.values():
            names |= _used(one, kinds)
    elif isinstance(value, list):
        for one in value:
            names |= _used(one, kinds)
    return names


def _written(schema: Schema) -> Schema:
    complete: Schema = _complete(schema)
    return complete


def _complete(value: Any) -> Any:
    """Return a schema of what is always written whole: every field is required, and none has a default or a title of its own."""
    if isinstance(value, list):
        return [_complete(one) for one in value]
    if not isinstance(value, dict):
        return value
    is_root = "$schema" in value
    found = {
        key: _complete(one)
        for key, one in value.items()
        if is_root or key not in ("default", "title") or isinstance(one, dict)  # a field may have such a name
    }
    if isinstance(value.get("properties"), dict):
        found["required"] = list(value["properties"])
    return found


def _row() -> Schema:
    """Return the schema of a line of results.jsonl."""
    text, number, count, flag = ({"type": name} for name in ("string", "number", "integer", "boolean"))
    texts = {"type": "array", "items": text}
    whole = {"type": "integer", "minimum": 0}
    failure = dict.fromkeys(("rule", "kind", "level", "title"), text) | {"resources": texts}
    properties: Schema = {
        **dict.fromkeys(("id", "model", "task", "sample", "response"), text),
        "status": {"enum": ["graded", "error", "timeout", "killed", "missing", "unmatched"]},
        "score": {"type": "number", "minimum": 0, "maximum": 100},
        "verdict": text,
        "passes": flag,
        "answer": text,
        "delivered": {"type": "number", "minimum": 0, "maximum": 1},
        "counts": {"type": "object", "additionalProperties": count, "description": "failures by level"},
        "requirements_met": whole,
        "requirements": whole,
        "failures": {"type": "array", "items": {"type": "object", "properties": failure}},
        "unjudged": texts,
        "error": text,
        **dict.fromkeys(("seconds", "grading_seconds"), number),
        "cached": flag,
        "finished": {"type": "string", "format": "date-time"},
    }
    facts = _properties(RecordFacts)
    properties |= {name: one for name, one in facts.items() if name != "model"}
    described = {column.name: column.meaning for column in TABLES["responses"]}
    for name in properties.keys() & described.keys() - {"failures", "unjudged", "settings"}:
        properties[name] = properties[name] | {"description": described[name]}
    return _written(_object("results.jsonl", "A line of results.jsonl: one response of a run.", properties))


def _record() -> Schema:
    """Return the schema of a record: any of the keys that an answer is read from, and what is read beside it."""
    text = {"type": "string"}
    name, content = ({"anyOf": [{"required": [key]} for key in keys]} for keys in (NAMES, CONTENTS))
    files = {
        "description": "the files of the answer: texts by name, or objects with a name and a content",
        "anyOf": [
            {"type": "object", "additionalProperties": text},
            {"type": "array", "items": {"type": "object", "allOf": [name, content]}},
        ],
    }
    answer = {"type": ["string", "object", "array", "null"], "description": "the answer, or what holds it"}
    setting = {"type": ["string", "number", "boolean", "object", "array", "null"]}
    task = {"type": ["string", "integer"], "description": "the id of the task"}
    around = {"type": ["object", "array", "null", "string"]}
    properties: Schema = {
        **dict.fromkeys(TASK_KEYS, task),
        "model": {"type": "string", "description": "the model that answered"},
        "sample": {"type": ["string", "integer"], "description": "the name of the sample"},
        "files": files,
        **dict.fromkeys(TEXTS, answer),
        **dict.fromkeys((*USAGES, *CONFIGS), around),
        **dict.fromkeys(SETTINGS, setting),
        "error": {"description": "why there is no answer"},
    }
    answers = [{"required": [key]} for key in ("files", *TEXTS, "error")]
    return _object(
        "record",
        "One answer as a harness logs it: a file for `grade run --response`, or a line of the file for `grade batch --responses`.",
        properties,
        anyOf=answers,
    )


_TYPES: Mapping[Type, Schema] = {
    Type.TEXT: {"type": "string"},
    Type.WORD: {"type": "string"},
    Type.INTEGER: {"type": "integer"},
    Type.NUMBER: {"type": "number"},
    Type.BOOLEAN: {"type": "boolean"},
    Type.TIME: {"type": "string", "format": "date-time"},
}


def _table(table: str) -> Schema:
    """Return the schema of a row of a table, with the levels of the shipped rubric."""

    def of(column: Column) -> Schema:
        found = _TYPES[column.type]
        return (
            found | ({"type": [found["type"], "null"]} if column.is_optional else {}) | {"description": column.meaning}
        )

    columns = columns_of(table, RANKS)
    what = f"A row of {table}.csv or {table}.parquet."
    return _object(table, what, {one.name: of(one) for one in columns}, required=[one.name for one in columns])


SCHEMAS: Mapping[str, Callable[[], Schema]] = {
    "task": partial(json_schema, TaskFile, "task.yaml"),
    "account": partial(json_schema, AccountFile, "account.yaml"),
    "rubric": partial(json_schema, RubricFile, "rubric"),
    "record": _record,
    "result": _result,
    "row": _row,
    **{table: partial(_table, table) for table in TABLES},
}
