"""What a dry run makes, written down before it is made, so that what a killed run left can be found."""

from __future__ import annotations

import json
import os
import socket
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from grader.errors import InputError


@dataclass(frozen=True, slots=True)
class Made:
    """One thing in the account: `kind` is stack, bucket or object; `name` is the stack's, the bucket's, or bucket/key."""

    kind: str
    name: str
    account: str
    region: str


def state_folder() -> Path:
    """Return the folder of the journals: `grade/dry-run` below XDG_STATE_HOME, or below ~/.local/state."""
    home = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(home) / "grade" / "dry-run"


@dataclass(frozen=True)
class Journal:
    """The journal of one run: a line for each thing before it is made, and one after it is gone."""

    path: Path
    run: str
    _open: dict[Made, None] = field(default_factory=dict, repr=False)

    @classmethod
    def new(cls, folder: Path | None = None) -> Journal:
        """Start a journal. Raises InputError where the folder cannot be written."""
        run = uuid.uuid4().hex[:12]
        folder = folder or state_folder()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"the dry run's journal cannot be written: {error.strerror}", folder) from None
        return cls(folder / f"{run}.jsonl", run)

    def will_make(self, made: Made) -> None:
        """Write down what is about to be made; on disk when this returns."""
        self._open[made] = None
        self._write({"made": asdict(made), "pid": os.getpid(), "host": socket.gethostname()})

    def is_gone(self, made: Made) -> None:
        """Write down that something is gone; the file goes with the last of it."""
        self._open.pop(made, None)
        if self._open:
            self._write({"gone": asdict(made)})
        else:
            self.path.unlink(missing_ok=True)

    @property
    def left(self) -> tuple[Made, ...]:
        """What is still there, the newest first."""
        return tuple(reversed(self._open))

    def _write(self, entry: dict[str, object]) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
            file.flush()
            os.fsync(file.fileno())


def journals(folder: Path | None = None) -> Iterator[tuple[Journal, bool]]:
    """Yield the journals of earlier runs with what they left, and whether their process is still running here."""
    folder = folder or state_folder()
    for path in sorted(folder.glob("*.jsonl")) if folder.is_dir() else ():
        journal, alive = Journal(path, path.stem), False
        for line in path.read_text("utf-8").splitlines():
            try:
                entry = json.loads(line)
            except ValueError:  # the last line of a killed process
                continue
            if "made" in entry:
                journal._open[Made(**entry["made"])] = None
                alive = alive or _is_running(entry)
            elif "gone" in entry:
                journal._open.pop(Made(**entry["gone"]), None)
        yield journal, alive


def _is_running(entry: dict[str, object]) -> bool:
    pid = entry.get("pid")
    if entry.get("host") != socket.gethostname() or not isinstance(pid, int) or pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
