"""Batches: many responses, graded by worker processes into the folder of a run."""

from __future__ import annotations

from grader.batch.jobs import Job, jobs_of
from grader.batch.pool import Limits
from grader.batch.run import Plan, Summary, run_batch
from grader.batch.work import Options, Outcome

__all__ = ["Job", "Limits", "Options", "Outcome", "Plan", "Summary", "jobs_of", "run_batch"]
