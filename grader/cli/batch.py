"""`grade batch`: the response of every task in a folder."""

from __future__ import annotations

import click


@click.command("batch")
@click.argument("tasks", type=click.Path())
@click.option(
    "--side",
    type=click.Choice(["model", "ideal"]),
    default="model",
    show_default=True,
    help="Which response is graded.",
)
@click.option("--out", type=click.Path(), help="The run's folder.  [default: reports/<tasks>-<side>/]")
@click.option("--jobs", type=click.IntRange(1, 256), help="Worker processes.  [default: the number of cores]")
@click.option("--rubric", type=click.Path(), help="A rubric file.  [default: the shipped one]")
@click.option("--rules", type=click.Path(), help="A folder of rules of your own: Python, Guard or CEL.")
@click.option("--fast", is_flag=True, help="Leave cfn-lint out.")
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
def command(
    tasks: str,
    side: str,
    out: str | None,
    jobs: int | None,
    rubric: str | None,
    rules: str | None,
    fast: bool,
    quiet: bool,
) -> int:
    """Grade each task's own MODEL_RESPONSE.md (or IDEAL_RESPONSE.md) below TASKS.

    Writes one folder of results for each task. A task that cannot be graded is listed at the end; the exit code is then 2.
    """
    from pathlib import Path

    from grader.batch import run_batch

    folder = Path(out) if out else Path("reports") / f"{Path(tasks).resolve().name}-{side}"
    return run_batch(
        Path(tasks),
        side,
        folder,
        jobs=jobs,
        rubric=rubric,
        fast=fast,
        quiet=quiet,
        rules=Path(rules) if rules else None,
    )
