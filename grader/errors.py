"""The errors that reach a user: one line each, saying what is wrong, where, and what to do."""

from __future__ import annotations

from pathlib import Path


class GradeError(Exception):
    """Something the user handed over cannot be used.

    The message is one line. `where` is a path, with a line number where one is known; the command line prints
    ``where:line: message`` and exits with 2.
    """

    def __init__(self, message: str, where: str | Path = "", line: int = 0) -> None:
        self.message = _visible(" ".join(message.split()))
        self.where = _visible(str(where))
        self.line = line
        super().__init__(str(self))

    def __str__(self) -> str:
        place = f"{self.where}:{self.line}" if self.where and self.line else self.where
        return f"{place}: {self.message}" if place else self.message


def _visible(text: str) -> str:
    """Return a text without characters that steer a terminal: what is wrong may come from a response."""
    return "".join(char if char.isprintable() else "?" for char in text)


class InputError(GradeError):
    """A task, account, rubric or option is wrong: the user's to fix."""


class ResponseError(GradeError):
    """The response cannot be read at all (missing, empty, over a limit)."""
