"""`grade plan`: the change set that CloudFormation would make of a response, and what blocks it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from grader.cli.options import format_option, limit_options, limits_of

if TYPE_CHECKING:
    from grader.case import Case
    from grader.plan import Plan
    from grader.task import Task


@click.command("plan")
@click.argument("task", type=click.Path())
@click.option("--response", required=True, type=click.Path(), help="The response, in any form that `grade run` takes.")
@click.option(
    "--parameters", type=click.Path(), metavar="FILE", help="Parameter values, as the AWS CLI takes them, or YAML."
)
@click.option(
    "--account", type=click.Path(), metavar="FILE", help="A description of the account.  [default: the task's]"
)
@format_option("text", "json")
@limit_options
def command(task: str, response: str, parameters: str | None, account: str | None, form: str, **limits: Any) -> int:
    """Show what CloudFormation would create, and refuse.

    The plan is worked out offline for a response to TASK, in the task's account.
    Exits with 0 when the stack would deploy, with 1 when something blocks it.
    """
    import json

    from grader.bundle import read_response
    from grader.case import Case
    from grader.plan import make_plan
    from grader.task import load_task

    the_limits = limits_of(limits)
    the_task = _changed(load_task(task), parameters, account)
    case = Case(the_task, read_response(response, the_limits), the_limits)
    plan = make_plan(case)
    if form == "json":
        click.echo(json.dumps(_data(plan), indent=2, ensure_ascii=False))
    else:
        _print(case, plan)
    return 0 if plan.answer == "deploys" else 1


def _changed(task: Task, parameters: str | None, account: str | None) -> Task:
    from dataclasses import replace
    from pathlib import Path

    from grader.case.parameter_values import load_parameters
    from grader.task.account import load_account

    if parameters is not None:
        task = replace(task, parameters=dict(task.parameters) | load_parameters(Path(parameters)))
    return task if account is None else replace(task, account=load_account(Path(account)))


def _data(plan: Plan) -> dict[str, Any]:
    def slots(value: Any) -> dict[str, Any]:
        return {name: getattr(value, name) for name in value.__slots__}

    return {
        "answer": plan.answer,
        "stacks": [
            slots(stack)
            | {
                "parameters": dict(stack.parameters),
                "conditions": dict(stack.conditions),
                "changes": [slots(change) for change in stack.changes],
            }
            for stack in plan.stacks
        ],
        "problems": [
            slots(problem) | {"facts": dict(problem.facts), "stage": problem.stage.value} for problem in plan.problems
        ],
        "unjudged": list(plan.unjudged),
    }


def _print(case: Case, plan: Plan) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from grader.plan import Stage
    from grader.writers.terminal import visible

    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console = Console(highlight=False, width=240)
    for stack in plan.stacks:
        below = f", nested by {stack.parent}" if stack.parent else ""
        title = visible(f"{stack.file}{below}: {len(stack.changes)} to add in {case.account.region}")
        table = Table(title=Text(title), title_justify="left", box=None, padding=(0, 2, 0, 0))
        for column in ("Action", "Logical id", "Type", "Name", "Replacement"):
            table.add_column(column, no_wrap=True)
        for change in stack.changes:
            action = f"{change.action}?" if change.open else change.action
            cells = (action, change.logical_id, change.type, change.name or "-", change.replacement)
            table.add_row(*(Text(visible(cell)) for cell in cells))
        console.print(table)
        console.print()
    for problem in plan.problems:
        place = f"{problem.file}:{problem.line}"
        console.print(Text(visible(f"{problem.stage.value:18}  {place}  {problem.resource or '-'}: {problem.message}")))
    for check in plan.unjudged:
        console.print(Text(visible(f"not judged by {check}")))
    count = sum(problem.stage is not Stage.AGAIN for problem in plan.problems)
    blocks = f"{count} problem{'s' if count != 1 else ''}" if count else "nothing blocks it"
    console.print(Text(f"{plan.answer}: {blocks}"))
