"""A run in any of the forms of `grade report`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from grader.errors import InputError
from grader.runs.report import Run
from grader.support.files import write_whole
from grader.writers import ci, tables

_WRITERS: dict[str, Callable[[Run], str]] = {
    "json": tables.run_json,
    "csv": tables.run_csv,
    "junit": ci.run_junit,
    "sarif": ci.run_sarif,
    "github": ci.run_github,
    "markdown": tables.run_markdown,
}
_SUFFIXES = {"junit": "xml", "markdown": "md", "github": "txt"}
FORMATS = ("html", *_WRITERS, "parquet")


def report_text(run: Run, form: str) -> str:
    """Return a run in a form that is text. Raises InputError for another form."""
    if form == "html":
        from grader.writers.page import run_html  # loads what draws charts

        return run_html(run)
    if form not in _WRITERS:
        raise InputError(f"{form!r} is not a form of a report that is text: one of {', '.join(FORMATS[:-1])}")
    return _WRITERS[form](run)


def write_report(run: Run, form: str, to: str | Path | None = None) -> Path:
    """Write a run in a form, into `report.<form>` of its folder without `to`, and return the file.

    Raises InputError for an unknown form, and for Parquet where pyarrow is not installed.
    """
    path = Path(to) if to else run.path / f"report.{_SUFFIXES.get(form, form)}"
    path.parent.mkdir(parents=True, exist_ok=True)
    if form == "parquet":
        tables.write_parquet(run, path)
    else:
        write_whole(path, report_text(run, form))
    return path
