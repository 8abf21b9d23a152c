"""Batches: many tasks over a pool of processes."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import click

from grader.bundle import read_response
from grader.engines import preload
from grader.errors import GradeError, InputError
from grader.grading import grade
from grader.rubric import Rubric, load_rubric
from grader.rule import load_catalogue
from grader.task import PROMPT, load_task, read_ideal
from grader.writers import write_result

RESPONSES = {"model": "MODEL_RESPONSE", "ideal": "IDEAL_RESPONSE"}


@dataclass(frozen=True, slots=True)
class Job:
    """One response to grade: its task, where it is, and where the results go."""

    task: Path
    response: Path
    out: Path
    rubric: Path | None
    fast: bool
    rules: Path | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job: the counts by level and the score, or why there is none."""

    task: str
    counts: dict[str, int]
    score: float
    error: str = ""


def jobs_of(tasks: Path, side: str, out: Path, rubric: Path | None, fast: bool, rules: Path | None = None) -> list[Job]:
    """Return the jobs of a folder of tasks, in the order of their names; tasks without that response are left out.

    Raises InputError where the folder holds no task.
    """
    if not tasks.is_dir():
        raise InputError("no such folder of tasks", tasks)
    folders = sorted(path for path in tasks.iterdir() if (path / PROMPT).is_file())
    if not folders:
        raise InputError(f"no task here: a task is a folder with a {PROMPT}", tasks)
    jobs = []
    for folder in folders:
        response = response_of(folder, side)
        if response:
            jobs.append(Job(folder, response, out / folder.name, rubric, fast, rules))
    if not jobs:
        raise InputError(f"no task has a {RESPONSES[side]}.md", tasks)
    return jobs


def response_of(folder: Path, side: str) -> Path | None:
    """Return a task's own response of a side: the markdown file, else the folder `model_out/` or `ideal/`, or None."""
    candidates = (folder / f"{RESPONSES[side]}.md", folder / {"model": "model_out", "ideal": "ideal"}[side])
    return next((path for path in candidates if path.exists()), None)


def run_batch(
    tasks: Path,
    side: str,
    out: Path,
    *,
    jobs: int | None,
    rubric: str | None,
    fast: bool,
    quiet: bool,
    rules: Path | None = None,
) -> int:
    """Grade every task of a folder and return the exit code: 0, or 2 where one could not be graded."""
    load_catalogue(rules)
    load_rubric(rubric)  # a wrong rubric is one line before the work, not one a task
    todo = jobs_of(tasks, side, out, Path(rubric) if rubric else None, fast, rules)
    counts: Counter[str] = Counter()
    failed: list[Outcome] = []
    with _progress(len(todo), quiet) as advance:
        for outcome in _outcomes(todo, jobs or os.cpu_count() or 1):
            counts.update(outcome.counts)
            if outcome.error:
                failed.append(outcome)
            advance(outcome)
    for outcome in sorted(failed, key=lambda one: one.task):
        click.echo(f"grade: {outcome.error}", err=True)
    if not quiet:
        levels = ", ".join(f"{count} {level}" for level, count in counts.items()) or "no failures"
        done = len(todo) - len(failed)
        click.echo(f"{done} of {len(todo)} responses graded into {out}: {levels}", err=True)
    return 2 if failed else 0


def _outcomes(todo: list[Job], workers: int) -> Iterator[Outcome]:
    workers = min(workers, len(todo))
    if workers == 1:
        yield from map(execute, todo)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("forkserver"), initializer=preload) as pool:
        for future in as_completed([pool.submit(execute, job) for job in todo]):
            yield future.result()


def execute(job: Job) -> Outcome:
    """Grade one job and write its results; an unusable input becomes an outcome with an error."""
    try:
        task = load_task(job.task)
        ideal = read_ideal(task, job.response)
        result = grade(
            task,
            read_response(job.response),
            _rubric(job.rubric),
            ideal=ideal,
            catalogue=load_catalogue(job.rules),
            fast=job.fast,
        )
        write_result(result, job.out)
    except (GradeError, OSError) as error:
        return Outcome(job.task.name, {}, 0.0, str(error))
    return Outcome(task.id, dict(result.counts), result.score)


@cache
def _rubric(path: Path | None) -> Rubric:
    return load_rubric(path)


@contextmanager
def _progress(total: int, quiet: bool) -> Iterator[Callable[[Outcome], None]]:
    """Show a bar on a terminal, nothing in a pipe."""
    if quiet or not sys.stderr.isatty():
        yield lambda outcome: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        row = bar.add_task("grading", total=total)
        yield lambda outcome: bar.update(row, advance=1, description=outcome.task[:20])
