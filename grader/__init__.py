"""Grades what a language model wrote when it was asked for AWS CloudFormation.

    >>> from grader import grade
    >>> result = grade("tasks/101912473", "tasks/101912473/model_out", fast=True)
    >>> result.score, result.verdict
    (37.037, 'blocked')

What this module exports is what the package promises; everything else may change.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.analysis import Analysis, parse_analysis, render_analysis
    from grader.bundle import Bundle, BundleFile, Kind, Limits, read_response, read_text
    from grader.catalogue import Rule, load_catalogue
    from grader.diff import Difference, diff_responses
    from grader.errors import GradeError, InputError, ResponseError
    from grader.judgement import Rubric, load_rubric
    from grader.model import Evidence, Failure, Result
    from grader.runs import Options, Plan, Summary, run_batch
    from grader.runs.comparison import Comparison, compare_runs
    from grader.runs.report import Run
    from grader.runs.single import grade
    from grader.task import Task, load_task, read_ideal
    from grader.writers import write_result
    from grader.writers.report import report_text, write_report
    from grader.writers.rows import rows

    __version__: str

_HOMES = {
    "analysis": ("Analysis", "parse_analysis", "render_analysis"),
    "bundle": ("Bundle", "BundleFile", "Kind", "Limits", "read_response", "read_text"),
    "catalogue": ("Rule", "load_catalogue"),
    "diff": ("Difference", "diff_responses"),
    "errors": ("GradeError", "InputError", "ResponseError"),
    "judgement": ("Rubric", "load_rubric"),
    "model": ("Evidence", "Failure", "Result"),
    "runs": ("Options", "Plan", "Summary", "run_batch"),
    "runs.comparison": ("Comparison", "compare_runs"),
    "runs.report": ("Run",),
    "runs.single": ("grade",),
    "task": ("Task", "load_task", "read_ideal"),
    "writers": ("write_result",),
    "writers.report": ("report_text", "write_report"),
    "writers.rows": ("rows",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "Analysis",
    "Bundle",
    "BundleFile",
    "Comparison",
    "Difference",
    "Evidence",
    "Failure",
    "GradeError",
    "InputError",
    "Kind",
    "Limits",
    "Options",
    "Plan",
    "ResponseError",
    "Result",
    "Rubric",
    "Rule",
    "Run",
    "Summary",
    "Task",
    "__version__",
    "compare_runs",
    "diff_responses",
    "grade",
    "load_catalogue",
    "load_rubric",
    "load_task",
    "parse_analysis",
    "read_ideal",
    "read_response",
    "read_text",
    "render_analysis",
    "report_text",
    "rows",
    "run_batch",
    "write_report",
    "write_result",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for, and nothing before: `grade --help` must not load the engines."""
    if name == "__version__":
        return import_module("grader.support.version").VERSION
    if name not in _HOME:
        raise AttributeError(f"module 'grader' has no attribute {name!r}")
    return getattr(import_module(f"grader.{_HOME[name]}"), name)
