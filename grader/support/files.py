"""Files on disk."""

from __future__ import annotations

import os
from errno import EINVAL
from pathlib import Path

from grader.errors import InputError

MAX_WRITTEN = 20_000_000  # bytes of a file that a person writes: settings, a rubric, a task


def plain_file(path: Path) -> Path:
    """Return the path of a file that can be read without waiting and ends; a missing file is left to the caller.

    Raises OSError for a pipe, a device, a socket or a folder.
    """
    if path.exists() and not path.is_file():
        raise OSError(EINVAL, "not a file", str(path))
    return path


def read_written(path: Path) -> str:
    """Return the text of a file that a person wrote.

    Raises InputError where it is missing, is a pipe, a device or a folder, is too large, or is not UTF-8.
    """
    try:
        if plain_file(path).exists() and path.stat().st_size > MAX_WRITTEN:
            raise InputError(f"larger than {MAX_WRITTEN:,} bytes", path)
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", path) from None


def write_whole(path: Path, text: str) -> None:
    """Write a file whole or not at all. Raises OSError with its name, which an error of writing itself does not have."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(text, "utf-8", errors="backslashreplace")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from None
