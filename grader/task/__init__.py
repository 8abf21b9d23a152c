"""What was asked, and of which account: a task's folder comes in, a task goes out."""

from grader.task.account import Account
from grader.task.load import (
    GUARD_FILE,
    PROMPT,
    Task,
    TaskFile,
    asked_at,
    ideal_of,
    load_task,
    read_ideal,
)

__all__ = [
    "GUARD_FILE",
    "PROMPT",
    "Account",
    "Task",
    "TaskFile",
    "asked_at",
    "ideal_of",
    "load_task",
    "read_ideal",
]
