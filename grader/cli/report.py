"""`grade report`: the tables of a run."""

from __future__ import annotations

import click

FORMATS = ("html", "json", "csv", "parquet", "junit", "sarif", "markdown")
_SUFFIXES = {"junit": "xml", "markdown": "md"}


@click.command("report")
@click.argument("run", type=click.Path())
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="html", show_default=True, help="What is written."
)
@click.option("--baseline", type=click.Path(), help="An earlier run: html and json tell what changed since.")
@click.option(
    "--out", type=click.Path(), help="The file; - for standard output.  [default: report.<format> in the run]"
)
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
def command(run: str, form: str, baseline: str | None, out: str | None, quiet: bool) -> None:
    """Write the tables of RUN, a folder that `grade batch` wrote.

    html is one page that needs nothing else; csv and parquet have a line for each failure.
    """
    import sys
    from pathlib import Path

    from grader.errors import InputError
    from grader.runs.report import Run
    from grader.support.files import write_whole
    from grader.writers import page, tables

    if baseline and form not in ("html", "json"):
        raise InputError(f"--baseline goes with --format html or json, not {form}; see `grade compare`")
    the_run = Run(Path(run), Path(baseline) if baseline else None)
    path = Path(out) if out else Path(run) / f"report.{_SUFFIXES.get(form, form)}"
    if form == "parquet":
        if out == "-":
            raise InputError("a Parquet file cannot go to standard output: give --out FILE")
        tables.write_parquet(the_run, path)
    else:
        write = page.run_html if form == "html" else getattr(tables, f"run_{form}")
        text = write(the_run)
        if out == "-":
            sys.stdout.write(text)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text)
    if not quiet:
        click.echo(f"written to {path}", err=True)
