"""Names that users write in their files: those that exist, and the most similar where a name does not."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from grader.model import RANKS
from grader.support.text import did_you_mean


@cache
def regions() -> frozenset[str]:
    """Return the names of AWS's regions: those in the table of the installed botocore.

    Source: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
    """
    package = find_spec("botocore")
    assert package is not None
    assert package.origin is not None
    table = json.loads((Path(package.origin).parent / "data" / "partitions.json").read_text("utf-8"))
    names = (name for partition in table["partitions"] for name in partition["regions"])
    return frozenset(name for name in names if not name.endswith("-global"))


def known(kind: str, name: str, names: Iterable[str]) -> str:
    """Return a name that exists. Raises ValueError, with the most similar name, for one that does not."""
    names = sorted(names)
    if name in names:
        return name
    hint = did_you_mean(name, names) or f" (known: {', '.join(names)})"
    raise ValueError(f"unknown {kind} {name!r}{hint}")


def known_region(name: str) -> str:
    """Return the name of a region. Raises ValueError, with the most similar name, for one that does not exist."""
    return known("region", name, regions())


def known_level(name: str) -> str:
    """Return a level, which a rubric may have given another name. Raises ValueError for one of ours that is misspelled."""
    return known("level", name, RANKS) if did_you_mean(name, RANKS) else name


Region = Annotated[str, AfterValidator(known_region), WithJsonSchema({"type": "string", "pattern": "^[a-z-]+-[0-9]$"})]
Level = Annotated[str, AfterValidator(known_level)]
