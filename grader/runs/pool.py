"""Executors: worker processes on this machine, or on those of a Dask cluster. Both have concurrent.futures' interface."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import asdict, dataclass
from typing import Any

from grader.errors import InputError
from grader.runs.jobs import Job
from grader.runs.work import Options, Outcome, failed
from grader.support.json_process import Child, ChildEndedError


@dataclass(frozen=True, slots=True)
class Limits:
    """What one response may take: seconds, and megabytes of memory (0 for no bound)."""

    seconds: float = 120.0
    megabytes: int = 2_000


class Worker:
    """One worker process, started when it is first needed, and again after it was ended."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._child = Child("grader.runs.worker", str(limits.megabytes), group=True)
        self.stop = self._child.close

    def run(self, job: Job, options: Options) -> Outcome:
        """Grade a job in the process. One that takes too long is ended; one that dies is tried once more."""
        error = None
        begun = time.perf_counter()
        for _ in range(2):
            try:
                request = {"job": asdict(job), "options": options.to_dict()}
                return Outcome(**self._child.ask(request, self._limits.seconds))
            except TimeoutError:
                text = f"took more than {self._limits.seconds:g} seconds and was ended"
                return failed(job, "timeout", text, time.perf_counter() - begun)
            except ChildEndedError as ended:
                error = ended
        return failed(job, "killed", f"its worker {error}", time.perf_counter() - begun)


class LocalExecutor(Executor):
    """Worker processes on this machine, each fed by a thread of this process."""

    def __init__(self, workers: int, limits: Limits) -> None:
        self._queue: queue.Queue[tuple[Future[Any], Job, Options] | None] = queue.Queue()
        self._workers = [Worker(limits) for _ in range(workers)]
        self._threads = [threading.Thread(target=self._serve, args=(one,), daemon=True) for one in self._workers]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Queue `run_job(job, options, limits)`; only that is run here."""
        future: Future[Any] = Future()
        self._queue.put((future, args[0], args[1]))
        return future

    def _serve(self, worker: Worker) -> None:
        while (item := self._queue.get()) is not None:
            future, job, options = item
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(worker.run(job, options))
            except BaseException as error:  # it belongs to the caller that waits for the future
                future.set_exception(error)
        worker.stop()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers; what is queued is done first, unless it is cancelled."""
        while cancel_futures:
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                break
            if item is not None:
                item[0].cancel()
        for _ in self._threads:
            self._queue.put(None)
        if cancel_futures:
            for worker in self._workers:
                worker.stop()
        for thread in self._threads if wait else ():
            thread.join()


_HERE: dict[tuple[int, Limits], Worker] = {}


def run_job(job: Job, options: Options, limits: Limits) -> Outcome:
    """Grade a job in a process beside this one: what a worker of a cluster does. One process for each of its threads."""
    worker = _HERE.setdefault((threading.get_ident(), limits), Worker(limits))
    return worker.run(job, options)


def executor_of(workers: int, limits: Limits, scheduler: str | None) -> tuple[Executor, int, Callable[[], object]]:
    """Return an executor, how many responses it takes at once, and what ends it.

    Raises InputError where Dask is not installed, or its scheduler does not answer.
    """
    if scheduler is None:
        pool = LocalExecutor(workers, limits)
        return pool, workers, lambda: pool.shutdown(wait=True, cancel_futures=True)
    try:
        from distributed import Client
    except ImportError:
        raise InputError("--scheduler needs Dask: install cfn-grader[dask]") from None
    try:
        client = Client(scheduler, set_as_default=False)  # Dask's own settings say how long it tries to connect
    except (OSError, ValueError) as error:
        raise InputError(f"no Dask scheduler answers at {scheduler}: {error}") from None
    cores = sum(client.nthreads().values()) or 1
    return client.get_executor(pure=False, retries=2), cores, client.close
