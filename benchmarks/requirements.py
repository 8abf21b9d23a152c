"""How long it takes to read prompts and to hold answers against them: `python benchmarks/requirements.py [FOLDER]`.

FOLDER holds tasks; the shipped ones are taken where none is given. Prints the mean and the longest time in milliseconds of
processor time, for prompts that are read once and answers that are judged once.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from grader.bundle import read_response
from grader.case import Case
from grader.detectors.requirements import judged
from grader.runs.authoring import task_folders
from grader.task import ideal_of, load_task
from grader.task.reading import read_demands

RESPONSES = ("MODEL_RESPONSE.md", "model_out")


def main() -> None:
    folders = task_folders(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent / "tasks"))
    read_demands("- A bucket\n")  # loads the lexicon
    reading, judging = [], []
    for folder in folders:
        task = load_task(folder)
        reading.append(_milliseconds(partial(read_demands, task.prompt)))
        for path in _answers(folder):
            case = Case(task, read_response(path))
            _ = case.scopes
            judging += [_milliseconds(partial(judged, case)) / max(1, len(case.templates))]
    for name, times in (("reading a prompt", reading), ("judging a template", judging)):
        print(
            f"{name}: mean {sum(times) / max(1, len(times)):.1f} ms, longest {max(times, default=0):.1f} ms, {len(times)} times"
        )


def _answers(folder: Path) -> Iterator[Path]:
    ideal = ideal_of(folder)
    yield from (path for path in (*(folder / name for name in RESPONSES), ideal) if path and path.exists())


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


if __name__ == "__main__":
    main()
