"""A run in any of the forms of `grade report`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from grader.errors import InputError
from grader.runs.report import Run
from grader.support.files import write_whole
from grader.writers import ci, tables
from grader.writers.rows import FORMS, csv_text, write_table, write_tables

_WRITERS: dict[str, Callable[[Run], str]] = {
    "json": tables.run_json,
    "junit": ci.run_junit,
    "sarif": ci.run_sarif,
    "github": ci.run_github,
    "markdown": tables.run_markdown,
}
_SUFFIXES = {"junit": "xml", "markdown": "md", "github": "txt"}
FORMATS = ("html", *_WRITERS, *FORMS)


def report_text(run: Run, form: str, table: str | None = None) -> str:
    """Return a run in a form that is text; `csv` is a `table` of it. Raises InputError for another form."""
    if form == "html":
        from grader.writers.page import run_html

        return run_html(run)
    if form == "csv":
        if not table:
            raise InputError("csv is several tables: name the table")
        return csv_text(run, table)
    if form not in _WRITERS:
        texts = ", ".join(name for name in FORMATS if name != "parquet")
        raise InputError(f"{form!r} is not a form of a report that is text: one of {texts}")
    return _WRITERS[form](run)


def write_report(run: Run, form: str, to: str | Path | None = None, table: str | None = None) -> Path:
    """Write a run in a form, and return what was written: a file, `report.<form>` in the run's folder without `to`.

    `csv` and `parquet` are several files, one for each table, in the folder `to` or else in the run's, which is returned; with
    `table` they are that table as the file `to`, or else `<table>.<form>` in the run's folder. Raises InputError for an unknown
    form or table, and for Parquet where pyarrow is not installed.
    """
    if form in FORMS and not table:
        folder = Path(to) if to else run.path
        if folder.is_file():
            raise InputError(f"{form} is several files: name a folder, or one table", folder)
        write_tables(run, form, folder)
        return folder
    path = Path(to) if to else run.path / f"{table or 'report'}.{_SUFFIXES.get(form, form)}"
    path.parent.mkdir(parents=True, exist_ok=True)
    if form in FORMS:
        write_table(run, form, table or "", path)
    else:
        write_whole(path, report_text(run, form))
    return path
