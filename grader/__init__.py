"""Grades what a language model wrote when it was asked for AWS CloudFormation.

    >>> from grader import grade, load_rubric, load_task, read_response
    >>> result = grade(load_task("tasks/101912473"), read_response("model_out/"), load_rubric())

What this module exports is what the package promises; everything else may change.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.analysis import Analysis, parse_analysis, render_analysis
    from grader.bundle import Bundle, BundleFile, Kind, Limits, read_response, read_text
    from grader.catalogue import Rule, load_catalogue
    from grader.errors import GradeError, InputError, ResponseError
    from grader.judgement import Rubric, grade, load_rubric
    from grader.model import Evidence, Failure, Result
    from grader.task import Task, load_task

_HOMES = {
    "analysis": ("Analysis", "parse_analysis", "render_analysis"),
    "bundle": ("Bundle", "BundleFile", "Kind", "Limits", "read_response", "read_text"),
    "catalogue": ("Rule", "load_catalogue"),
    "errors": ("GradeError", "InputError", "ResponseError"),
    "judgement": ("Rubric", "grade", "load_rubric"),
    "model": ("Evidence", "Failure", "Result"),
    "task": ("Task", "load_task"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "Analysis",
    "Bundle",
    "BundleFile",
    "Evidence",
    "Failure",
    "GradeError",
    "InputError",
    "Kind",
    "Limits",
    "ResponseError",
    "Result",
    "Rubric",
    "Rule",
    "Task",
    "grade",
    "load_catalogue",
    "load_rubric",
    "load_task",
    "parse_analysis",
    "read_response",
    "read_text",
    "render_analysis",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for, and nothing before: `grade --help` must not load the engines."""
    if name not in _HOME:
        raise AttributeError(f"module 'grader' has no attribute {name!r}")
    return getattr(import_module(f"grader.{_HOME[name]}"), name)
