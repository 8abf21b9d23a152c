"""`grade rules`: what the catalogue holds."""

from __future__ import annotations

import click


@click.group("rules")
def command() -> None:
    """List the rules, or show one."""


@command.command("list")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_rules(form: str) -> None:
    """List every rule: id, level, kind and title."""
    import json

    from grader.rule import load_catalogue

    rules = load_catalogue().rules.values()
    if form == "json":
        rows = [{"id": r.id, "level": r.level, "kind": r.kind, "category": r.category, "title": r.title} for r in rules]
        click.echo(json.dumps(rows, indent=2))
        return
    width = max(len(rule.id) for rule in rules)
    for rule in rules:
        click.echo(f"{rule.id:{width}}  {rule.level:8}  {rule.kind:28}  {rule.title}")


@command.command("show")
@click.argument("rule_id", metavar="ID")
def show_rule(rule_id: str) -> None:
    """Show all that a rule says: narrative, reference, detectors and examples."""
    from grader.errors import InputError
    from grader.rule import load_catalogue
    from grader.writers import rule_text

    rule = load_catalogue().rules.get(rule_id)
    if rule is None:
        raise InputError(f"no rule {rule_id!r}: see `grade rules list`")
    click.echo(rule_text(rule), nl=False)
