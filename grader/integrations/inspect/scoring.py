"""The scorer: a sample's completion graded in a worker process, as `grade batch` grades it."""

from __future__ import annotations

import json
import os
from concurrent.futures import Executor
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from anyio import to_thread
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import TaskState

from grader.errors import InputError
from grader.integrations.inspect.explanation import details, explanation
from grader.integrations.inspect.names import registered
from grader.judgement.rubric import load_rubric
from grader.runs import Job, Limits, Options, Outcome
from grader.runs.authoring import task_folders
from grader.runs.logs import inspect_record
from grader.runs.pool import executor_of, run_job
from grader.support.text import did_you_mean
from grader.task import load_task

Value = Literal["score", "passes"]
LIMITS = Limits()
ANSWER = "completion.json"  # the name of a completion as a response

# What Inspect calls an abnormal score. What ran out of its time or memory is the grader's fault, not the model's.
_REASONS = {
    "refused": "refusal",
    "empty": "no_response",
    "off-task": "invalid_response_format",
    "error": "invalid_response_format",
    "timeout": "scoring_failed",
    "killed": "scoring_failed",
}


@scorer(metrics=[mean(), stderr()], name=registered("cloudformation"))
def cloudformation(
    tasks: str | Path = "tasks",
    value: Value = "score",
    rubric: str | None = None,
    rules: str | None = None,
    fast: bool = False,
    ideal: bool = True,
    time_limit: float = LIMITS.seconds,
    memory_limit: int = LIMITS.megabytes,
    jobs: int | None = None,
) -> Scorer:
    """Grade the completion of a sample against its task.

    `tasks` is the folder of tasks. A sample belongs to the task that `task` in its metadata names, else its id. The value is the
    score from 0 to 1 or, with `value="passes"`, 1 where the rubric lets the verdict pass and 0 where not, for reducers such
    as pass_at. `rubric`, `rules`, `fast` and `ideal` are as in `grade batch`. Each completion may take `time_limit` seconds and
    `memory_limit` megabytes, and `jobs` of them are graded at once, as many as there are cores by default.
    Raises InputError where the folder, the rubric or the value cannot be used, and, for a sample, where it has no task.
    """
    if value not in ("score", "passes"):
        raise InputError(f"the value {value!r} is not known: score or passes")
    folders = {folder.name: folder for folder in task_folders(Path(tasks).resolve())}
    load_rubric(rubric)
    options = Options(_whole(rubric), _whole(rules), fast, no_ideal=not ideal)
    limits = Limits(float(time_limit), int(memory_limit))
    pool = _pool(jobs or os.cpu_count() or 1, limits)

    async def score(state: TaskState, target: Target) -> Score:
        folder = _folder_of(state, folders)
        outcome = await to_thread.run_sync(_graded, pool, state, folder, options, limits, abandon_on_cancel=True)
        return score_of(outcome, value)

    return score


def _whole(path: str | None) -> str | None:
    return str(Path(path).resolve()) if path else None


@cache
def _pool(jobs: int, limits: Limits) -> Executor:
    """Return the workers that all scorers of the process share. They end with it."""
    return executor_of(jobs, limits, None)[0]


def _folder_of(state: TaskState, folders: dict[str, Path]) -> Path:
    """Return the folder of a sample's task. Raises InputError where no task has its name, or its task cannot be used."""
    named = state.metadata.get("task")
    name = named if isinstance(named, str) else str(state.sample_id)
    if name not in folders:
        hint = did_you_mean(name, folders) or "; name the task in the sample's id, or in `task` of its metadata"
        raise InputError(f"no task is named {name!r}{hint}")
    load_task(folders[name])
    return folders[name]


def _graded(pool: Executor, state: TaskState, folder: Path, options: Options, limits: Limits) -> Outcome:
    """Grade the completion in a worker, from the record that Inspect's log will have of it."""
    record = inspect_record(_sample(state), {"eval": {"model": str(state.model)}})
    with TemporaryDirectory(prefix="grade-") as place:
        answer = Path(place) / ANSWER
        answer.write_text(json.dumps(record), "utf-8")
        job = Job(folder.name, str(folder), str(answer), str(state.model), str(state.epoch))
        return pool.submit(run_job, job, options, limits).result()


def _sample(state: TaskState) -> dict[str, Any]:
    return {
        "id": state.sample_id,
        "epoch": state.epoch,
        "metadata": state.metadata,
        "output": state.output.model_dump(mode="json"),
        "messages": [message.model_dump(mode="json") for message in state.messages],
    }


def score_of(outcome: Outcome, value: Value = "score") -> Score:
    """Return an outcome as Inspect's score. What could not be graded scores 0, as in a batch, and says why."""
    row = outcome.row
    number = float(row["passes"]) if value == "passes" else round(row["score"] / 100, 5)
    files = (file["name"] for file in outcome.data.get("files", ()))
    return Score(
        value=number,
        answer=", ".join(name for name in files if not name.startswith(ANSWER)) or None,
        explanation=explanation(outcome),
        reason=_REASONS.get(row["verdict"]),
        metadata=details(outcome),
    )
