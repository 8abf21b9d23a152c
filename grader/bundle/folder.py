"""A folder as a source: plain files below it, nothing reached through a link."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.bundle.limits import Limits
from grader.bundle.model import Omitted
from grader.errors import ResponseError

_SKIPPED = {".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv", ".aws-sam", "cdk.out", ".terraform"}


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file of a source before it is decoded: its name there, and its bytes."""

    name: str
    data: bytes


class Meter:
    """Counts what a source hands over and stops it at the limits."""

    def __init__(self, limits: Limits, where: str) -> None:
        self.limits = limits
        self._where = where
        self._bytes = 0
        self._files = 0

    def take(self, size: int) -> None:
        """Count one file of `size` bytes. Raises ResponseError over a limit."""
        self._files += 1
        self._bytes += size
        if self._files > self.limits.files:
            raise ResponseError(
                f"more than {self.limits.files:,} files; raise the limit with --max-files, or hand over fewer",
                self._where,
            )
        if self._bytes > self.limits.total_bytes:
            raise ResponseError(
                f"more than {self.limits.total_bytes:,} bytes; raise the limit with --max-bytes, or hand over less",
                self._where,
            )


def read_folder(root: Path, limits: Limits) -> Iterator[RawFile | Omitted]:
    """Yield the files below a folder in the order of their names; links, devices and tool folders as omitted."""
    meter = Meter(limits, str(root))
    yield from _below(root, root, meter, 0)


def _below(root: Path, folder: Path, meter: Meter, depth: int) -> Iterator[RawFile | Omitted]:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        path = Path(entry.path)
        name = path.relative_to(root).as_posix()
        if entry.is_symlink():
            yield Omitted(name, "a link: nothing outside the response is read")
        elif entry.is_dir(follow_symlinks=False):
            if entry.name in _SKIPPED:
                yield Omitted(name + "/", "a tool's folder")
            elif depth >= meter.limits.depth:
                yield Omitted(name + "/", f"more than {meter.limits.depth} folders deep")
            else:
                yield from _below(root, path, meter, depth + 1)
        else:
            yield _file(path, name, meter)


def _file(path: Path, name: str, meter: Meter) -> RawFile | Omitted:
    try:
        data = read_bytes(path, meter.limits.file_bytes)
    except TooLargeError as error:
        return Omitted(name, str(error))
    except OSError as error:
        return Omitted(name, f"cannot be read: {error.strerror or error}")
    meter.take(len(data))
    return RawFile(name, data)


class TooLargeError(Exception):
    """A file is larger than the limit for one file."""


def read_bytes(path: Path, limit: int) -> bytes:
    """Return the bytes of a regular file. Raises TooLargeError over the limit, OSError where it is not a plain file."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_NOFOLLOW", 0))
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise OSError(0, "not a plain file")
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise TooLargeError(f"larger than {limit:,} bytes; raise the limit with --max-file-bytes")
    return data
