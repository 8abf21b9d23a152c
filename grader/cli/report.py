"""`grade report`: the tables of a run."""

from __future__ import annotations

import click

FORMATS = ("html", "json", "csv", "junit", "sarif", "github", "markdown", "parquet")  # of grader.writers.report


@click.command("report")
@click.argument("run", type=click.Path())
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="html", show_default=True, help="What is written."
)
@click.option("--baseline", type=click.Path(), help="An earlier run: html and json tell what changed since.")
@click.option(
    "--out",
    type=click.Path(),
    help="The file; - for standard output.  [default: report.<format> in the run; github: -]",
)
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
def command(run: str, form: str, baseline: str | None, out: str | None, quiet: bool) -> None:
    """Write the tables of RUN, a folder that `grade batch` wrote.

    html is one page that needs nothing else; csv and parquet have a line for each failure. github prints the workflow commands
    that annotate the files of a pull request, to standard output.
    """
    import sys
    from pathlib import Path

    from grader.errors import InputError
    from grader.runs.report import Run
    from grader.writers.report import report_text, write_report

    if baseline and form not in ("html", "json"):
        raise InputError(f"--baseline goes with --format html or json, not {form}; see `grade compare`")
    the_run = Run(Path(run), Path(baseline) if baseline else None)
    if out == "-" or (form == "github" and out is None):
        if form == "parquet":
            raise InputError("a Parquet file cannot go to standard output: give --out FILE")
        sys.stdout.write(report_text(the_run, form))
        return
    path = write_report(the_run, form, out)
    if not quiet:
        click.echo(f"written to {path}", err=True)
