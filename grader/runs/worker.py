"""A worker process: jobs come in, outcomes go out.

    python -m grader.runs.worker [MEGABYTES]

The engines are loaded once. A process of its own, so that a response that hangs or takes all memory can be ended without
losing the others, on this machine and in a worker of a cluster alike.
"""

from __future__ import annotations

import gc
import sys
from itertools import count
from typing import Any

from grader.support.json_process import bound_memory, serve

COLLECT_EVERY = 100  # responses


def main() -> None:
    """Serve until standard input ends. MEGABYTES bounds the memory that the process may take."""
    bound_memory(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    from grader.support.engines.registry import preload

    preload(lint=False)  # a batch may do without
    from grader.runs.jobs import Job
    from grader.runs.work import Options, execute

    gc.disable()  # cycles are collected between responses, without looking at the engines each time
    served = count()

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        number = next(served)
        if number % COLLECT_EVERY == 1:
            gc.collect()
            if number == 1:
                gc.freeze()
        return execute(Job(**request["job"]), Options(**request["options"])).to_dict()

    serve(answer)


if __name__ == "__main__":
    main()
