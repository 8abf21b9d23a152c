"""`grade tasks`: made, checked, imported, listed."""

from __future__ import annotations

import click

from grader.cli.options import (
    catalogue_of,
    fast_option,
    format_option,
    level_names,
    rubric_option,
    rules_option,
    task_names,
)


@click.group("tasks")
def command() -> None:
    """Make, check, import and list tasks."""


@command.command("new")
@click.argument("task_id", metavar="ID")
@click.option("--to", "folder", type=click.Path(), default="tasks", show_default=True, help="The folder of tasks.")
def new(task_id: str, folder: str) -> None:
    """Write a new task, to be changed into your own.

    It has a prompt, an ideal answer, and requirements that the ideal answer meets. task.schema.json beside it is for editors.
    """
    from pathlib import Path

    from grader.runs.authoring import new_task

    where = new_task(task_id, Path(folder))
    click.echo(f"{where}: change it, then run `grade tasks check {where}`", err=True)


@command.command("check")
@click.argument("folder", type=click.Path(), default="tasks")
@click.option(
    "--fail-on",
    metavar="LEVEL",
    shell_complete=level_names,
    help="The least level that an ideal answer may not have.  [default: the last]",
)
@rubric_option
@rules_option
@fast_option
@click.option("--quiet", "-q", is_flag=True, help="Print only what is wrong.")
def check(folder: str, fail_on: str | None, rubric: str | None, rules: str | None, fast: bool, quiet: bool) -> int:
    """Check the task, or all tasks, in FOLDER.

    A task must be well-formed, its ideal answer clean, and each requirement met by the ideal answer and able to fail. Of a task
    without an ideal answer, the command says what it could not check. Exits with 1 where something is wrong.
    """
    from pathlib import Path

    from grader.cli.options import level_of, rubric_of
    from grader.runs.authoring import check_task, task_folders

    catalogue = catalogue_of(rules)
    the_rubric = rubric_of(rubric, catalogue, task_folders(Path(folder)))
    level = level_of(fail_on, the_rubric) or the_rubric.levels[-1]
    wrong = 0
    for path in task_folders(Path(folder)):
        checked = check_task(path, the_rubric, catalogue, level, fast)
        wrong += bool(checked.wrong)
        for problem in checked.wrong:
            click.echo(problem)
        if not quiet:
            for text in checked.unchecked:
                click.echo(f"{path}: not checked: {text}", err=True)
            if not checked.wrong:
                click.echo(f"{path}: in order{', as far as checked' if checked.unchecked else ''}", err=True)
    return 1 if wrong else 0


@command.command("import")
@click.argument("source", type=click.Path())
@click.option("--to", "folder", type=click.Path(), default="tasks", show_default=True, help="The folder of tasks.")
def import_(source: str, folder: str) -> int:
    """Copy tasks from SOURCE.

    Tasks are folders with a PROMPT.md; responses, analyses and settings beside it are copied too.
    """
    from pathlib import Path

    from grader.runs.authoring import import_tasks

    made, left = import_tasks(Path(source), Path(folder))
    for text in left:
        click.echo(f"grade: left out: {text}", err=True)
    click.echo(f"{len(made)} tasks imported into {folder}, {len(left)} left out", err=True)
    return 2 if left else 0


@command.command("list")
@click.argument("folder", type=click.Path(), default="tasks")
@format_option("text", "json")
def list_(folder: str, form: str) -> None:
    """List the tasks in FOLDER.

    Prints id, region, whether there is an ideal answer, the number of requirements, and title.
    """
    import json
    from dataclasses import asdict
    from pathlib import Path

    from grader.runs.authoring import entry_of, task_folders
    from grader.task import load_task

    entries = [entry_of(load_task(path)) for path in task_folders(Path(folder))]
    if form == "json":
        click.echo(json.dumps([asdict(entry) for entry in entries], indent=2))
        return
    width = max(len(entry.id) for entry in entries)
    for entry in entries:
        ideal = "ideal" if entry.ideal else "-"
        click.echo(
            f"{entry.id:{width}}  {entry.region:14}  {ideal:5}  {entry.requirements:3} requirements  {entry.title}"
        )


@command.command("show")
@click.argument("task", type=click.Path(), shell_complete=task_names)
@format_option("text", "json")
def show(task: str, form: str) -> None:
    """Print what is read from the prompt of TASK.

    Prints each requirement with its line, what it is about, its words and how it is checked, and the sentences of which nothing
    is read.
    """
    from grader.task import load_task
    from grader.writers.reading import reading_json, reading_text

    click.echo((reading_json if form == "json" else reading_text)(load_task(task)), nl=False)


@command.command("requirements")
@click.argument("task", type=click.Path(), shell_complete=task_names)
@click.option(
    "--to",
    type=click.Path(allow_dash=True),
    metavar="FILE",
    help="The file to add them to; - prints them.  [default: TASK/task.yaml]",
)
def requirements(task: str, to: str | None) -> None:
    """Write the requirements of TASK.

    They are read from its prompt and its ideal answer, and added to its task.yaml. They are a proposal: edit them, and run `grade tasks check`.
    """
    from pathlib import Path

    from grader.runs.requirements import proposed, write_proposed
    from grader.task import load_task

    if to == "-":
        click.echo(proposed(load_task(task)), nl=False)
        return
    where = Path(to) if to else Path(task) / "task.yaml"
    count = write_proposed(load_task(task), where)
    click.echo(f"{where}: {count} requirements added: edit them, then run `grade tasks check {task}`", err=True)
