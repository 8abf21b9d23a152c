"""The `grade` command: a group whose commands are imported when they are called."""

from __future__ import annotations

import importlib
import sys
import traceback
from pathlib import Path
from typing import IO, Any

import click

from grader.cli.settings import default_map, settings_file
from grader.errors import GradeError
from grader.support.text import error_line

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
    "rubric",
    "rules",
    "run",
    "schema",
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

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (GradeError, OSError, click.ClickException, click.exceptions.Exit, click.exceptions.Abort):
            raise
        except Exception as error:
            if ctx.params["debug"]:
                traceback.print_exc()
            raise _OwnError(error) from error


class _OwnError(click.ClickException):
    """What no input should lead to: a fault of this program."""

    exit_code = 3

    def __init__(self, error: Exception) -> None:
        super().__init__(
            f"grade: {error_line(error)}: this is an error of grade; `grade --debug ...` shows the traceback"
        )

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.message, err=True)


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show the traceback of an error of this program.")
@click.option("--verbose", "-v", is_flag=True, help="Say which settings are used, and how long each detector took.")
@click.option(
    "--settings",
    type=click.Path(),
    help="A file of settings.  [default: grade.toml, or [tool.grade] of pyproject.toml, here or above in the checkout]",
)
@click.version_option(None, "-V", "--version", package_name="cfn-grader", prog_name="grade")
@click.pass_context
def cli(context: click.Context, debug: bool, verbose: bool, settings: str | None) -> None:  # the group looks at debug
    """Grade what a language model wrote when it was asked for AWS CloudFormation.

    A response is read, checked, scored by a rubric, and written up as a failure analysis.
    """
    word = context.invoked_subcommand
    path = Path(settings) if settings else settings_file(Path.cwd())
    if path and word in _COMMANDS:
        context.default_map = default_map(path, cli, word)
        if verbose:
            click.echo(f"settings: {path}", err=True)


def main() -> None:
    """Run the command line.

    Exits with 0 when done, 1 when a wanted level is met, 2 when the input is unusable, 3 for an error of this program, and 130
    where it is stopped.
    """
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
