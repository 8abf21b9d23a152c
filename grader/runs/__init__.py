"""Batches: many responses, graded by worker processes into the folder of a run."""

from __future__ import annotations

from grader.runs.batch import Plan, Summary, run_batch
from grader.runs.jobs import Job, jobs_of
from grader.runs.pool import Limits
from grader.runs.work import Options, Outcome

__all__ = ["Job", "Limits", "Options", "Outcome", "Plan", "Summary", "jobs_of", "run_batch"]
