"""A worker process: jobs come in on standard input, one JSON object a line, and outcomes go out on standard output.

    python -m grader.batch.worker [MEGABYTES]

The engines are loaded once. A process of its own, so that a response that hangs or takes all memory can be ended without
losing the others, on this machine and in a worker of a cluster alike.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from dataclasses import asdict

COLLECT_EVERY = 20  # responses


def main() -> None:
    """Serve until standard input ends. MEGABYTES bounds the memory that the process may take."""
    if len(sys.argv) > 1 and int(sys.argv[1]):
        _bound(int(sys.argv[1]))
    from grader.engines import preload

    preload()
    from grader.batch.jobs import Job
    from grader.batch.work import Options, execute

    out = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="backslashreplace")
    os.dup2(2, 1)  # whatever prints must not disturb the answers
    gc.disable()  # cycles are collected between responses, without looking at the engines each time
    for number, line in enumerate(sys.stdin):
        if number % COLLECT_EVERY == 1:
            gc.collect()
            if number == 1:
                gc.freeze()
        data = json.loads(line)
        outcome = execute(Job(**data["job"]), Options(**data["options"]))
        out.write(json.dumps(asdict(outcome)) + "\n")
        out.flush()


def _bound(megabytes: int) -> None:
    try:
        import resource
    except ImportError:  # not on this system
        return
    limit = megabytes * 1_000_000
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


if __name__ == "__main__":
    main()
