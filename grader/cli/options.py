"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from pathlib import Path

    from grader.bundle import Limits
    from grader.catalogue import Catalogue
    from grader.dryrun import Settings
    from grader.judgement.rubric import Rubric

Command = TypeVar("Command", bound=Callable[..., Any])

# Field of Limits: (what it bounds, the highest value it can be raised to). Defaults are in grader.bundle.limits.
_LIMITS = {
    "total_bytes": ("--max-bytes", "bytes of the whole response", 2_000_000_000),
    "file_bytes": ("--max-file-bytes", "bytes of one file", 1_000_000_000),
    "files": ("--max-files", "files", 1_000_000),
    "lines": ("--max-lines", "lines of a markdown answer", 10_000_000),
    "depth": ("--max-folders", "folders inside each other", 200),
    "expansion": ("--max-expansion", "times that an archive may grow", 100_000),
    "nesting": ("--max-nesting", "levels of nesting in a template", 200),
    "nodes": ("--max-nodes", "nodes of a template, aliases expanded", 100_000_000),
}


rules_option = click.option("--rules", type=click.Path(), help="A folder of rules of your own: Python, Guard or CEL.")
rubric_option = click.option("--rubric", type=click.Path(), help="A rubric file.  [default: the shipped one]")
fast_option = click.option("--fast", is_flag=True, help="Leave cfn-lint out.")
engine_rules_option = click.option(
    "--engine-rules",
    type=click.Choice(["needed", "all"]),
    default="needed",
    show_default=True,
    help="Which rules of cfn-lint run: those that cloudformation-validate does not cover, or all.",
)
honour_option = click.option(
    "--honour-suppressions", "honour", is_flag=True, help="Follow what the templates tell linters to ignore."
)


def format_option(*forms: str) -> Callable[[Command], Command]:
    """Return the option that chooses what is printed; the first form is the default."""
    return click.option(
        "--format", "form", type=click.Choice(forms), default=forms[0], show_default=True, help="What is printed."
    )


def limit_options(command: Command) -> Command:
    """Add an option for each limit on what is read; the command receives them by the names of the limits' fields."""
    for field, (name, what, highest) in reversed(_LIMITS.items()):
        option = click.option(name, field, type=click.IntRange(1, highest), metavar="N", help=f"Limit: {what}.")
        command = option(command)
    return command


def limits_of(given: dict[str, Any]) -> Limits:
    """Return the limits with those that were given; takes them out of `given`."""
    from grader.bundle import Limits

    chosen = {field: given.pop(field) for field in _LIMITS}
    return Limits(**{field: value for field, value in chosen.items() if value is not None})


def level_of(name: str | None, rubric: Rubric, option: str = "--fail-on") -> str | None:
    """Return a level that an option names. Raises InputError where the rubric has no such level."""
    from grader.errors import InputError
    from grader.support.text import did_you_mean

    if name is not None and name not in rubric.levels:
        hint = did_you_mean(name, rubric.levels)
        raise InputError(f"{option}: unknown level {name!r}{hint} (the rubric's levels: {', '.join(rubric.levels)})")
    return name


def catalogue_of(rules: str | None) -> Catalogue:
    """Load the rules, with those of a folder of the user's own.

    Raises InputError, with file and line, for a rule of the user that cannot work.
    """
    from pathlib import Path

    from grader.catalogue import load_catalogue, read_rules
    from grader.detectors.policies import check_policies

    if rules is None:
        return load_catalogue()
    catalogue = load_catalogue(Path(rules))
    check_policies(read_rules(Path(rules)).policies, Path(rules))
    return catalogue


def rule_options(command: Command) -> Command:
    """Add --select and --ignore; received as select and ignore, each a tuple of names."""
    for name, help in (("--ignore", "Leave these rules out."), ("--select", "Only these rules.")):
        about = f"{help} An id, a subject or a kind; may be repeated."
        command = click.option(name, metavar="RULE", multiple=True, shell_complete=_rule_names, help=about)(command)
    return command


def level_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Complete a level of the rubric that the command line names."""
    from grader.errors import GradeError
    from grader.judgement.rubric import load_rubric

    try:
        return [name for name in load_rubric(context.params.get("rubric")).levels if name.startswith(incomplete)]
    except GradeError:
        return []


def task_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Complete the folder of a task, and the folders on the way to it."""
    from pathlib import Path

    head, _, tail = incomplete.rpartition("/")
    try:
        inside = [path for path in sorted(Path(head or ".").iterdir()) if path.is_dir() and path.name.startswith(tail)]
    except OSError:
        return []
    return [f"{head}/{path.name}" if head else path.name for path in inside if not path.name.startswith(".")]


def rule_ids(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Complete the id of a rule."""
    from grader.catalogue import load_catalogue

    return [name for name in sorted(load_catalogue().rules) if name.startswith(incomplete)]


def _rule_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Complete the id, the subject or the kind of a rule."""
    from grader.catalogue import load_catalogue

    rules = load_catalogue().rules.values()
    names = {name for rule in rules for name in (rule.id, rule.subject, rule.kind)}
    return sorted(name for name in names if name.startswith(incomplete))


def rubric_of(
    path: str | None,
    catalogue: Catalogue,
    tasks: Iterable[Path],
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> Rubric:
    """Read the rubric that an option names, for these rules and the requirements of tasks, narrowed by --select and --ignore.

    Writes a note to standard error for each former id of a rule. Raises InputError where the file cannot be used, and for a
    name that no rule has.
    """
    from functools import cache
    from pathlib import Path

    from grader.judgement.requirements import requirement_ids
    from grader.judgement.rubric import load_rubric
    from grader.judgement.rule_ids import check_ids, check_names

    rubric = load_rubric(path)
    others = cache(lambda: requirement_ids(tasks))
    for note in check_ids(rubric, Path(path), catalogue, others) if path else ():
        click.echo(f"grade: {note}", err=True)
    for field in ("select", "ignore"):
        check_names(getattr(rubric.fields, field), catalogue, others, f"{path}: {field}")
    check_names(select, catalogue, others, "--select")
    check_names(ignore, catalogue, others, "--ignore")
    rubric.check_levels(catalogue.rules.values())
    return rubric.narrowed(select, ignore)


def aws_options(command: Command) -> Command:
    """Add the options that say with which credentials AWS is asked; received as profile, region, endpoint_url, account_id."""
    for option in reversed(
        (
            click.option("--profile", metavar="P", help="The AWS profile.  [default: as boto3 finds it]"),
            click.option("--region", metavar="R", help="The AWS region.  [default: as boto3 finds it]"),
            click.option("--endpoint-url", metavar="U", help="Ask this endpoint instead of AWS."),
            click.option("--account-id", metavar="ID", help="Refuse to ask any other account."),
        )
    ):
        command = option(command)
    return command


def dry_run_options(command: Command) -> Command:
    """Add the options of a dry run; settings_of takes them out of what the command receives."""
    modes = click.Choice(["validate", "change-set"])
    for option in reversed(
        (
            click.option("--dry-run", "dry_mode", type=modes, help="Ask AWS as well. Nothing is ever executed."),
            click.option("--bucket", metavar="B", help="The bucket for templates.  [default: one is made and removed]"),
            click.option(
                "--allow-transforms", metavar="NAME", multiple=True, help="Let AWS run this transform; may be repeated."
            ),
            click.option(
                "--deadline",
                type=click.FloatRange(1, 3600),
                default=300,
                show_default=True,
                help="Seconds for a change set.",
            ),
        )
    ):
        command = option(command)
    return aws_options(command)


def settings_of(given: dict[str, Any]) -> Settings | None:
    """Return the settings of the dry run that was asked for, None where none was; takes them out of `given`."""
    from grader.dryrun import Settings
    from grader.errors import InputError

    mode = given.pop("dry_mode")
    names = ("profile", "region", "endpoint_url", "account_id", "bucket", "deadline")
    chosen = {name: given.pop(name) for name in names}
    transforms = given.pop("allow_transforms")
    if mode is None:
        used = [name for name in names[:-1] if chosen[name] is not None] + ["allow_transforms"] * bool(transforms)
        if used:
            raise InputError(f"--{used[0].replace('_', '-')} belongs to --dry-run: say which, validate or change-set")
        return None
    return Settings(mode, allow_transforms=tuple(transforms), **chosen)
