"""`grade compare`: what changed between two runs."""

from __future__ import annotations

import click

from grader.cli.options import format_option


@click.command("compare")
@click.argument("run_a", type=click.Path())
@click.argument("run_b", type=click.Path())
@format_option("text", "markdown", "json", "html")
@click.option("--fail-on-regression", is_flag=True, help="Exit with 1 where RUN_B is worse.")
def command(run_a: str, run_b: str, form: str, fail_on_regression: bool) -> int:
    """Compare RUN_B with RUN_A, failure by failure.

    A failure is fixed, new, more severe or less severe.
    The scores are compared by a paired test over the tasks (Wilcoxon's) with a bootstrap interval. RUN_B is worse where a
    failure is new or more severe, where a response is missing, or where the score fell by more than chance explains.
    """
    import json
    from pathlib import Path

    from grader.runs.comparison import compare_runs
    from grader.writers.comparison import comparison_html, comparison_markdown, comparison_text

    comparison = compare_runs(Path(run_a), Path(run_b))
    if form == "json":
        click.echo(json.dumps(comparison.to_dict(), indent=2))
    else:
        write = {"text": comparison_text, "markdown": comparison_markdown, "html": comparison_html}[form]
        click.echo(write(comparison), nl=False)
    return 1 if fail_on_regression and comparison.is_regression else 0
