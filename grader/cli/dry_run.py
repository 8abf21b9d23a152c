"""`grade dry-run`: what dry runs left in an account."""

from __future__ import annotations

from typing import Any

import click

from grader.cli.options import aws_options


@click.group("dry-run")
def command() -> None:
    """Remove what earlier dry runs left in an account."""


@command.command("clean")
@click.option(
    "--older-than",
    type=click.FloatRange(0, 100_000),
    default=60,
    show_default=True,
    metavar="MINUTES",
    help="The age from which things that only carry the tag are removed.",
)
@aws_options
def clean_(older_than: float, **given: Any) -> int:
    """Remove what a killed run left.

    These are stacks in review, buckets and objects: those of its journal, then those with the tag grade:dry-run.

    Only what this tool made: a stack that was ever executed is left alone. Exits with 1 where something is left.
    """
    from datetime import timedelta

    from grader.dryrun import Settings, clean, connect

    aws = connect(Settings(**given))
    click.echo(f"account {aws.account}, region {aws.region}", err=True)
    removed, left = clean(aws, older_than=timedelta(minutes=older_than))
    for text in removed:
        click.echo(f"removed {text}", err=True)
    for text in left:
        click.echo(f"left: {text}", err=True)
    if not removed and not left:
        click.echo("nothing was left", err=True)
    return 1 if left else 0
