"""`grade plan`: the change set that CloudFormation would make of a response, and what blocks it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from grader.cli.options import format_option, limit_options, limits_of

if TYPE_CHECKING:
    from grader.case import Case
    from grader.plan import Plan, Problem
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
    """Show what AWS would create, and what is known to block it.

    The plan is worked out offline for a response to TASK, in the task's account: names, references, values and prerequisites,
    facts of AWS, rules, and the schemas of the resource types. Exits with 1 when something is known to block the stack, with 0 when
    nothing is known that does: it is not a promise that it deploys.
    """
    import json

    from grader.bundle import read_response
    from grader.case import Case
    from grader.catalogue import load_catalogue
    from grader.judgement import load_rubric
    from grader.judgement.deployment import plan_of
    from grader.task import load_task

    the_limits = limits_of(limits)
    the_task = _changed(load_task(task), parameters, account)
    case = Case(the_task, read_response(response, the_limits), the_limits)
    plan = plan_of(case, load_catalogue(), load_rubric())
    if form == "json":
        click.echo(json.dumps(_data(case, plan), indent=2, ensure_ascii=False))
    else:
        _print(case, plan)
    return 1 if plan.is_blocked else 0


def _changed(task: Task, parameters: str | None, account: str | None) -> Task:
    from dataclasses import replace
    from pathlib import Path

    from grader.case.parameter_values import load_parameters
    from grader.task.account import load_account

    if parameters is not None:
        task = replace(task, parameters=dict(task.parameters) | load_parameters(Path(parameters)))
    return task if account is None else replace(task, account=load_account(Path(account)))


def _data(case: Case, plan: Plan) -> dict[str, Any]:
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
            {"code": problem.code.value, "stage": problem.stage.value}
            | slots(problem.location)
            | {"message": problem.message, "facts": dict(problem.facts)}
            for problem in plan.problems
        ],
        "unjudged": [*plan.unjudged, *map(str, case.over_limit)],
    }


def _print(case: Case, plan: Plan) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

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
        console.print(Text(" ".join(map(visible, _parts(problem)))))
        if problem.code == "rule":
            why = filter(None, (problem.facts["behaviour"], problem.facts["reference"]))
            console.print(Text(f"{'':{_STAGE}} {' '.join(map(visible, why))}"))
    for check in plan.unjudged:
        console.print(Text(visible(f"not judged by {check}")))
    for one in case.over_limit:
        console.print(Text(visible(f"not judged: {one}")))
    console.print(Text(_answer(case, plan)))


_STAGE = 18  # the width of the column of stages


def _parts(problem: Problem) -> tuple[str, ...]:
    """Return the stage, the place, the resource and what is wrong with it."""
    title = (f"{problem.facts['title']}:",) if problem.code == "rule" else ()
    place = f"{problem.file}:{problem.line}"
    return (f"{problem.stage.value:{_STAGE}}", place, f" {problem.resource or '-'}:", *title, problem.message)


def _answer(case: Case, plan: Plan) -> str:
    """Say in one line what is known: how many problems of which weight there are, and that silence is not a promise."""
    from grader.plan import Stage

    blocking = sum(problem.stage in (Stage.CHANGE_SET, Stage.EXECUTION) for problem in plan.problems)
    races = sum(problem.stage is Stage.RACE for problem in plan.problems)
    if blocking:
        return f"{plan.answer}: {blocking} problem{'s' if blocking != 1 else ''}"
    if races:
        return f"{plan.answer}: {races} order{'s' if races != 1 else ''} of creation that nothing fixes"
    unsure = "; not everything was judged" if plan.unjudged or case.over_limit else ""
    return f"{plan.answer}: nothing that is known here refuses it{unsure}"
