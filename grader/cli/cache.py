"""`grade cache`: the results that batches keep."""

from __future__ import annotations

import click

from grader.cli.options import format_option


@click.group("cache")
def command() -> None:
    """Show or clear the results that batches keep by content."""


@command.command("show")
@format_option("text", "json")
def show(form: str) -> None:
    """Show where the cache is, and its size."""
    import json

    from grader.runs.cache import Cache, cache_folder

    sizes = [path.stat().st_size for path in Cache(cache_folder()).entries()]
    data = {"folder": str(cache_folder()), "results": len(sizes), "bytes": sum(sizes)}
    if form == "json":
        click.echo(json.dumps(data))
    else:
        click.echo(f"{data['folder']}: {len(sizes)} results, {sum(sizes) / 1e6:.1f} MB")


@command.command("clear")
@click.option("--older-than", type=click.FloatRange(0), metavar="DAYS", help="Only results that were made so long ago.")
def clear(older_than: float | None) -> None:
    """Remove the results that are kept.

    Those of running batches are made again when they are needed.
    """
    import time

    from grader.runs.cache import Cache, cache_folder

    before = time.time() - (older_than or 0) * 86_400
    count = 0
    for path in list(Cache(cache_folder()).entries()):
        if older_than is None or path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
            count += 1
    click.echo(f"{count} results removed from {cache_folder()}", err=True)
