"""Executors: worker processes on this machine, or on those of a Dask cluster. Both have concurrent.futures' interface."""

from __future__ import annotations

import json
import os
import queue
import select
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from grader.batch.jobs import Job
from grader.batch.work import Options, Outcome, failed
from grader.errors import InputError


@dataclass(frozen=True, slots=True)
class Limits:
    """What one response may take: seconds, and megabytes of memory (0 for no bound)."""

    seconds: float = 120.0
    megabytes: int = 2_000


class Worker:
    """One worker process, started when it is first needed, and again after it was ended."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._rest = b""

    def run(self, job: Job, options: Options) -> Outcome:
        """Grade a job in the process. One that takes too long is ended; one that dies is tried once more."""
        for attempt in (1, 2):
            outcome = self._run(job, options)
            if outcome.status != "killed" or attempt == 2:
                return outcome
        raise AssertionError

    def _run(self, job: Job, options: Options) -> Outcome:
        process = self._started()
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps({"job": asdict(job), "options": options.to_dict()}).encode() + b"\n")
            process.stdin.flush()
            line = self._line(process)
        except TimeoutError:
            self.stop()
            return failed(job, "timeout", f"took more than {self._limits.seconds:g} seconds and was ended")
        except (OSError, EOFError):
            code = process.wait()
            self.stop()
            return failed(job, "killed", f"its worker ended with {code}")
        return Outcome(**json.loads(line))

    def _line(self, process: subprocess.Popen[bytes]) -> bytes:
        """Read a line in time. Raises TimeoutError, and EOFError where the process is gone."""
        import time

        assert process.stdout is not None
        end = time.monotonic() + self._limits.seconds
        chunks = [self._rest]
        while b"\n" not in chunks[-1]:
            left = end - time.monotonic()
            if left <= 0 or not select.select([process.stdout], [], [], left)[0]:
                raise TimeoutError
            chunk = os.read(process.stdout.fileno(), 1 << 20)
            if not chunk:
                raise EOFError
            chunks.append(chunk)
        line, _, self._rest = b"".join(chunks).partition(b"\n")
        return line

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.stop()
            command = [sys.executable, "-m", "grader.batch.worker", str(self._limits.megabytes)]
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        return self._process

    def stop(self) -> None:
        """End the process."""
        process, self._process, self._rest = self._process, None, b""
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                with suppress(OSError):
                    stream.close() if stream else None


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
            except BaseException as error:  # it belongs to whoever waits for the future
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
        client = Client(scheduler, timeout=20, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError(f"no Dask scheduler answers at {scheduler}: {error}") from None
    cores = sum(client.nthreads().values()) or 1
    return client.get_executor(pure=False, retries=2), cores, client.close
