"""Results kept by content, so that a batch grades only what changed."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from grader.judgement.rubric import load_rubric
from grader.runs.jobs import Job, record_of
from grader.runs.work import Options
from grader.support.files import plain_file, write_whole
from grader.support.version import installed

ENGINES = ("cfn-grader", "cfn-lint", "cloudformation-validate", "tree-sitter-javascript", "networkx", "lap")


def cache_folder() -> Path:
    """Return the folder of the cache: `grade/results` below XDG_CACHE_HOME, or below ~/.cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "grade" / "results"


@dataclass(frozen=True)
class Cache:
    """Results by key, each in a file of its own."""

    folder: Path

    def get(self, key: str) -> dict[str, Any] | None:
        """Return the row and the texts kept under a key, None where there is none that can be read."""
        try:
            data = json.loads(plain_file(self._path(key)).read_text("utf-8"))
        except (OSError, ValueError, RecursionError):
            return None
        return data if isinstance(data, dict) else None

    def put(self, key: str, row: dict[str, Any], result: str, analysis: str) -> None:
        """Keep a row and its texts; a cache that cannot be written is not a reason to stop."""
        path = self._path(key)
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, json.dumps({"row": row, "result": result, "analysis": analysis}))

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"

    def entries(self) -> Iterator[Path]:
        """Yield the files of the cache."""
        return self.folder.glob("*/*.json")


def key_of(job: Job, fingerprint: str) -> str:
    """Return the key of a job: everything that its result depends on, timings aside.

    The response's and the task's contents, and the run's fingerprint. A response under another name has another key.
    """
    digest = hashlib.sha256(fingerprint.encode())
    digest.update(_epoch(date.today()).encode())
    digest.update(job.id.encode() + b"\0" + Path(job.response).name.encode())
    for path in sorted(_contents(Path(job.folder), job)):
        name = str(path.relative_to(job.folder)) if path.is_relative_to(job.folder) else path.name
        digest.update(f"\0{name}\0{path.stat().st_size}\0".encode("utf-8", "surrogatepass"))
        digest.update(path.read_bytes())
    if job.record:
        digest.update(record_of(job))
    return digest.hexdigest()


def _contents(folder: Path, job: Job) -> set[Path]:
    from grader.task import GUARD_FILE, PROMPT, ideal_of

    roots = [folder / PROMPT, folder / "task.yaml", folder / GUARD_FILE, ideal_of(folder)]
    roots += [] if job.record else [Path(job.response)]
    found: set[Path] = set()
    for root in filter(None, roots):
        found |= {path for path in (root, *root.rglob("*")) if path.is_file()}
    return found


def _epoch(today: date) -> str:
    """Return what changes when the engines may judge in another way than before: the month, and the last day until now on which a runtime ended.

    The days are those of cfn-lint's table, which cloudformation-validate has as well.
    """
    ended = [day for day in _ends() if day <= today.isoformat()]
    return f"{today:%Y-%m} {max(ended, default='')}"


@cache
def _ends() -> frozenset[str]:
    package = find_spec("cfnlint")
    root = Path(package.origin).parent if package and package.origin else Path()
    with suppress(OSError, ValueError, AttributeError):
        runtimes = json.loads((root / "data" / "AdditionalSpecs" / "LmbdRuntimeLifecycle.json").read_text("utf-8"))
        return frozenset(day for one in runtimes.values() for day in one.values() if day and day[:2] == "20")
    return frozenset()


def fingerprint(options: Options) -> str:
    """Return a hash of what is the same for all responses of a run: code, rules, rubric, options and versions."""
    digest = hashlib.sha256(json.dumps(options.to_dict(), sort_keys=True).encode())
    digest.update(_code().encode())
    digest.update(load_rubric(options.rubric).fields.model_dump_json().encode())
    for path in sorted(Path(options.rules).iterdir()) if options.rules else ():
        digest.update(path.name.encode() + (path.read_bytes() if path.is_file() else b""))
    return digest.hexdigest()


@cache
def _code() -> str:
    """Return a hash of this package and of the versions that it grades with."""
    digest = hashlib.sha256(json.dumps({name: installed(name) for name in ENGINES}).encode())
    root = Path(str(files("grader")))
    for path in sorted(path for path in root.rglob("*") if path.suffix in (".py", ".j2", ".yaml", ".json")):
        digest.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return digest.hexdigest()
