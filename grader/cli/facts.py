"""`grade facts`: what is known of AWS."""

from __future__ import annotations

import click


@click.group("facts")
def command() -> None:
    """List the facts about AWS that grading uses, or show a fact with its source and examples."""


@command.command("list")
@click.argument("words", nargs=-1)
@click.option("--type", "type_", metavar="T", help="Facts about a resource type only: AWS::Lambda::Function ...")
@click.option("--mechanism", metavar="M", help="Facts of a mechanism only: combination, order, grant or presence.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How to print them.",
)
def list_facts(words: tuple[str, ...], type_: str | None, mechanism: str | None, form: str) -> None:
    """List the facts whose text has all WORDS.

    Each line has the id, the level, the resource type and the title."""
    import json

    from grader.facts import load_facts
    from grader.writers.fact import facts_markdown

    found = [
        fact
        for fact in load_facts()
        if type_ in (None, fact.type)
        and mechanism in (None, fact.mechanism)
        and all(word.lower() in f"{fact.id} {fact.title} {fact.statement}".lower() for word in words)
    ]
    if form == "markdown":
        click.echo(facts_markdown(found), nl=False)
    elif form == "json":
        click.echo(json.dumps([fact.model_dump(exclude={"fails", "passes"}) for fact in found], indent=2))
    else:
        width = max((len(fact.id) for fact in found), default=0)
        for fact in found:
            click.echo(f"{fact.id:{width}}  {fact.level:8}  {fact.type:42}  {fact.title}")


@command.command("show")
@click.argument("fact_id", metavar="ID")
def show_fact(fact_id: str) -> None:
    """Show a fact with its source and examples."""
    from difflib import get_close_matches

    from grader.errors import InputError
    from grader.facts import load_facts
    from grader.writers.fact import fact_text

    facts = {fact.id: fact for fact in load_facts()}
    if fact_id not in facts:
        nearest = get_close_matches(fact_id, facts, 1)
        hint = f": did you mean {nearest[0]}?" if nearest else ": `grade facts list` lists them"
        raise InputError(f"no fact has the id {fact_id!r}{hint}")
    click.echo(fact_text(facts[fact_id]), nl=False)
