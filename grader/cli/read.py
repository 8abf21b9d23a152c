"""`grade read`: what a response holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from grader.cli.options import format_option, limit_options, limits_of

if TYPE_CHECKING:
    from grader.bundle import Bundle
    from grader.case import Case


@click.command("read")
@click.argument("response", type=click.Path())
@click.option("--extract", type=click.Path(), metavar="DIR", help="Write the files of the bundle into an empty folder.")
@format_option("text", "json")
@limit_options
def command(response: str, extract: str | None, form: str, **limits: Any) -> None:
    """Show the files that are read from RESPONSE.

    Each with its kind and its place in the response; then what was left out, and why.
    RESPONSE is a folder, a markdown answer, a single template, an archive, a JSON record, or - for standard input.
    """
    import json

    from grader.bundle import read_response
    from grader.case import Case
    from grader.task import Task
    from grader.task.account import profile

    the_limits = limits_of(limits)
    bundle = read_response(response, the_limits)
    case = Case(Task("", "", "", profile("fresh")), bundle, the_limits)
    if extract is not None:
        _extract(bundle, extract)
    if form == "json":
        click.echo(json.dumps(_data(case), indent=2, ensure_ascii=False))
    else:
        _print(case)


def _data(case: Case) -> dict[str, Any]:
    bundle = case.bundle
    broken = {one.file: str(one.error) for one in case.broken} | {one.file: one.reason for one in case.over_limit}
    return {
        "name": bundle.name,
        "files": [
            {
                "name": file.name,
                "kind": file.kind.value,
                "detail": file.detail,
                "size": file.size,
                "lines": len(file.text.splitlines()),
                "source": file.source,
                "source_line": file.segments[0].source_line,
                "parent": case.parents[file.name][0].file if file.name in case.parents else None,
                "error": broken.get(file.name),
            }
            for file in bundle.files
        ],
        "omitted": [{"name": one.name, "line": one.line, "reason": one.reason} for one in bundle.omitted],
    }


def _print(case: Case) -> None:
    from grader.writers.terminal import visible

    data = _data(case)
    if not data["files"]:
        click.echo("the response is empty")
    width = max((len(visible(file["name"])) for file in data["files"]), default=0)
    for file in data["files"]:
        kind = f"{file['kind']} ({file['detail']})" if file["detail"] else file["kind"]
        notes = [f"{file['source']}:{file['source_line']}"]
        notes += [f"nested in {file['parent']}"] if file["parent"] else []
        notes += [f"broken: {file['error']}"] if file["error"] else []
        rest = visible("; ".join(notes))
        click.echo(
            f"{visible(file['name']):{width}}  {kind:20}  {file['size']:>9,} bytes  {file['lines']:>6,} lines  {rest}"
        )
    for one in data["omitted"]:
        place = f"line {one['line']}" if one["line"] else ""
        click.echo(f"left out: {visible(' '.join(filter(None, [one['name'], place])))}: {visible(one['reason'])}")


def _extract(bundle: Bundle, target: str) -> None:
    """Write a bundle into a folder that is empty or new; every name is relative and free of `..` already."""
    from pathlib import Path

    from grader.errors import InputError

    folder = Path(target)
    if folder.is_symlink() and not folder.exists():
        raise InputError("--extract: a link to nothing", folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError("--extract: not an empty folder", folder)
    for file in bundle.files:
        path = folder / file.name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise InputError(f"--extract: the name {file.name!r} leads out of the folder", folder)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, "utf-8", errors="surrogatepass")
