"""Inspect (https://inspect.aisi.org.uk): tasks of a folder as a dataset, and a scorer that grades completions as a batch does.

Needs the extra `inspect`. Inspect loads this package by its entry point and finds `grader/cloudformation` in it.
"""

from __future__ import annotations

from grader.integrations.inspect.evaluation import cloudformation_dataset, cloudformation_task
from grader.integrations.inspect.scoring import cloudformation

__all__ = ["cloudformation", "cloudformation_dataset", "cloudformation_task"]
