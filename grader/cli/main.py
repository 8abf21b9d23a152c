"""The `grade` command: a group whose commands are imported when they are called."""

from __future__ import annotations

import importlib
import sys

import click

from grader.errors import GradeError

# Each is a module of its name here, whose `command` is imported only when help or a call needs it.
_COMMANDS = (
    "agree",
    "batch",
    "cache",
    "compare",
    "diff",
    "dry-run",
    "facts",
    "plan",
    "read",
    "report",
    "rules",
    "run",
    "tasks",
)


class _Lazy(click.Group):
    """A group that imports the module of a command when it needs the command."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"grader.cli.{cmd_name.replace('-', '_')}").command
        return command


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(None, "--version", package_name="cfn-grader", prog_name="grade")
def cli() -> None:
    """Grade what a language model wrote when it was asked for AWS CloudFormation.

    A response is read, checked, scored by a rubric, and written up as a failure analysis.
    """


def main() -> None:
    """Run the command line: 0 when done, 1 when a wanted level is met, 2 when the input is unusable."""
    try:
        sys.exit(cli.main(standalone_mode=False) or 0)
    except GradeError as error:
        click.echo(f"grade: {error}", err=True)
    except click.exceptions.Abort:
        click.echo("grade: stopped", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except OSError as error:
        click.echo(f"grade: {error.filename or 'file'}: {error.strerror or error}", err=True)
    sys.exit(2)
