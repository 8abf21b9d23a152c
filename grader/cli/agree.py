"""`grade agree`: a run against what experts wrote."""

from __future__ import annotations

import click

from grader.cli.options import format_option, rules_option


@click.command("agree")
@click.argument("run", type=click.Path())
@click.option(
    "--experts",
    type=click.Path(),
    default="tasks",
    show_default=True,
    help="Their analyses: <task>/MODEL_FAILURES.md, <task>.md, or <id>/MODEL_FAILURES.md for one response.",
)
@rules_option
@format_option("text", "json")
def command(run: str, experts: str, rules: str | None, form: str) -> None:
    """Compare the results in RUN with expert analyses.

    Shows which failures of the analyses the run found, at which level, and which it missed, for all responses and for each model.
    Each entry is matched with one failure at most, by what its words are about and by the resources it names; docs/agreement.md
    says how well.
    """
    import json
    from pathlib import Path

    from grader.catalogue import load_catalogue
    from grader.runs.agreement import agree, read_experts
    from grader.runs.results import results_of
    from grader.writers import agreement_text

    catalogue = load_catalogue(Path(rules) if rules else None)
    found = agree(results_of(Path(run)), read_experts(Path(experts)), catalogue)
    click.echo(json.dumps(found.to_dict(), indent=2) if form == "json" else agreement_text(found).rstrip("\n"))
