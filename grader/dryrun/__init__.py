"""The question of the plan asked of AWS: validate-template and change sets. Nothing is ever executed."""

from __future__ import annotations

from grader.dryrun.answer import Answer, Asked
from grader.dryrun.clean import clean
from grader.dryrun.run import dry_run
from grader.dryrun.session import MODES, Aws, Settings, connect

__all__ = ["MODES", "Answer", "Asked", "Aws", "Settings", "clean", "connect", "dry_run"]
