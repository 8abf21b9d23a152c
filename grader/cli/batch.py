"""`grade batch`: many responses."""

from __future__ import annotations

import os
from typing import Any

import click

from grader.cli.options import (
    catalogue_of,
    dry_run_options,
    engine_rules_option,
    fast_option,
    honour_option,
    rubric_of,
    rubric_option,
    rule_options,
    rules_option,
    settings_of,
)


@click.command("batch")
@click.argument("tasks", type=click.Path())
@click.option(
    "--responses", type=click.Path(), help="A folder (<task>, <model>/<task>, <model>/<task>/<sample>) or a JSONL file."
)
@click.option(
    "--side",
    type=click.Choice(["model", "ideal"]),
    default="model",
    show_default=True,
    help="Without --responses: which of the task's own responses is graded.",
)
@click.option("--out", type=click.Path(), help="The run's folder.  [default: reports/<tasks>-<side>/]")
@click.option("--only", metavar="GLOB", help="Only the responses whose id, or whose task, matches.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="For trying out: only the first N tasks.")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="For trying out: N tasks, drawn at random.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of --sample: the same seed draws the same tasks.")
@click.option("--jobs", type=click.IntRange(1, 256), help="Worker processes.  [default: the number of cores]")
@click.option(
    "--scheduler", metavar="ADDRESS", help="A Dask scheduler, such as tcp://host:8786, instead of local workers."
)
@click.option("--resume", is_flag=True, help="Go on with an interrupted run.")
@click.option("--replace", is_flag=True, help="Start anew where the folder holds a run.")
@click.option("--no-cache", is_flag=True, help="Grade also what was graded before and has not changed.")
@click.option(
    "--time-limit", type=click.FloatRange(0.1, 86_400), default=120, show_default=True, help="Seconds for one response."
)
@click.option(
    "--memory-limit",
    type=click.IntRange(0, 1_000_000),
    default=2000,
    show_default=True,
    help="Megabytes of a worker; 0: none.",
)
@rubric_option
@rules_option
@rule_options
@click.option("--no-ideal", is_flag=True, help="Do not compare with the tasks' ideal answers.")
@honour_option
@fast_option
@engine_rules_option
@click.option("--log", is_flag=True, help="Plain lines of progress on standard error, for the log of a nightly job.")
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
@dry_run_options
def command(tasks: str, **given: Any) -> int:
    """Grade every response to the tasks in TASKS.

    Writes one folder of results for each response, run.json and results.jsonl. A response that cannot be read, hangs or
    takes all memory is recorded as such; the exit code is then 2.
    """
    from dataclasses import asdict
    from pathlib import Path

    from grader.cli.progress import progress
    from grader.runs import Limits, Options, Plan, run_batch

    settings = settings_of(given)
    rubric, rules = given["rubric"], given["rules"]
    # what is wrong with them is one line before the work, not one line for each response
    rubric_of(rubric, catalogue_of(rules), Path(tasks).glob("*/"), given["select"], given["ignore"])
    if settings:
        from grader.dryrun import connect

        aws = connect(settings)
        if not given["quiet"]:
            click.echo(f"dry runs ({settings.mode}) in account {aws.account}, region {aws.region}", err=True)
    options = Options(
        rubric,
        rules,
        given["fast"],
        given["no_ideal"],
        given["honour"],
        asdict(settings) if settings else None,
        given["engine_rules"] == "all",
        given["select"],
        given["ignore"],
    )
    out = (
        Path(given["out"])
        if given["out"]
        else Path("reports") / f"{Path(os.path.realpath(tasks)).name}-{given['side']}"
    )
    plan = Plan(
        Path(tasks),
        out,
        given["side"],
        Path(given["responses"]) if given["responses"] else None,
        given["only"],
        given["jobs"] or 0,
        given["scheduler"],
        given["resume"],
        given["replace"],
        not given["no_cache"],
        Limits(given["time_limit"], given["memory_limit"]),
        given["limit"],
        given["sample"],
        given["seed"],
    )
    try:
        with progress(plan, quiet=given["quiet"], log=given["log"]) as advance:
            summary = run_batch(plan, options, advance)
    except KeyboardInterrupt:
        click.echo(f"grade: what is graded is kept in {out}: the same command with --resume goes on", err=True)
        raise
    if not given["quiet"]:
        from grader.runs.report import Run
        from grader.writers.summary import batch_text

        click.echo(batch_text(summary, Run(out)), nl=False, err=True)
    return 0 if set(summary.statuses) <= {"graded"} else 2
