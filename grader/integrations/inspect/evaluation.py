"""A folder of tasks as an evaluation of Inspect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.solver import generate
from rich.markup import escape

from grader.errors import GradeError, InputError
from grader.integrations.inspect.names import registered
from grader.integrations.inspect.scoring import LIMITS, Value, cloudformation
from grader.runs.authoring import task_folders
from grader.support.version import VERSION
from grader.task import load_task

try:
    from inspect_ai._util.error import PrerequisiteError
except ImportError:  # not a name that Inspect promises
    PrerequisiteError = Exception  # type: ignore[assignment,misc]


class ParameterError(InputError, PrerequisiteError):  # type: ignore[misc]
    """A parameter of the evaluation, or what it names, cannot be used: Inspect prints the message of its own error without a traceback."""

    def __init__(self, error: GradeError) -> None:
        super().__init__(str(error))
        self.message = escape(str(error))


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

    The parameters are those of the scorer `cloudformation`. Raises ParameterError, an InputError, as that does, and as
    `cloudformation_dataset`.
    """
    try:
        return Task(
            dataset=cloudformation_dataset(tasks),
            solver=generate(),
            scorer=cloudformation(tasks, value, rubric, rules, fast, ideal, time_limit, memory_limit, jobs),
            metadata={"grade": VERSION},
        )
    except GradeError as error:
        raise ParameterError(error) from None
