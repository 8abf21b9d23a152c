"""A dry run for a command: what it will use is shown first, and it is cleaned up when the process receives a signal to stop."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from grader.case import Case
    from grader.catalogue import Catalogue
    from grader.dryrun import Answer, Settings


def asker(settings: Settings, quiet: bool) -> Callable[[Case, Catalogue], Answer]:
    """Connect, show the account and the region, and return what asks AWS about a case.

    SIGTERM ends the process as Ctrl-C does, so that what was made is removed.
    """
    from grader.dryrun import connect, dry_run

    signal.signal(signal.SIGTERM, _stop)
    aws = connect(settings)
    if not quiet:
        using = f" (profile {settings.profile})" if settings.profile else ""
        at = f", at {settings.endpoint_url}" if settings.endpoint_url else ""
        click.echo(f"dry run ({settings.mode}) in account {aws.account}, region {aws.region}{using}{at}", err=True)
    return lambda case, catalogue: dry_run(aws, case, catalogue)


def _stop(number: int, frame: Any) -> None:
    sys.exit(128 + number)
