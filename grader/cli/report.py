"""`grade report`: the tables of a run."""

from __future__ import annotations

import click

FORMATS = ("html", "json", "csv", "junit", "sarif", "github", "markdown", "parquet")  # of grader.writers.report
TABLES = ("responses", "failures", "requirements")  # of grader.writers.rows


@click.command("report")
@click.argument("run", type=click.Path())
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="html", show_default=True, help="What is written."
)
@click.option("--baseline", type=click.Path(), help="An earlier run: html and json tell what changed since.")
@click.option("--table", type=click.Choice(TABLES), help="One table of csv or parquet, instead of all.")
@click.option(
    "--out",
    type=click.Path(),
    help="The file, or the folder of the tables; - for standard output.  [default: report.<format> or <table>.<format> in the run; github: -]",
)
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
def command(run: str, form: str, baseline: str | None, table: str | None, out: str | None, quiet: bool) -> None:
    """Write the tables of RUN, a folder that `grade batch` wrote.

    html is one page that needs nothing else. csv and parquet are three tables for notebooks: responses, failures (a row for each
    place) and requirements. github prints the workflow commands that annotate the files of a pull request, to standard output.
    """
    import sys
    from pathlib import Path

    from grader.errors import InputError
    from grader.runs.report import Run
    from grader.writers.report import report_text, write_report

    if baseline and form not in ("html", "json"):
        raise InputError(f"--baseline goes with --format html or json, not {form}; see `grade compare`")
    if table and form not in ("csv", "parquet"):
        raise InputError(f"--table goes with --format csv or parquet, not {form}")
    the_run = Run(Path(run), Path(baseline) if baseline else None)
    if out == "-" or (form == "github" and out is None):
        if form == "parquet":
            raise InputError("a Parquet file cannot go to standard output: give --out")
        if form == "csv" and not table:
            raise InputError(f"standard output takes one table: give --table ({', '.join(TABLES)})")
        sys.stdout.write(report_text(the_run, form, table))
        return
    path = write_report(the_run, form, out, table)
    if not quiet:
        names = "" if path.is_file() else ": " + ", ".join(f"{name}.{form}" for name in TABLES)
        click.echo(f"written to {path}{names}", err=True)
