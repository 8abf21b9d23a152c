"""`grade rubric`: levels, verdicts and overrides as they are used."""

from __future__ import annotations

import click

from grader.cli.options import format_option


@click.group("rubric")
def command() -> None:
    """Show a rubric."""


@command.command("show")
@click.argument("file", required=False, type=click.Path())
@format_option("yaml", "json")
def show(file: str | None, form: str) -> None:
    """Print the rubric in FILE as it is used, with all that it extends.

    Without FILE, the shipped rubric. Unknown levels and rules are refused.
    """
    import json

    import yaml

    from grader.catalogue import load_catalogue
    from grader.cli.options import rubric_of

    fields = rubric_of(file, load_catalogue(), ()).fields.model_dump(mode="json", exclude_defaults=True)
    if form == "json":
        click.echo(json.dumps(fields, indent=2))
    else:
        click.echo(yaml.safe_dump(fields, sort_keys=False, width=120, allow_unicode=True), nl=False)
