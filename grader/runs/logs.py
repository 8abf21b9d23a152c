"""Files that hold many records: JSONL, a JSON list, promptfoo's results, and Inspect's logs as JSON and as .eval."""

from __future__ import annotations

import json
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from grader.errors import InputError
from grader.support.files import plain_file

if sys.version_info >= (3, 14):
    import zipfile

    from compression.zstd import ZstdError
else:  # Inspect compresses its archives with Zstandard, which zipfile reads from Python 3.14 on
    from backports.zstd import ZstdError, zipfile

LINES = (".jsonl", ".ndjson")
LOGS = (".eval", ".json")
MAX_LOG = 1_000_000_000  # bytes of a JSON file of many records, which is read as a whole
MAX_SAMPLE = 100_000_000  # bytes of one sample in an archive, and of one line
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Entry:
    """A record of a file: its number (from 1), its first byte where the file is read by lines, and its text."""

    number: int
    offset: int
    data: bytes


def is_log(path: Path) -> bool:
    """Whether a file holds many records: by its suffix and, for .json, by what is in it."""
    if path.suffix.lower() in (*LINES, ".eval"):
        return True
    if path.suffix.lower() != ".json" or not path.is_file() or path.stat().st_size > MAX_LOG:
        return False
    try:
        return _samples(json.loads(path.read_bytes())) is not None
    except (OSError, ValueError, RecursionError):
        return False


def entries(path: Path) -> Iterator[Entry]:
    """Yield the records of a file. Raises InputError where it cannot be read, OSError where it is not a file."""
    if _is_lines(plain_file(path)):
        yield from _lines(path)
        return
    for number in range(1, _size(path) + 1):
        yield Entry(number, 0, _at(path, number))


def _lines(path: Path) -> Iterator[Entry]:
    """Yield the lines of a file that are not blank; of a line that is too long for a record, its beginning."""
    with path.open("rb") as lines:
        number = offset = 0
        while line := lines.readline(MAX_SAMPLE):
            number += 1
            if line.strip():
                yield Entry(number, offset, line)
            offset += len(line)
            while not line.endswith(b"\n") and (line := lines.readline(MAX_SAMPLE)):
                offset += len(line)


def entry_at(path: Path, number: int, offset: int) -> bytes:
    """Return the record of a file that `entries` gave. Raises InputError where it is gone."""
    if not _is_lines(path):
        if number > _size(path):
            raise InputError("the record is gone", path, number)
        return _at(path, number)
    with path.open("rb") as lines:
        lines.seek(offset)
        line = lines.readline(MAX_SAMPLE)
    if not line.strip():
        raise InputError("the record is gone", path, number)
    return line


@lru_cache(maxsize=64)
def _is_lines(path: Path) -> bool:
    """Whether a file is read by lines: what is neither an archive nor JSON as a whole with many records in it."""
    if path.suffix.lower() in LINES:
        return True
    with path.open("rb") as file:
        if file.read(4) == _ZIP:
            return False
    return not (path.suffix.lower() == ".json" and is_log(path))


def _size(path: Path) -> int:
    log = _read(path, path.stat().st_mtime_ns)
    return len(log.names) if isinstance(log, _Archive) else len(log)


def _at(path: Path, number: int) -> bytes:
    log = _read(path, path.stat().st_mtime_ns)
    if not isinstance(log, _Archive):
        return json.dumps(log[number - 1]).encode()
    return json.dumps(inspect_record(log.sample(path, number), log.header)).encode()


@dataclass(frozen=True, slots=True)
class _Archive:
    """An Inspect log as .eval: a zip archive of JSON."""

    names: tuple[str, ...]
    header: dict[str, Any]

    def sample(self, path: Path, number: int) -> dict[str, Any]:
        found = _member(path, self.names[number - 1])
        return found if isinstance(found, dict) else {}


@lru_cache(maxsize=2)
def _read(path: Path, modified: int) -> _Archive | list[Any]:
    """Read the log, once for all of its records."""
    with path.open("rb") as file:
        if file.read(4) == _ZIP:
            return _archive(path)
    if path.stat().st_size > MAX_LOG:
        raise InputError(f"larger than {MAX_LOG:,} bytes: split it, or write it as JSONL", path)
    try:
        samples = _samples(json.loads(path.read_bytes()))
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON: {error}", path) from None
    return samples or []


def _archive(path: Path) -> _Archive:
    try:
        with zipfile.ZipFile(path) as archive:
            inside = archive.namelist()
    except (OSError, zipfile.BadZipFile) as error:
        raise InputError(f"not a log of Inspect: {error}", path) from None
    names = sorted(name for name in inside if name.startswith("samples/") and name.endswith(".json"))
    if not names:
        raise InputError("not a log of Inspect: no samples/*.json in the archive", path)
    about = next((name for name in ("header.json", "_journal/start.json") if name in inside), None)
    header = _member(path, about) if about else {}
    return _Archive(tuple(names), header if isinstance(header, dict) else {})


def _member(path: Path, name: str) -> Any:
    try:
        with zipfile.ZipFile(path) as archive:
            about = archive.getinfo(name)
            if about.file_size > MAX_SAMPLE:
                raise InputError(f"{name} is larger than {MAX_SAMPLE:,} bytes", path)
            with archive.open(about) as member:
                return json.loads(member.read(MAX_SAMPLE + 1))
    except (
        OSError,
        KeyError,
        ValueError,
        RecursionError,
        NotImplementedError,
        RuntimeError,
        ZstdError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise InputError(f"{name} in the archive cannot be read: {error}", path) from None


def _samples(data: Any) -> list[Any] | None:
    """Return the records in a JSON value, None where it is not a list of them nor the log of a harness."""
    if isinstance(data, list):
        return data
    if not isinstance(data, dict):
        return None
    if isinstance(data.get("eval"), dict) and isinstance(data.get("samples"), list):
        return [inspect_record(sample, data) for sample in data["samples"]]
    results = data.get("results")
    if isinstance(results, dict):
        results = results.get("results")
    if isinstance(results, list):
        return [promptfoo_record(one) for one in results]
    return None


def inspect_record(sample: Any, log: dict[str, Any]) -> Any:
    """Return a sample of Inspect as a record: its id is the task, its epoch the sample. `log` is what the log says of the evaluation.

    Source: https://inspect.aisi.org.uk/reference/inspect_ai.log.html (EvalSample, EvalSpec)
    """
    if not isinstance(sample, dict):
        return sample
    about = log.get("eval")
    spec = about if isinstance(about, dict) else {}
    config = spec.get("config")
    epochs = config.get("epochs") if isinstance(config, dict) else None
    metadata = sample.get("metadata")
    task = metadata.get("task") if isinstance(metadata, dict) else None
    kept = {key: sample.get(key) for key in ("output", "messages", "attachments", "error") if sample.get(key)}
    return kept | {
        "task": task if isinstance(task, str) else sample.get("id"),
        "model": spec.get("model") or "",
        "sample": sample.get("epoch") if isinstance(epochs, int) and epochs > 1 else "",
        "config": spec.get("model_generate_config") or {},
    }


def promptfoo_record(result: Any) -> Any:
    """Return a result of promptfoo as a record, and anything else as it is: the variable `task` is the task, the provider the model.

    Source: https://www.promptfoo.dev/docs/configuration/outputs/
    """
    if not isinstance(result, dict):
        return result
    variables, provider = result.get("vars"), result.get("provider")
    if not isinstance(variables, dict) or "response" not in result:
        return result
    kept = {key: result[key] for key in ("response", "error") if result.get(key)}
    named = {"task": next((variables[key] for key in ("task", "task_id", "id") if variables.get(key)), "")}
    model = (provider.get("label") or provider.get("id")) if isinstance(provider, dict) else provider
    return kept | named | {"model": model or "", "sample": result.get("repeatIndex") or ""}
