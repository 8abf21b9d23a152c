"""The folder of a run: one folder a response, what made the run, and its results as they come."""

from __future__ import annotations

import json
import os
import platform
import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grader.analysis import ANALYSIS
from grader.errors import InputError
from grader.model import RESULT
from grader.runs.cache import ENGINES
from grader.runs.jobs import Job
from grader.runs.results import ROWS, read_rows
from grader.runs.work import Outcome
from grader.support.files import plain_file, write_whole
from grader.support.version import installed

RUN = "run.json"
_UNFINISHED = re.compile(rf"\.({re.escape(ANALYSIS)}|{re.escape(RESULT)}|{re.escape(ROWS)}|{re.escape(RUN)})\.\d+")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of results.jsonl as a batch that goes on needs it."""

    status: str
    counts: dict[str, int]
    is_unjudged: bool


@dataclass(frozen=True)
class RunFolder:
    """The folder that a batch writes. Every file is whole or not there; results.jsonl may lack its last line after a kill."""

    path: Path
    _lock: int | None = None  # kept open, and so by this process alone, until it ends

    @classmethod
    def start(cls, path: Path, settings: dict[str, object], *, resume: bool, replace: bool) -> RunFolder:
        """Make the folder, or go on with it.

        Raises InputError where it holds a run already and neither is wanted, or one with other settings, and where another
        batch is writing it.
        """
        path.mkdir(parents=True, exist_ok=True)
        folder = cls(path, _locked(path))
        try:
            folder._begin(settings, resume, replace)
        except BaseException:
            folder.close()
            raise
        return folder

    def _begin(self, settings: dict[str, object], resume: bool, replace: bool) -> None:
        times = {"started": _now(), "finished": None}
        about = {"schema": 1, **times, **settings, "versions": versions(), "machine": machine()}
        file = self.path / RUN
        if _begun(self.path) and not replace:
            if not resume:
                raise InputError("holds a run already: --resume goes on with it, --replace starts anew", self.path)
            before = _settings(file)
            _same(before, about, file)
            write_whole(file, json.dumps(before | {"finished": None}, indent=2) + "\n")
            self._mend()
            return
        (self.path / ROWS).unlink(missing_ok=True)
        write_whole(file, json.dumps(about, indent=2) + "\n")

    def rows(self) -> dict[str, Row]:
        """Return what is done of each response, by id."""
        return {row["id"]: Row(row["status"], row["counts"], bool(row.get("unjudged"))) for row in read_rows(self.path)}

    def add(self, job: Job, outcome: Outcome) -> None:
        """Write a response's folder, then its line: what has a line is whole."""
        folder = self.path / job.id
        folder.mkdir(parents=True, exist_ok=True)
        if outcome.status == "graded":
            write_whole(folder / ANALYSIS, outcome.analysis)
            write_whole(folder / RESULT, outcome.result)
        else:
            for name in (ANALYSIS, RESULT):  # of an earlier run
                (folder / name).unlink(missing_ok=True)
        with (self.path / ROWS).open("a", encoding="utf-8") as file:
            file.write(json.dumps(outcome.row | {"finished": _now()}) + "\n")

    def finish(self) -> None:
        """Put the lines in the order of their ids, and the time into run.json: the order does not depend on which response was done first."""
        about = self.path / RUN
        write_whole(about, json.dumps(_settings(about) | {"finished": _now()}, indent=2) + "\n")
        file = self.path / ROWS
        if not file.is_file():
            return
        index: list[tuple[str, int]] = []  # not the lines themselves: a run may have tens of thousands
        temporary = file.with_name(f".{ROWS}.{os.getpid()}")
        with file.open("rb") as lines:
            offset = 0
            for line in lines:
                index.append((str(json.loads(line)["id"]), offset))
                offset += len(line)
            with temporary.open("wb") as ordered:
                for _, start in sorted(index):
                    lines.seek(start)
                    ordered.write(lines.readline())
        temporary.replace(file)

    def discard(self) -> None:
        """Remove what `start` wrote, where no response was graded: a batch that is refused does not block the next."""
        if _begun(self.path):
            return
        (self.path / RUN).unlink(missing_ok=True)
        with suppress(OSError):
            self.path.rmdir()

    def close(self) -> None:
        """Let other batches write the folder."""
        if self._lock is not None:
            os.close(self._lock)

    def _mend(self) -> None:
        """Drop what a kill cut off: a last line, and files that were not yet whole."""
        for path in self.path.rglob(".*"):
            if _UNFINISHED.fullmatch(path.name) and path.is_file():
                path.unlink(missing_ok=True)
        file = self.path / ROWS
        if file.is_file():
            data = file.read_bytes()
            if data and not data.endswith(b"\n"):
                write_whole(file, data[: data.rfind(b"\n") + 1].decode("utf-8", "replace"))


def _now() -> str:
    """Return the time in UTC, in the format of RFC 3339."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _locked(path: Path) -> int | None:
    """Return a lock of a folder, which ends with this process; None where the system has none.

    Raises InputError where another process has it.
    """
    try:
        import fcntl
    except ImportError:
        return None
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise InputError("another batch is writing this run: wait for it, or give another --out", path) from None
    except OSError:  # a file system without locks
        os.close(handle)
        return None
    return handle


def _begun(path: Path) -> bool:
    """Whether the folder of a run has a result."""
    rows = path / ROWS
    return rows.is_file() and rows.stat().st_size > 0


def _settings(file: Path) -> dict[str, Any]:
    """Return what a run was begun with. Raises InputError where its run.json cannot be read."""
    try:
        data = json.loads(plain_file(file).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise InputError("not the run.json of a run, so that it cannot be resumed: --replace starts anew", file)
    return data


def _same(before: dict[str, Any], now: dict[str, Any], file: Path) -> None:
    """Raise InputError where a run would go on with other settings than it began with."""
    for key in ("batch", "options", "fingerprint", "versions"):
        if before.get(key) != now[key]:
            what = {
                "batch": "another batch",
                "options": "other options",
                "fingerprint": "other rules or another rubric",
            }
            raise InputError(
                f"cannot be gone on with: it was begun with {what.get(key, f'other {key}')}; --replace starts anew",
                file,
            )


def versions() -> dict[str, str]:
    """Return the versions of what grades."""
    return {"python": platform.python_version()} | {name: installed(name) for name in ENGINES}


def machine() -> dict[str, object]:
    """Return what a run tells of its machine."""
    return {"system": sys.platform, "architecture": platform.machine(), "cores": os.cpu_count()}
