"""What a batch grades: every response to every task, whatever the folder of responses looks like."""

from __future__ import annotations

import difflib
import fnmatch
import json
import random
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from grader.bundle.record import record_facts
from grader.errors import InputError
from grader.runs.authoring import task_folders
from grader.runs.logs import Entry, entries, entry_at, is_log, promptfoo_record
from grader.runs.names import folder_name
from grader.support.text import one_line
from grader.task import ideal_of

OWN = ("MODEL_RESPONSE.md", "model_out")
_SUFFIXES = (".md", ".json", ".yaml", ".yml", ".zip", ".tar", ".tar.gz", ".tgz", ".template", ".txt")
TASK_KEYS = ("task", "task_id", "id")  # of a record
_NO_RECORD = "not a record: a JSON object with `task` is required"
MAX_STRAY = 1_000  # lines of a file, which are not records, before its first record
MAX_NAME = 200  # characters of a model or sample in tables
UNMATCHED = "unmatched"  # the status of what belongs to no task


@dataclass(frozen=True, slots=True)
class Job:
    """One response to grade.

    `record` is the line (from 1) of a JSONL file and `offset` its first byte; 0 where the response is a path of its own.
    `error` says why a response cannot be graded, and `status` what it then is: `error`, or `unmatched` where no task has its name.
    """

    task: str
    folder: str
    response: str
    model: str = ""
    sample: str = ""
    record: int = 0
    offset: int = 0
    error: str = ""
    status: str = "error"

    @property
    def id(self) -> str:
        """The run's folder of this response, below the run's."""
        return "/".join(folder_name(part) for part in (self.model, self.task, self.sample) if part)

    @property
    def place(self) -> str:
        """The path of the response, with the line of its record."""
        return f"{self.response}:{self.record}" if self.record else self.response


def chosen_tasks(jobs: Iterable[Job], limit: int | None, sample: int | None, seed: int = 0) -> frozenset[str]:
    """Return the tasks of a trial: of those that a job belongs to, `sample` drawn at random and of these the first `limit`.

    Tasks and not responses are chosen, so that all models are tried on the same tasks. The same tasks and the same seed give
    the same choice.
    """
    names = sorted({job.task for job in jobs if job.status != UNMATCHED})
    if sample is not None and sample < len(names):
        names = sorted(random.Random(seed).sample(names, sample))
    return frozenset(names[:limit])


def jobs_of(
    tasks: Path,
    side: str,
    responses: Path | None,
    select: str | None = None,
    chosen: Collection[str] | None = None,
) -> Iterator[Job]:
    """Yield the jobs of a batch, by task.

    Without `responses` each task's own response of a side. Else DIR/<task>, DIR/<model>/<task> or
    DIR/<model>/<task>/<sample> in any form that can be read, or a file of records with `task`, and optionally `model` and
    `sample` (see `grader.runs.logs`), or a folder of such files. `select` is a pattern for the ids, and `chosen` are the
    only tasks that count. Raises InputError where there is no task, or nothing to grade.
    """
    folders = {folder.resolve().name: folder for folder in task_folders(tasks)}
    if responses is None:
        found = _own(folders, side)
    elif responses.is_file():
        found = _records(folders, responses)
    elif responses.is_dir():
        found = _folders(folders, responses)
    else:
        raise InputError("no such folder or JSONL file of responses", responses)
    count = 0
    for job in _distinct(found):
        if (chosen is None or job.task in chosen) and (select is None or _matches(job, select)):
            count += 1
            yield job
    if not count:
        where = responses or tasks
        raise InputError(
            f"nothing to grade{f' that matches {select!r}' if select else ''}: see `grade batch --help`", where
        )


def _distinct(jobs: Iterable[Job]) -> Iterator[Job]:
    """Yield the jobs, those whose id another job has with a sample that tells them apart."""
    seen: set[str] = set()
    for job in jobs:
        apart = f"{job.sample or 'line'}{job.record}" if job.record else Path(job.response).name
        number, one = 1, job
        while one.id in seen:
            one = replace(job, sample=apart if number == 1 else f"{apart}-{number}")
            number += 1
        seen.add(one.id)
        yield one


def _matches(job: Job, pattern: str) -> bool:
    return fnmatch.fnmatchcase(job.id, pattern) or fnmatch.fnmatchcase(job.task, pattern)


def asked_tasks(tasks: Path, select: str | None, chosen: Collection[str] | None) -> list[str]:
    """Return the names of the tasks that a model has to answer in a batch.

    Where `select` matches no task by its name, it selects responses by their ids, and no task is asked of every model.
    """
    names = (folder.resolve().name for folder in task_folders(tasks))
    return [
        name
        for name in names
        if (chosen is None or name in chosen) and (select is None or fnmatch.fnmatchcase(name, select))
    ]


def _own(folders: dict[str, Path], side: str) -> Iterator[Job]:
    for name, folder in folders.items():
        path = own_response(folder) if side == "model" else ideal_of(folder)
        if path is not None:
            yield Job(name, str(folder), str(path))


def own_response(folder: Path) -> Path | None:
    """Return a task's own response, MODEL_RESPONSE.md or the folder model_out/, None where it has none."""
    return next((path for name in OWN if (path := folder / name).exists()), None)


def _folders(folders: dict[str, Path], responses: Path) -> Iterator[Job]:
    """Tell by the names of tasks which level of the folder is which."""
    entries = sorted(path for path in responses.iterdir() if not path.name.startswith("."))
    direct = [path for path in entries if _task_of(path, folders)]
    for path in direct:
        name = _task_of(path, folders)
        yield Job(name, str(folders[name]), str(path))
    for entry in entries:
        if entry in direct:
            continue
        if entry.is_dir():
            yield from _of_model(folders, entry)
        elif is_log(entry):
            yield from _records(folders, entry)
        elif _is_answer(entry):
            yield _unmatched(Job(_stem(entry), "", str(entry)), folders)


def _is_answer(path: Path) -> bool:
    """Whether a file looks like a response: a name with a suffix of one, and not one that describes a folder."""
    return _stem(path) != path.name and _stem(path).lower() not in ("readme", "license", "notice", "run", "results")


def _of_model(folders: dict[str, Path], model: Path) -> Iterator[Job]:
    for path in sorted(model.iterdir()):
        name = _task_of(path, folders)
        if not name:
            if not path.name.startswith(".") and (path.is_dir() or _is_answer(path)):
                yield _unmatched(Job(_stem(path), "", str(path), model.name), folders)
            continue
        samples = _samples(path)
        if samples:
            for sample in samples:
                yield Job(name, str(folders[name]), str(sample), model.name, _stem(sample))
        else:
            yield Job(name, str(folders[name]), str(path), model.name)


def _samples(path: Path) -> list[Path]:
    """Return the samples in a folder: it holds only entries named by numbers, with or without a suffix."""
    entries = sorted(path.iterdir()) if path.is_dir() else []
    entries = [entry for entry in entries if not entry.name.startswith(".")]
    numbered = all(re.fullmatch(r"(sample|epoch|run)?[-_]?\d+", _stem(entry)) for entry in entries)
    return sorted(entries, key=lambda entry: (len(_stem(entry)), _stem(entry))) if entries and numbered else []


def _task_of(path: Path, folders: dict[str, Path]) -> str:
    return path.name if path.name in folders else name if (name := _stem(path)) in folders else ""


def _stem(path: Path) -> str:
    suffix = next((one for one in _SUFFIXES if path.name.lower().endswith(one)), "")
    return path.name[: -len(suffix)] if suffix and not path.is_dir() else path.name


def _records(folders: dict[str, Path], file: Path) -> Iterator[Job]:
    """Yield the jobs of a file of records; of a file that does not begin with a record, no more than MAX_STRAY lines are read."""
    strays: list[Job] = []  # before the first record
    is_begun = False
    for entry in entries(file):
        job = _of_record(folders, file, entry)
        if is_begun:
            yield job
        elif not job.error.endswith(_NO_RECORD):
            is_begun = True
            yield from (*strays, job)
        else:
            strays.append(job)
            if len(strays) == MAX_STRAY:
                error = f"{file}: its first {MAX_STRAY:,} lines are not records: JSON objects with `task` are required"
                yield replace(strays[0], error=error)
                return
    if not is_begun:
        yield from strays


def _of_record(folders: dict[str, Path], file: Path, entry: Entry) -> Job:
    """Return the job of a record; what is not a record, or names an unknown task, has an error."""
    number, offset = entry.number, entry.offset
    try:
        data = promptfoo_record(json.loads(entry.data))
        name = one_line(str(next(data[key] for key in TASK_KEYS if data.get(key))), MAX_NAME)
    except (ValueError, StopIteration, AttributeError, TypeError, RecursionError):
        error = f"{file}:{number}: {_NO_RECORD}"
        return Job(f"line-{number}", "", str(file), "", "", number, offset, error, UNMATCHED)
    model, sample = (one_line(str(data.get(key) or ""), MAX_NAME) for key in ("model", "sample"))
    model = model or one_line(record_facts(entry.data).model, MAX_NAME)
    if name not in folders:
        return _unmatched(Job(name, "", str(file), model, sample, number, offset), folders)
    return Job(name, str(folders[name]), str(file), model, sample, number, offset)


def _unmatched(job: Job, folders: Collection[str]) -> Job:
    similar = difflib.get_close_matches(job.task, folders, 1)
    hint = f"did you mean {similar[0]}?" if similar else "rename the response, or add the task"
    return replace(job, error=f"{job.place}: no task is named {job.task!r}: {hint}", status=UNMATCHED)


def record_of(job: Job) -> bytes:
    """Return the record that a job names. Raises InputError where it is gone."""
    return entry_at(Path(job.response), job.record, job.offset)
