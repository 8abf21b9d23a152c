"""A folder of tasks as an evaluation of Inspect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.solver import generate

from grader.integrations.inspect.names import registered
from grader.integrations.inspect.scoring import LIMITS, Value, cloudformation
from grader.runs.authoring import task_folders
from grader.support.version import VERSION
from grader.task import load_task


def cloudformation_dataset(tasks: str | Path = "tasks") -> MemoryDataset:
    """Return a sample for each task in a folder: the prompt is its input, the name of the task's folder its id.

    `tasks` may also be the folder of one task. Raises InputError where there is no task, or one that cannot be used.
    """
    folder = Path(tasks).resolve()
    return MemoryDataset([_sample(path) for path in task_folders(folder)], name=folder.name, location=str(folder))


def _sample(folder: Path) -> Sample:
    asked = load_task(folder)
    about: dict[str, Any] = {"task": folder.name, "title": asked.title, "region": asked.account.region}
    return Sample(input=asked.prompt, id=folder.name, metadata=about)


@task(name=registered("cloudformation"))
def cloudformation_task(
    tasks: str = "tasks",
    value: Value = "score",
    rubric: str | None = None,
    rules: str | None = None,
    fast: bool = False,
    ideal: bool = True,
    time_limit: float = LIMITS.seconds,
    memory_limit: int = LIMITS.megabytes,
    jobs: int | None = None,
) -> Task:
    """Return the evaluation of a folder of tasks: `inspect eval grader/cloudformation -T tasks=FOLDER`.

    The parameters are those of the scorer `cloudformation`. Raises InputError as that does, and as `cloudformation_dataset`.
    """
    return Task(
        dataset=cloudformation_dataset(tasks),
        solver=generate(),
        scorer=cloudformation(tasks, value, rubric, rules, fast, ideal, time_limit, memory_limit, jobs),
        metadata={"grade": VERSION},
    )
