"""The progress of a batch: a live display on a terminal, plain lines in a log, nothing in a pipe."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from grader.runs import Job, Outcome, Plan

LOG_EVERY = 30.0  # seconds between the lines of a log
Advance = Callable[["Job", "Outcome"], None]


@contextmanager
def progress(plan: Plan, *, quiet: bool, log: bool) -> Iterator[Advance]:
    """Yield what reports each response. Errors of single responses are printed in any case."""
    live = sys.stderr.isatty() and not quiet and not log
    total = sum(1 for _ in plan.jobs()) if live or log else 0
    shown = _Shown(total)
    if live:
        with _bar(shown, total) as update:
            yield lambda job, outcome: update(job, outcome)
        return

    def line(job: Job, outcome: Outcome) -> None:
        _complain(job, outcome)
        shown.add(job, outcome)
        if log and not quiet and shown.due():
            click.echo(shown.text(), err=True)

    yield line
    if log and not quiet:
        click.echo(shown.text(), err=True)


def _complain(job: Job, outcome: Outcome) -> None:
    if outcome.status != "graded":
        click.echo(f"grade: {job.id}: {outcome.status}: {outcome.row['error']}", err=True)


class _Shown:
    """What is shown: done, rate, time left, failures by level, and the slowest response so far."""

    def __init__(self, total: int) -> None:
        self._total, self._start, self._last = total, time.monotonic(), time.monotonic()
        self.done = 0
        self._levels: Counter[str] = Counter()
        self._slowest = (0.0, "")

    def add(self, job: Job, outcome: Outcome) -> None:
        self.done += 1
        self._levels.update(outcome.row["counts"])
        self._slowest = max(self._slowest, (outcome.row["seconds"], job.id))

    def due(self) -> bool:
        if time.monotonic() - self._last < LOG_EVERY:
            return False
        self._last = time.monotonic()
        return True

    def text(self) -> str:
        spent = max(time.monotonic() - self._start, 0.001)
        rate = self.done / spent
        left = (self._total - self.done) / rate if rate else 0.0
        levels = ", ".join(f"{count} {level}" for level, count in self._levels.items() if count)
        slow = f"; slowest {self._slowest[1]} {self._slowest[0]:.1f} s" if self._slowest[1] else ""
        return f"{self.done} of {self._total}, {rate:.1f}/s, {left:.0f} s left; {levels or 'no failures'}{slow}"


@contextmanager
def _bar(shown: _Shown, total: int) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    console = Console(stderr=True, no_color=bool(os.environ.get("NO_COLOR")), highlight=False)
    with Progress(
        BarColumn(bar_width=20), TextColumn("{task.description}", markup=False), console=console, transient=True
    ) as bar:
        row = bar.add_task("starting", total=total)

        def update(job: Job, outcome: Outcome) -> None:
            shown.add(job, outcome)
            _complain(job, outcome)
            bar.update(row, advance=1, description=shown.text())

        yield update
