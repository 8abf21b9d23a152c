"""`grade rules`: what the catalogue holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from grader.cli.options import catalogue_of, format_option, level_names, rule_ids, rules_option

if TYPE_CHECKING:
    from grader.catalogue import Rule


@click.group("rules")
def command() -> None:
    """List, show, test and write rules."""


@command.command("list")
@click.argument("words", nargs=-1)
@click.option("--subject", metavar="S", help="Rules of a subject only: network, storage ...")
@click.option("--kind", metavar="K", help="Rules of a kind only.")
@click.option("--level", metavar="L", shell_complete=level_names, help="Rules of a level only.")
@format_option("text", "json", "markdown")
@rules_option
def list_rules(
    words: tuple[str, ...], subject: str | None, kind: str | None, level: str | None, form: str, rules: str | None
) -> None:
    """List the rules, or those that have all WORDS.

    Words are looked up in the id, the title and the narrative. Prints id, level, subject, kind and title.
    """
    import json
    from pathlib import Path

    from grader.catalogue import load_catalogue
    from grader.writers import rules_markdown

    every = list(load_catalogue(Path(rules) if rules else None).rules.values())
    found = _having(_having(_having(every, "subject", subject), "kind", kind), "level", level)
    found = [rule for rule in found if all(word.lower() in _searched(rule) for word in words)]
    if form == "markdown":
        click.echo(rules_markdown(rule for rule in found if rule.subject != "facts"), nl=False)
        return
    if form == "json":
        fields = ("id", "level", "subject", "kind", "category", "title")
        rows = [{name: getattr(rule, name) for name in fields} for rule in found]
        click.echo(json.dumps(rows, indent=2))
        return
    width = max((len(rule.id) for rule in found), default=0)
    for rule in found:
        click.echo(f"{rule.id:{width}}  {rule.level:8}  {rule.subject:12}  {rule.kind:28}  {rule.title}")


def _having(rules: list[Rule], field: str, value: str | None) -> list[Rule]:
    """Keep the rules whose field has a value, in any case; all without a value. Raises InputError where no rule has it."""
    from grader.errors import InputError

    if value is None:
        return rules
    kept = [rule for rule in rules if getattr(rule, field).lower() == value.lower()]
    if not kept:
        known = ", ".join(sorted({getattr(rule, field) for rule in rules}))
        raise InputError(f"--{field}: no rule has the {field} {value!r} (known here: {known})")
    return kept


def _searched(rule: Rule) -> str:
    return " ".join((rule.id, rule.title, rule.issue, rule.fix, rule.root_cause)).lower()


@command.command("show")
@click.argument("rule_id", metavar="ID", shell_complete=rule_ids)
def show_rule(rule_id: str) -> None:
    """Show a rule with its examples.

    Its narrative, reference, detectors and former ids, too.
    """
    from grader.catalogue import load_catalogue
    from grader.errors import InputError
    from grader.judgement.rule_ids import unknown_rule
    from grader.writers import rule_text

    catalogue = load_catalogue()
    current = catalogue.renamed(rule_id)
    if current:
        click.echo(f"grade: the rule {rule_id} is now {' and '.join(current)}", err=True)
    elif rule_id not in catalogue.rules:
        raise InputError(unknown_rule(rule_id, catalogue.rules))
    for name in current or (rule_id,):
        click.echo(rule_text(catalogue.rules[name]), nl=False)


@command.command("new")
@click.argument("rule_id", metavar="ID")
@click.option("--subject", metavar="S", help="Write a shipped rule of this subject, in a checkout of this project.")
@click.option("--to", "folder", type=click.Path(), help="The folder of rules of your own.  [default: the current one]")
def new(rule_id: str, subject: str | None, folder: str | None) -> None:
    """Write a new rule, to be changed into your own.

    It passes its own examples.
    """
    from pathlib import Path

    from grader.catalogue import load_catalogue
    from grader.catalogue.skeleton import new_rule, subject_folder
    from grader.errors import InputError

    if subject and folder:
        raise InputError("--subject and --to exclude each other")
    if rule_id in load_catalogue().rules:
        raise InputError(f"a rule has the id {rule_id} already: see `grade rules show {rule_id}`")
    where = subject_folder(subject) if subject else Path(folder or ".")
    path = new_rule(rule_id, where)
    test = f"grade rules test {where}" if not subject else f"make rule R={rule_id}"
    click.echo(f"{path}: change it, then run `{test}`", err=True)


@command.command("test")
@click.argument("folder", required=False, type=click.Path())
@click.option("--quiet", "-q", is_flag=True, help="Print only what is wrong.")
def test_rules(folder: str | None, quiet: bool) -> int:
    """Run the examples of the rules in FOLDER.

    Without FOLDER, those of the shipped rules. Exits with 1 where an example is wrong.
    """
    from pathlib import Path

    from grader.catalogue import read_rules
    from grader.judgement.rule_examples import problems

    path = Path(folder) if folder else None
    catalogue = catalogue_of(folder)
    rules = read_rules(path).rules if path else tuple(catalogue.rules.values())
    wrong = 0
    for rule in rules:
        found = problems(rule, catalogue)
        wrong += bool(found)
        for text in found:
            click.echo(f"{rule.id}: {text}")
        if not found and not quiet:
            click.echo(f"{rule.id}: {len(rule.fails)} failing and {len(rule.passes)} passing examples hold", err=True)
    return 1 if wrong else 0
