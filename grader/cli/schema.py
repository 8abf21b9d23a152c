"""`grade schema`: JSON Schemas of the files that users write and of those that `grade` writes."""

from __future__ import annotations

import click

NAMES = (  # of grader.writers.schemas
    "task",
    "account",
    "rubric",
    "record",
    "result",
    "row",
    "responses",
    "failures",
    "requirements",
)


@click.command("schema")
@click.argument("name", required=False, type=click.Choice(NAMES))
@click.option("--out", metavar="DIR", type=click.Path(), help="Write all of them into this folder.")
def command(name: str | None, out: str | None) -> None:
    """Print the JSON Schema of a file.

    task, account, rubric and record are files that you write: editors check them as you type. result is result.json, row a line
    of results.jsonl; responses, failures and requirements are rows of the tables that `grade report` writes.
    """
    from pathlib import Path

    from grader.errors import InputError
    from grader.writers.schemas import schema_text, write_schemas

    if bool(name) == bool(out):
        raise InputError(f"give the name of a schema ({', '.join(NAMES)}), or --out DIR for all of them")
    if out:
        write_schemas(Path(out))
    elif name:
        click.echo(schema_text(name), nl=False)
