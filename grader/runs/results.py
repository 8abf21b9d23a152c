"""Results on disk: what a run left, read again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import InputError
from grader.model.result import RESULT, SCHEMA
from grader.support.files import plain_file

ROWS = "results.jsonl"


_TEXTS = dict.fromkeys(("rule", "kind", "level", "title"), str)
_EVIDENCE = dict.fromkeys(("file", "resource", "type", "message", "detector"), str) | {"line": int}
_FAILURE = _TEXTS | {"issue": str, "fix": str, "aws": str, "evidence": [_EVIDENCE]}
_DIFFERENCE = dict.fromkeys(("name", "type", "section", "file", "says"), str) | {"line": int}
_REQUIREMENT = dict.fromkeys(("quote", "title", "reason", "standing"), str) | {"line": int}
_COMMON = {
    "score": int | float,
    "verdict": str,
    "passes": bool,
    "answer": str,
    "delivered": int | float,
    "counts": dict,
}
# What is read of a result.json, and of a line of results.jsonl.
_RESULT = _COMMON | {
    "task": str,
    "failures": [_FAILURE],
    "requirements": [_REQUIREMENT],
    "differences": [_DIFFERENCE],
    "files": [{"name": str}],
    "detectors": dict,
}
_ROW = _COMMON | {
    **dict.fromkeys(("id", "model", "task", "sample", "status", "error"), str),
    "failures": [_TEXTS],
    "seconds": int | float,
}


def is_row(value: object) -> bool:
    """Whether a value has what is read of a line of results.jsonl."""
    return _has_shape(value, _ROW)


def _has_shape(value: Any, shape: Any) -> bool:
    """Whether a value is of a type, a map with these fields at least, or a list of such values."""
    if isinstance(shape, dict):
        return isinstance(value, dict) and all(
            key in value and _has_shape(value[key], one) for key, one in shape.items()
        )
    if isinstance(shape, list):
        return isinstance(value, list) and all(_has_shape(one, shape[0]) for one in value)
    return isinstance(value, shape)


@dataclass(frozen=True, slots=True)
class Graded:
    """A graded response of a run: its id, the model and task that it belongs to, and its result.json as data."""

    id: str
    model: str
    task: str
    result: dict[str, Any]


def results_of(run: Path) -> Iterator[Graded]:
    """Yield the graded responses of a run, by id; of a folder without results.jsonl, the results below it.

    Raises InputError where the folder is missing, holds none, or holds one that cannot be read.
    """
    if not run.is_dir():
        raise InputError("no such run: a run is a folder that `grade batch` wrote", run)
    rows = {row["id"]: row for row in read_rows(run) if row["status"] == "graded"}
    paths = {id: run / id / RESULT for id in rows} or {
        path.parent.relative_to(run).as_posix(): path for path in run.rglob(RESULT)
    }
    if not paths:
        raise InputError("holds no result.json: is it the folder of a run?", run)
    for id, path in sorted(paths.items()):
        result = read_result(path)
        row = rows.get(id, {"model": "", "task": result["task"]})
        yield Graded(id, row["model"], row["task"], result)


def read_result(path: Path) -> dict[str, Any]:
    """Return a result.json as data. Raises InputError where it is none, or of another schema."""
    try:
        data = json.loads(plain_file(path).read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"cannot be read: {error}", path) from None
    if not isinstance(data, dict) or data.get("schema") != SCHEMA or not _has_shape(data, _RESULT):
        raise InputError(f"is no result of schema {SCHEMA}", path)
    if not all(_has_shape(entry, {"errors": [str]}) for entry in data["detectors"].values()):
        raise InputError("is no result: `detectors` is broken", path)
    return data


def read_rows(run: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a run's results.jsonl; nothing where it has none yet.

    Raises InputError, with its line, for one that cannot be read.
    """
    path = run / ROWS
    if not path.is_file():
        return
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                row = None
            if not is_row(row):
                raise InputError("is no line of a run's results", path, number)
            yield row


def read_run(run: Path) -> dict[str, Any]:
    """Return a run's run.json, empty where it has none. Raises InputError where it cannot be read."""
    path = run / "run.json"
    try:
        data = json.loads(plain_file(path).read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"cannot be read: {error}", path) from None
    return data if isinstance(data, dict) else {}
