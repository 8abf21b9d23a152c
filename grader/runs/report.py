"""A run made ready for its tables: rows, the results behind them, and the lines of the templates that failures point at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from grader.errors import GradeError
from grader.model import RESULT
from grader.runs.comparison import Comparison, compare_runs, rows_of
from grader.runs.jobs import UNMATCHED, Job, jobs_of
from grader.runs.results import read_result, read_rows, read_run
from grader.runs.statistics import ModelFigures, by_model
from grader.runs.work import bundle_of_job
from grader.task import PROMPT, load_task

AROUND = 3  # lines shown on each side of a place
MAX_PLACES = 3  # places shown of a failure
MAX_DETAILED = 3_000  # responses whose failures are shown with their places: a page has to open


@dataclass(frozen=True)
class Run:
    """A run's folder, read. `baseline` is another run that it is compared with."""

    path: Path
    baseline: Path | None = None

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The lines of results.jsonl, by id. Raises InputError where the folder is not a run."""
        return [row for _, row in sorted(rows_of(self.path).items())]

    @cached_property
    def comparison(self) -> Comparison | None:
        """What changed since the baseline. Raises InputError where that is not a run, or shares nothing with this one."""
        return compare_runs(self.baseline, self.path) if self.baseline else None

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """The levels of the run's rubric, most severe first."""
        return next((tuple(row["counts"]) for row in self.rows if row["counts"]), ())

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """The tasks that every model was asked, as run.json lists them."""
        return tuple(map(str, self.about.get("asked", ())))

    @cached_property
    def about(self) -> dict[str, Any]:
        """What run.json holds. Raises InputError where it cannot be read."""
        return read_run(self.path)

    @cached_property
    def figures(self) -> list[ModelFigures]:
        """The figures of the models, best first. The rows are read one by one: there may be tens of thousands."""
        kept = ("model", "task", "status", "score", "passes", "answer", "unjudged")
        rows = ({key: row[key] for key in kept if key in row} for row in read_rows(self.path))
        return by_model(rows, self.asked)

    @cached_property
    def unmatched(self) -> list[dict[str, Any]]:
        """The rows that belong to no task."""
        return [row for row in read_rows(self.path) if row["status"] == UNMATCHED]

    def result(self, row: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the result behind a row, None where the response was not graded."""
        path = self.path / str(row["id"]) / RESULT
        return read_result(path) if row["status"] == "graded" and path.is_file() else None

    def results(self) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
        """Yield each row with its result."""
        return ((row, self.result(row)) for row in self.rows)

    @cached_property
    def _jobs(self) -> dict[str, Job]:
        batch = self.about.get("batch", {})
        try:
            responses = Path(batch["responses"]) if batch.get("responses") else None
            return {job.id: job for job in jobs_of(Path(batch["tasks"]), batch["side"], responses, batch["select"])}
        except (GradeError, OSError, KeyError):
            return {}

    def response_of(self, row: Mapping[str, Any]) -> tuple[Path, int]:
        """Return the file or folder of a response, and the line of its record; the run's own folder where it is no longer there."""
        job = self._jobs.get(str(row["id"]))
        if job is None or not Path(job.response).exists():
            return self.path, 1
        return Path(job.response), job.record or 1

    def place(self, row: Mapping[str, Any], evidence: Mapping[str, Any]) -> tuple[Path, int]:
        """Return the file and the line (from 1) at which an evidence of a response is, in the files as the user has them.

        What is inside an archive or a record is at the archive's first line or the record's line. Where the response is no
        longer there, the place is the result itself.
        """
        job = self._jobs.get(str(row["id"]))
        line = max(1, evidence["source_line"])
        if job is None or not Path(job.response).exists():
            return self.path / str(row["id"]) / RESULT, 1
        response, source = Path(job.response), evidence["source"]
        if response.is_file():
            if response.name == source and not job.record:
                return response, line
            if source == PROMPT:
                return Path(job.folder) / PROMPT, line
            return response, job.record or 1
        file = response / source
        if file.is_file() and file.resolve().is_relative_to(response.resolve()):
            return file, line
        return (Path(job.folder) / PROMPT, line) if source == PROMPT else (response, 1)

    def sources(self, row: Mapping[str, Any]) -> dict[str, list[str]]:
        """Return the lines of a response's files by name, empty where the response is no longer there."""
        job = self._jobs.get(str(row["id"]))
        if job is None:
            return {}
        try:
            files = {file.name: file.text.split("\n") for file in bundle_of_job(job).files}
            return {PROMPT: load_task(job.folder).prompt.split("\n")} | files
        except (GradeError, OSError):
            return {}


def excerpt(sources: Mapping[str, list[str]], file: str, line: int) -> list[tuple[int, str]]:
    """Return the lines around a place, numbered, each cut at 300 characters; nothing where the file is not there."""
    lines = sources.get(file, [])
    first, last = max(1, line - AROUND), min(len(lines), line + AROUND)
    return [(number, lines[number - 1][:300]) for number in range(first, last + 1)]
