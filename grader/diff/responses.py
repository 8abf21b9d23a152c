"""Two responses, as they arrived, compared."""

from __future__ import annotations

from pathlib import Path

from grader.bundle import Bundle, read_response
from grader.case import Case
from grader.diff.compare import Difference, compare
from grader.task import Task
from grader.task.account import profile


def diff_responses(model: Bundle | str | Path, ideal: Bundle | str | Path, task: Task | None = None) -> Difference:
    """Compare a response with an ideal answer, each a bundle or anything that `read_response` reads.

    `task` gives the account and the values of parameters; a fresh account without it. Raises ResponseError for what cannot
    be read.

        >>> difference = diff_responses("tasks/101912473/model_out", "tasks/101912473/ideal")
        >>> sorted({entry.status for entry in difference.entries})
        ['changed', 'extra', 'missing']
    """
    task = task or Task("diff", "Diff", "", profile("fresh"))
    return compare(*(Case(task, one if isinstance(one, Bundle) else read_response(one)) for one in (model, ideal)))
