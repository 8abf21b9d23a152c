"""`grade diff`: a response against an ideal answer, by meaning."""

from __future__ import annotations

import click

from grader.cli.options import format_option


@click.command("diff")
@click.argument("left", metavar="MODEL|TASK", type=click.Path())
@click.argument("right", metavar="[IDEAL]", required=False, type=click.Path())
@click.option(
    "--response", type=click.Path(), help="With a TASK: the response to compare with the task's own ideal answer."
)
@format_option("text", "json", "html")
def command(left: str, right: str | None, response: str | None, form: str) -> int:
    """Compare a response with an ideal answer, by meaning.

    Resources are paired by what they are, not by their names.
    Takes two responses in any form that can be read, or a TASK with --response. Exits with 1 where they differ.
    """
    from pathlib import Path

    from grader.diff import diff_responses
    from grader.errors import InputError
    from grader.task import ideal_of, load_task
    from grader.writers.difference import difference_html, difference_json, difference_text

    if (right is None) == (response is None):
        raise InputError("give two responses, or a task and --response")
    if response is not None:
        task = load_task(left)
        ideal = ideal_of(Path(left))
        if ideal is None:
            raise InputError("the task has no ideal answer: write IDEAL_RESPONSE.md or ideal/", Path(left))
        difference = diff_responses(response, ideal, task)
    else:
        difference = diff_responses(left, str(right))
    write = {"text": difference_text, "json": difference_json, "html": difference_html}[form]
    click.echo(write(difference), nl=False)
    return 1 if difference.entries else 0
