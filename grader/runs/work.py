"""One response of a batch graded: what a worker does."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.analysis import analysis_of, render_analysis
from grader.bundle import Bundle, read_response
from grader.bundle.folder import TooLargeError, read_bytes
from grader.bundle.read import read_data
from grader.bundle.record import record_facts
from grader.catalogue import load_catalogue
from grader.errors import GradeError
from grader.judgement.grade import grade
from grader.judgement.rubric import Rubric, load_rubric
from grader.model import RequirementStanding
from grader.runs.jobs import Job, record_of
from grader.support.engines.registry import EngineLimitError
from grader.support.text import one_line
from grader.task import load_task, read_ideal

if TYPE_CHECKING:
    from grader.case import Case
    from grader.catalogue import Catalogue
    from grader.dryrun import Answer, Aws, Settings


RECORD_SUFFIXES = (".json", ".jsonl")
MAX_RECORD = 20_000_000  # bytes of a record that are read for its token counts and settings


@dataclass(frozen=True, slots=True)
class Options:
    """How the responses of a batch are graded: the same for all of them."""

    rubric: str | None = None
    rules: str | None = None
    fast: bool = False
    no_ideal: bool = False
    honour: bool = False
    dry_run: dict[str, Any] | None = None
    whole_linter: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the options as plain values."""
        data: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return data


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a response.

    `status` is graded, error (it cannot be read), timeout, killed or missing; `result` is the JSON of the result and
    `analysis` the document, both texts, and both empty unless it was graded. `row` is its line in results.jsonl.
    `is_limited` tells that an engine ran out of time or memory: another run may come further.
    """

    status: str
    row: dict[str, Any]
    result: str = ""
    analysis: str = ""
    is_limited: bool = False

    @property
    def data(self) -> dict[str, Any]:
        """The result as data, empty unless it was graded."""
        data: dict[str, Any] = json.loads(self.result) if self.result else {}
        return data

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as plain values, which are not copied."""
        return {name: getattr(self, name) for name in self.__slots__}


def execute(job: Job, options: Options) -> Outcome:
    """Grade one response; an unusable input becomes an outcome with an error."""
    begun = time.perf_counter()
    try:
        task = load_task(job.folder)
        ideal = None if options.no_ideal else read_ideal(task, job.response)
        result = grade(
            task,
            bundle_of_job(job),
            _rubric(options.rubric).narrowed(options.select, options.ignore),
            ideal=ideal,
            catalogue=replace(
                load_catalogue(Path(options.rules) if options.rules else None), whole_linter=options.whole_linter
            ),
            fast=options.fast,
            honour=options.honour,
            ask=_asker(options),
        )
    except (GradeError, OSError, MemoryError, RecursionError) as error:
        text = str(error) if isinstance(error, GradeError) else f"{type(error).__name__}: {error}"
        return failed(job, "error", text, time.perf_counter() - begun)
    data, analysis = result.to_dict(), render_analysis(analysis_of(result))
    text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    limited = any(EngineLimitError.__name__ in error for one in data["detectors"].values() for error in one["errors"])
    return Outcome("graded", row_of(job, data, time.perf_counter() - begun), text, analysis, limited)


def row_again(job: Job, row: dict[str, Any]) -> dict[str, Any]:
    """Return the row of a response whose result comes from the cache, with the row that it had."""
    return row | _about(job) | _times(float(row["grading_seconds"]), cached=True) | facts_of(job)


def _about(job: Job) -> dict[str, Any]:
    return {"id": job.id, "model": job.model, "task": job.task, "sample": job.sample, "response": job.place}


def row_of(job: Job, result: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Return what results.jsonl says of a graded response: enough for tables, without the texts.

    `seconds` is the time that grading took.
    """
    return {
        **_about(job),
        "status": "graded",
        "score": result["score"],
        "verdict": result["verdict"],
        "passes": result["passes"],
        "answer": result["answer"],
        "delivered": result["delivered"],
        "counts": result["counts"],
        "requirements_met": sum(one["standing"] == RequirementStanding.MET for one in result["requirements"]),
        "requirements": sum(one["standing"] != RequirementStanding.UNJUDGED for one in result["requirements"]),
        "failures": [
            {key: failure[key] for key in ("rule", "kind", "level", "title")}
            | {"resources": sorted({one["resource"] for one in failure["evidence"] if one["resource"]})[:20]}
            for failure in result["failures"]
        ],
        "unjudged": [name for name, entry in result["detectors"].items() if entry["errors"]],
        "error": "",
        **_times(seconds),
        **facts_of(job),
    }


def _times(seconds: float, *, cached: bool = False) -> dict[str, Any]:
    """Return the fields of a row that tell the time of this run from the time that the cache remembers."""
    took = round(seconds, 3)
    return {"seconds": 0.0 if cached else took, "grading_seconds": took, "cached": cached}


def facts_of(job: Job) -> dict[str, Any]:
    """Return what the record of a response tells about it, empty for a response that is not a record."""
    data = b""
    with suppress(GradeError, OSError, TooLargeError):
        if job.record:
            data = record_of(job)
        elif job.response.lower().endswith(RECORD_SUFFIXES) and Path(job.response).is_file():
            data = read_bytes(Path(job.response), MAX_RECORD)
    facts = asdict(record_facts(data))
    del facts["model"]
    return facts


def failed(job: Job, status: str, error: str, seconds: float = 0.0) -> Outcome:
    """Return the outcome of a response that could not be graded after some seconds. Its score is 0: it is not an answer."""
    row: dict[str, Any] = {**_about(job), "status": status}
    empty: dict[str, Any] = {"score": 0.0, "verdict": status, "passes": False, "answer": "", "delivered": 0.0}
    none: dict[str, Any] = {"counts": {}, "requirements_met": 0, "requirements": 0}
    rest = {"failures": [], "unjudged": [], "error": one_line(error, 500), **_times(seconds)}
    return Outcome(status, row | empty | none | rest | facts_of(job))


def bundle_of_job(job: Job) -> Bundle:
    """Read the response of a job. Raises ResponseError where it cannot be read, InputError where its record is gone."""
    if not job.record:
        return read_response(job.response)
    return read_data(
        f"{Path(job.response).stem}-{job.record}.json", record_of(job), where=f"{job.response}:{job.record}"
    )


def _asker(options: Options) -> Callable[[Case, Catalogue], Answer] | None:
    if options.dry_run is None:
        return None
    from grader.dryrun import Settings, dry_run

    aws = _connected(Settings(**(options.dry_run | {"allow_transforms": tuple(options.dry_run["allow_transforms"])})))
    return lambda case, catalogue: dry_run(aws, case, catalogue)


@cache
def _connected(settings: Settings) -> Aws:
    from grader.dryrun import connect

    return connect(settings)


@cache
def _rubric(path: str | None) -> Rubric:
    return load_rubric(path)
