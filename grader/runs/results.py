"""Results on disk: what a run left, read again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.errors import InputError
from grader.model.result import RESULT, SCHEMA

ROWS = "results.jsonl"


def results_of(run: Path) -> Iterator[dict[str, Any]]:
    """Yield the results below a run's folder, by path.

    Raises InputError where the folder is missing, holds none, or holds one that cannot be read.
    """
    if not run.is_dir():
        raise InputError("no such run: a run is a folder that `grade batch` wrote", run)
    paths = sorted(run.rglob(RESULT))
    if not paths:
        raise InputError("holds no result.json: is it the folder of a run?", run)
    for path in paths:
        yield read_result(path)


def read_result(path: Path) -> dict[str, Any]:
    """Return a result.json as data. Raises InputError where it is none, or of another schema."""
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be read: {error}", path) from None
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise InputError(f"is no result of schema {SCHEMA}", path)
    return data


def read_rows(run: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a run's results.jsonl; nothing where it has none yet.

    Raises InputError, with its line, for one that cannot be read.
    """
    path = run / ROWS
    if not path.is_file():
        return
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                row["id"], row["status"], row["counts"]
            except (ValueError, KeyError, TypeError):
                raise InputError("is no line of a run's results", path, number) from None
            yield row


def read_run(run: Path) -> dict[str, Any]:
    """Return a run's run.json, empty where it has none. Raises InputError where it cannot be read."""
    path = run / "run.json"
    try:
        data = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be read: {error}", path) from None
    return data if isinstance(data, dict) else {}
