"""A batch: planned, executed, stored, and gone on with."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from grader.errors import GradeError
from grader.runs.cache import Cache, cache_folder, fingerprint, key_of
from grader.runs.folder import RunFolder
from grader.runs.jobs import Job, asked_tasks, chosen_tasks, jobs_of
from grader.runs.pool import Limits, executor_of, run_job
from grader.runs.results import is_row
from grader.runs.work import Options, Outcome, failed, row_again

AHEAD = 4  # jobs handed out per worker before the first is back: memory stays flat however many there are


@dataclass(frozen=True)
class Plan:
    """What a batch does, apart from how responses are graded.

    `limit` and `sample` are numbers of tasks, for trying out: the first tasks, or tasks drawn at random with `seed`.
    """

    tasks: Path
    out: Path
    side: str = "model"
    responses: Path | None = None
    select: str | None = None
    workers: int = 0
    scheduler: str | None = None
    resume: bool = False
    replace: bool = False
    use_cache: bool = True
    limits: Limits = field(default_factory=Limits)
    limit: int | None = None
    sample: int | None = None
    seed: int = 0

    @cached_property
    def chosen(self) -> frozenset[str] | None:
        """The tasks that `limit` and `sample` leave, None for all. Raises InputError as `jobs_of` does."""
        if self.limit is None and self.sample is None:
            return None
        every = jobs_of(self.tasks, self.side, self.responses, self.select)
        return chosen_tasks(every, self.limit, self.sample, self.seed)

    def jobs(self) -> Iterator[Job]:
        """Yield the jobs of the batch. Raises InputError where there is nothing to grade."""
        return jobs_of(self.tasks, self.side, self.responses, self.select, self.chosen)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a batch did: responses by status, failures by level, those from the cache, those that were there already.

    `unjudged` are the responses that a detector could not judge in full.
    """

    statuses: Counter[str]
    levels: Counter[str]
    cached: int
    kept: int
    unjudged: int = 0

    @property
    def total(self) -> int:
        """How many responses the run holds."""
        return sum(self.statuses.values())


Advance = Callable[[Job, Outcome], None]


def run_batch(plan: Plan, options: Options, advance: Advance | None = None) -> Summary:
    """Grade every response of a batch into the run's folder; `advance` is called with each as it is done.

    Raises InputError for what cannot be used, before anything is graded; OSError where the folder cannot be written: what is
    there stays, and `resume` goes on with it.
    """
    mark = fingerprint(options)
    # a generator, so that a run of many thousands is not held in memory; asked once here so that nothing to grade is an error
    next(plan.jobs())
    folder = RunFolder.start(plan.out, _settings(plan, options, mark), resume=plan.resume, replace=plan.replace)
    try:
        return _into(folder, plan, options, mark, advance)
    finally:
        folder.close()


def _into(folder: RunFolder, plan: Plan, options: Options, mark: str, advance: Advance | None) -> Summary:
    """Grade what the folder of a run does not have yet into it."""
    statuses: Counter[str] = Counter()
    levels: Counter[str] = Counter()
    done, cached, unjudged = folder.rows(), 0, 0
    for row in done.values():
        statuses[row.status] += 1
        levels.update(row.counts)
        unjudged += row.is_unjudged
    cache = Cache(cache_folder()) if plan.use_cache and options.dry_run is None else None
    todo = (job for job in plan.jobs() if job.id not in done)
    try:
        for job, outcome, hit in _outcomes(todo, plan, options, cache, mark):
            folder.add(job, outcome)
            statuses[outcome.status] += 1
            levels.update(outcome.row["counts"])
            cached += hit
            unjudged += bool(outcome.row["unjudged"])
            if advance:
                advance(job, outcome)
    except GradeError:
        folder.discard()
        raise
    folder.finish()
    return Summary(statuses, levels, cached, len(done), unjudged)


def _settings(plan: Plan, options: Options, mark: str) -> dict[str, object]:
    responses = str(plan.responses) if plan.responses else None
    chosen: dict[str, object] = {
        "tasks": str(plan.tasks),
        "side": plan.side,
        "responses": responses,
        "select": plan.select,
    }
    trial = {"limit": plan.limit, "sample": plan.sample, "seed": plan.seed}
    limits = {"time_limit": plan.limits.seconds, "memory_limit": plan.limits.megabytes}
    asked = asked_tasks(plan.tasks, plan.select, plan.chosen)
    return {"batch": chosen | trial | limits, "options": options.to_dict(), "fingerprint": mark, "asked": asked}


def _outcomes(
    jobs: Iterable[Job], plan: Plan, options: Options, cache: Cache | None, mark: str
) -> Iterator[tuple[Job, Outcome, bool]]:
    """Yield each job with its outcome and whether the cache had it; workers are started only where it had not."""
    waiting: deque[tuple[Job, str]] = deque()
    pool: _Pool | None = None
    try:
        for job in jobs:
            if job.error:
                yield job, failed(job, job.status, job.error), False
                continue
            key = _key(job, mark) if cache else ""
            kept = _kept(cache, key, job) if cache and key else None
            if kept is not None:
                yield job, kept, True
                continue
            waiting.append((job, key))
            pool = pool or _Pool(plan, options)
            for one, its_key, outcome in pool.exchange(waiting):
                _keep(cache, its_key, outcome)
                yield one, outcome, False
        for one, its_key, outcome in pool.rest(waiting) if pool else ():
            _keep(cache, its_key, outcome)
            yield one, outcome, False
    finally:
        if pool:
            pool.stop()


def _key(job: Job, mark: str) -> str:
    try:
        return key_of(job, mark)
    except (OSError, GradeError):
        return ""  # what cannot be read is reported when it is graded


def _kept(cache: Cache, key: str, job: Job) -> Outcome | None:
    """Return what the cache has of a job; None where it has nothing, or no whole result."""
    try:
        kept = cache.get(key)
        if not kept or not is_row(kept["row"]) or not kept["result"].startswith("{"):
            return None
        return Outcome("graded", row_again(job, kept["row"]), kept["result"], str(kept["analysis"]))
    except (LookupError, TypeError, ValueError, AttributeError):
        return None


def _keep(cache: Cache | None, key: str, outcome: Outcome) -> None:
    if cache and key and outcome.status == "graded" and not outcome.is_limited:
        cache.put(key, outcome.row, outcome.result, outcome.analysis)


class _Pool:
    """An executor with a bounded number of jobs under way."""

    def __init__(self, plan: Plan, options: Options) -> None:
        self._executor, cores, self._close = executor_of(
            plan.workers or os.cpu_count() or 1, plan.limits, plan.scheduler
        )
        self._room = cores * AHEAD
        self._options, self._limits = options, plan.limits
        self._under_way: dict[Future[Outcome], tuple[Job, str]] = {}

    def exchange(self, waiting: deque[tuple[Job, str]]) -> Iterator[tuple[Job, str, Outcome]]:
        """Hand out what waits, and yield what is back; wait only where there is no room."""
        while waiting:
            while waiting and len(self._under_way) < self._room:
                job, key = waiting.popleft()
                self._under_way[self._executor.submit(run_job, job, self._options, self._limits)] = (job, key)
            if waiting:
                yield from self._back()

    def rest(self, waiting: deque[tuple[Job, str]]) -> Iterator[tuple[Job, str, Outcome]]:
        """Yield all that is still under way."""
        yield from self.exchange(waiting)
        while self._under_way:
            yield from self._back()

    def _back(self) -> Iterator[tuple[Job, str, Outcome]]:
        for future in wait(list(self._under_way), return_when=FIRST_COMPLETED).done:
            job, key = self._under_way.pop(future)
            yield job, key, _result(future, job)

    def stop(self) -> None:
        for future in self._under_way:
            future.cancel()
        self._close()


def _result(future: Future[Outcome], job: Job) -> Outcome:
    try:
        return future.result()
    except GradeError:
        raise
    except (BrokenProcessPool, CancelledError, OSError, RuntimeError, KeyError) as error:
        return failed(job, "killed", f"{type(error).__name__}: {error}")
