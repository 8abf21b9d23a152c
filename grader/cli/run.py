"""`grade run`: one response to one task."""

from __future__ import annotations

from typing import Any

import click

from grader.cli.options import (
    catalogue_of,
    dry_run_options,
    engine_rules_option,
    fast_option,
    format_option,
    honour_option,
    level_names,
    level_of,
    limit_options,
    limits_of,
    rubric_of,
    rubric_option,
    rule_options,
    rules_option,
    settings_of,
    task_names,
)


@click.command("run")
@click.argument("task", type=click.Path(), shell_complete=task_names)
@click.option(
    "--response",
    required=True,
    type=click.Path(),
    help="A folder, a markdown answer, a template, an archive or a JSON record; - for standard input.",
)
@click.option("--out", type=click.Path(), help="Where the results go.  [default: reports/<task>/]")
@rubric_option
@format_option("text", "json")
@click.option(
    "--fail-on",
    metavar="LEVEL",
    shell_complete=level_names,
    help="Exit with 1 when a failure of this level or a more severe level is found.",
)
@fast_option
@engine_rules_option
@rules_option
@rule_options
@honour_option
@click.option("--no-ideal", is_flag=True, help="Do not compare with the task's ideal answer.")
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors (and the JSON that was asked for).")
@dry_run_options
@limit_options
def command(
    task: str,
    response: str,
    out: str | None,
    rubric: str | None,
    form: str,
    fail_on: str | None,
    fast: bool,
    engine_rules: str,
    rules: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    no_ideal: bool,
    honour: bool,
    quiet: bool,
    **given: Any,
) -> int:
    """Grade a response to TASK, a folder with a PROMPT.md.

    Writes MODEL_FAILURES.md and result.json. The summary goes to standard error, JSON to standard output.
    """
    from pathlib import Path

    from grader.support.engines.registry import preload

    # an engine without users' rules would be made unnecessarily where there are some
    preload(lint=not fast, fast=not rules and not any(Path(task).glob("*.guard")))
    from grader.runs.single import OF_TASK, grade
    from grader.task import load_task
    from grader.writers import json_text, print_result, write_result

    settings = settings_of(given)
    the_limits = limits_of(given)
    catalogue = catalogue_of(rules)
    the_rubric = rubric_of(rubric, catalogue, [Path(task)], select, ignore)
    level_of(fail_on, the_rubric)
    the_task = load_task(task)
    ask = None
    if settings:
        from grader.cli.ask import asker

        ask = asker(settings, quiet)
    result = grade(
        the_task,
        response,
        the_rubric,
        ideal=None if no_ideal else OF_TASK,
        catalogue=catalogue,
        fast=fast,
        whole_linter=engine_rules == "all",
        honour=honour,
        limits=the_limits,
        ask=ask,
    )
    folder = Path(out) if out else Path("reports") / the_task.id
    write_result(result, folder)
    if form == "json":
        click.echo(json_text(result), nl=False)
    elif not quiet:
        print_result(result, folder)
    if click.get_current_context().find_root().params["verbose"]:
        for name, entry in result.detectors.items():
            click.echo(f"{name} {entry.version}: {entry.seconds:.2f} s", err=True)
    levels = the_rubric.levels
    met = fail_on is not None and any(levels.index(f.level) <= levels.index(fail_on) for f in result.failures)
    return 1 if met else 0
