"""A process beside this one that answers requests, each a line of JSON: for what may hang, crash or take all memory."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from typing import IO, Any


class ChildEndedError(Exception):
    """The process ended before it had answered."""

    def __init__(self, code: int) -> None:
        super().__init__(f"ended with {code}")


class Child:
    """A module of this package run as a process: started when it is first needed, and again after it has ended.

    With `group` it heads a group of processes, so that what it starts itself is ended with it.
    """

    def __init__(self, module: str, *arguments: str, group: bool = False) -> None:
        # -P: the current folder may hold a response, and nothing of that is imported
        self._command = [sys.executable, "-P", "-m", module, *arguments]
        self._group = group
        self._process: subprocess.Popen[bytes] | None = None
        self._is_closed = False
        self._lock = Lock()

    def start(self) -> None:
        """Start the process before there is anything to ask."""
        with self._lock:
            self._started()

    def ask(self, request: object, seconds: float, patience: int = 1) -> Any:
        """Return the answer to a request.

        On a busy machine the process may not get `seconds` of processor time in as many of the clock: it has up to `patience`
        times as long to get them.
        Raises TimeoutError where it takes longer, or where there are no seconds; ChildEndedError where the process dies.
        It is gone in both cases.
        """
        with self._lock:
            if self._is_closed:
                raise ChildEndedError(0)
            process = self._started()
            try:
                if seconds <= 0:
                    raise TimeoutError
                return json.loads(_exchange(process, json.dumps(request).encode() + b"\n", seconds, patience))
            except TimeoutError:
                self.stop()
                raise
            except (OSError, EOFError):
                code = process.wait()
                self.stop()
                raise ChildEndedError(code) from None

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.stop()
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                process_group=0 if self._group else None,
            )
            if self._is_closed:  # by another thread, before this one had it to end
                self.stop()
                raise ChildEndedError(0)
        return self._process

    def close(self) -> None:
        """End the process, and start none again: what asks after this, or is waiting for an answer, gets ChildEndedError."""
        self._is_closed = True
        self.stop()

    def stop(self) -> None:
        """End the process, without waiting for an answer that is under way."""
        process, self._process = self._process, None
        if process is None:
            return
        if self._group:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):
                stream.close() if stream else None


def _exchange(process: subprocess.Popen[bytes], request: bytes, seconds: float, patience: int) -> bytes:
    """Write a line and read one. Raises TimeoutError, OSError, and EOFError where the process is gone."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(request)
    process.stdin.flush()
    answer: list[bytes] = []
    begun = _processor_seconds(process.pid)
    # a thread, because not every system can wait for a pipe with a limit
    reader = Thread(target=_read_line, args=(process.stdout, answer), daemon=True)
    reader.start()
    reader.join(max(0.0, seconds))
    for _ in range(patience - 1):
        taken = _processor_seconds(process.pid)
        if answer or taken == 0 or taken - begun >= seconds:  # 0 where the system does not say
            break
        reader.join(seconds - (taken - begun))
    if not answer:
        raise TimeoutError
    if not answer[0].endswith(b"\n"):
        raise EOFError
    return answer[0]


def _processor_seconds(pid: int) -> float:
    """Return the processor time that a process took, 0 where the system does not say."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, LookupError):
        return 0.0


def _read_line(pipe: IO[bytes], answer: list[bytes]) -> None:
    with suppress(OSError, ValueError):  # the pipe is closed under it where the process is stopped meanwhile
        answer.append(pipe.readline())


def bound_memory(megabytes: int) -> None:
    """Bound the memory that this process, and each that it starts, may take; 0 for no bound. Not on every system."""
    try:
        import resource
    except ImportError:
        return
    if megabytes:
        limit, hard = megabytes * 1_000_000, resource.getrlimit(resource.RLIMIT_DATA)[1]
        limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def serve(answer: Callable[[Any], object]) -> None:
    """Answer requests as a Child's process, until the process that asks is gone: then at once, whatever is under way."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="backslashreplace")
    os.dup2(2, 1)  # whatever prints must not disturb the answers
    requests: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_listen, args=(requests,), daemon=True).start()
    while True:
        out.write(json.dumps(answer(json.loads(requests.get()))) + "\n")
        out.flush()


def _listen(requests: SimpleQueue[bytes]) -> None:
    for line in sys.stdin.buffer:
        requests.put(line)
    os._exit(0)
