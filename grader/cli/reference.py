"""The reference of the commands, written from their help: `python -m grader.cli.reference` prints docs/commands.md."""

from __future__ import annotations

from collections.abc import Iterator

import click

from grader.cli.main import cli


def commands(group: click.Group, name: str = "grade") -> Iterator[tuple[str, click.Command]]:
    """Yield each command below a group that does something itself, with the words that call it."""
    context = click.Context(group)
    for word in group.list_commands(context):
        command = group.get_command(context, word)
        if isinstance(command, click.Group):
            yield from commands(command, f"{name} {word}")
        elif command is not None:
            yield f"{name} {word}", command


def reference() -> str:
    """Return the reference as markdown: usage, description, arguments and options of every command."""
    lines = ["# Commands", "", "Written by `make docs` from the help of the commands."]
    for name, command in commands(cli):
        lines += ["", f"## {name}", "", f"    {name} {' '.join(command.collect_usage_pieces(click.Context(command)))}"]
        lines += ["", *_paragraphs(command.help or "")]
        rows = [record for option in _options(command) if (record := option.get_help_record(click.Context(command)))]
        if rows:
            lines += ["", "| option | effect |", "|---|---|"]
            lines += [f"| `{_cell(names)}` | {_cell(text)} |" for names, text in rows]
    return "\n".join(lines) + "\n"


def _options(command: click.Command) -> list[click.Option]:
    return [parameter for parameter in command.params if isinstance(parameter, click.Option)]


def _paragraphs(text: str) -> list[str]:
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n")).split("\n")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    click.echo(reference(), nl=False)
