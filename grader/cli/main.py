"""The `grade` command: a group whose commands are imported when they are called."""

from __future__ import annotations

import importlib
import sys

import click

from grader.errors import GradeError

# Command to (module, what --help says in one line). Kept here so that help needs no import.
_COMMANDS = {
    "agree": ("grader.cli.agree", "Compare a run with expert analyses."),
    "batch": ("grader.cli.batch", "Grade many responses: models, tasks, samples."),
    "cache": ("grader.cli.cache", "Show or clear the results that batches keep."),
    "compare": ("grader.cli.compare", "Compare two runs."),
    "diff": ("grader.cli.diff", "Compare a response with an ideal answer, by meaning."),
    "dry-run": ("grader.cli.dry_run", "Remove what earlier dry runs left in an account."),
    "plan": ("grader.cli.plan", "Show what CloudFormation would create, and refuse."),
    "read": ("grader.cli.read", "Show what is read of a response."),
    "report": ("grader.cli.report", "Write the tables of a run: HTML, CSV, JUnit, SARIF ..."),
    "rules": ("grader.cli.rules", "List, show, test and write rules."),
    "tasks": ("grader.cli.tasks", "Make, check, import and list tasks."),
    "run": ("grader.cli.run", "Grade one response to a task."),
}


class _Lazy(click.Group):
    """A group that imports a command's module when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(_COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in sorted(_COMMANDS.items())])


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
