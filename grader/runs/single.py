"""One response graded as `grade run` grades it: with the task's ideal answer, its requirements and its account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from grader.bundle import DEFAULT_LIMITS, Bundle, Limits, read_response
from grader.catalogue import Catalogue, load_catalogue
from grader.judgement import grade as judge
from grader.judgement.rubric import Rubric, load_rubric
from grader.model import Result
from grader.task import Task, load_task, read_ideal

if TYPE_CHECKING:
    from grader.case import Case
    from grader.dryrun import Answer


class _Ideal(Enum):
    OF_TASK = "the task's own"


OF_TASK: Literal[_Ideal.OF_TASK] = _Ideal.OF_TASK


def grade(
    task: Task | str | Path,
    response: Bundle | str | Path,
    rubric: Rubric | str | Path | None = None,
    *,
    ideal: Bundle | str | Path | Literal[_Ideal.OF_TASK] | None = OF_TASK,
    catalogue: Catalogue | None = None,
    fast: bool = False,
    whole_linter: bool = False,
    honour: bool = False,
    limits: Limits = DEFAULT_LIMITS,
    ask: Callable[[Case, Catalogue], Answer] | None = None,
) -> Result:
    """Grade a response to a task: the result is that of `grade run`.

    `task` is a task or its folder, `response` a bundle or anything that `read_response` reads, and `rubric` a rubric or its
    file; without it, the shipped rubric. The response is compared with the task's ideal answer;
    `ideal` gives another one, and None leaves the comparison out. `catalogue` has the rules (see `load_catalogue`), `fast`
    leaves cfn-lint out, `whole_linter` runs all of its rules and not only those that no other engine covers, `honour`
    follows the suppressions of the templates, and `ask` asks AWS.
    Raises InputError for a task or a rubric that cannot be used, ResponseError for a response that cannot be read.

        >>> result = grade("tasks/101912473", "tasks/101912473/model_out", fast=True)
        >>> result.verdict, result.counts["Critical"]
        ('blocked', 4)
    """
    task = task if isinstance(task, Task) else load_task(task)
    bundle = response if isinstance(response, Bundle) else read_response(response, limits)
    if ideal is _Ideal.OF_TASK:
        path = "-" if isinstance(response, Bundle) else response
        ideal = read_ideal(task, path, limits)
    elif ideal is not None and not isinstance(ideal, Bundle):
        ideal = read_response(ideal, limits)
    return judge(
        task,
        bundle,
        rubric if isinstance(rubric, Rubric) else load_rubric(rubric),
        ideal=ideal,
        catalogue=replace(catalogue or load_catalogue(), whole_linter=whole_linter),
        fast=fast,
        honour=honour,
        limits=limits,
        ask=ask,
    )
