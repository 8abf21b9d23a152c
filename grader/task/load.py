"""A task: what was asked, read from its folder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from grader.bundle import DEFAULT_LIMITS, Bundle, Limits, Omitted, read_response
from grader.errors import InputError, ResponseError
from grader.support.files import read_written
from grader.support.names import Region
from grader.support.validation import load_yaml, validate
from grader.task.account import Account, AccountFile, account_of
from grader.task.requirement_fields import RequirementFile

PROMPT = "PROMPT.md"
GUARD_FILE = "requirements.guard"
_REGION = re.compile(
    r"\b(?:us-gov|us|eu|ap|sa|ca|me|af|il|mx|cn)-(?:(?:north|south)?(?:east|west)|north|south|central)-[1-7]\b"
)
_PARAMETER_VALUE = str | int | float | bool | list[str | int | float]


class TaskFile(BaseModel):
    """The fields of `task.yaml`; all are optional."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str | None = Field(None, min_length=1, max_length=100, pattern=r"^[\w][\w.-]*$", description="the task's id")
    title: str | None = Field(None, max_length=300, description="a short name, used in the analysis")
    region: Region | None = Field(None, description="the region to deploy to")
    parameters: dict[str, _PARAMETER_VALUE] = Field(default_factory=dict, description="values of template parameters")
    account: str | AccountFile = Field("fresh", description="a profile's name, or a profile and what it adds")
    requirements: list[RequirementFile] = Field(default_factory=list, description="what an answer has to have")


@dataclass(frozen=True, slots=True)
class Task:
    """What was asked. `prompt` is the text of PROMPT.md, empty where a task has none."""

    id: str
    title: str
    prompt: str
    account: Account
    parameters: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    folder: Path | None = None
    requirements: tuple[RequirementFile, ...] = ()


def load_task(folder: str | Path) -> Task:
    """Read a task's folder: PROMPT.md and, where it is there, task.yaml.

    Raises InputError, with file and line, for a missing folder or prompt and for a field that is wrong.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError("no such task: a task is a folder with a PROMPT.md", folder)
    prompt = folder / PROMPT
    if not prompt.is_file():
        raise InputError("the task has no PROMPT.md: write what the model was asked into it", folder)
    settings = folder / "task.yaml"
    data: Any = load_yaml(settings) if settings.is_file() else None
    fields = validate(TaskFile, data or {}, settings)
    text = read_written(prompt)
    account = _account(fields, settings, text)
    name = folder.resolve().name
    return Task(
        fields.id or name,
        fields.title or _title(text) or name,
        text,
        account,
        MappingProxyType(dict(fields.parameters)),
        folder,
        tuple(fields.requirements),
    )


def _account(fields: TaskFile, where: Path, prompt: str) -> Account:
    """Return the account, in the region of task.yaml, or else of the prompt: the first that it names, with the others."""
    described = isinstance(fields.account, AccountFile) and fields.account.region is not None
    named = [] if fields.region or described else regions_of(prompt)
    account = account_of(fields.account, where, fields.region or (named[0] if named else None))
    return account.model_copy(update={"regions": (*account.regions, *named[1:])})


def regions_of(prompt: str) -> list[str]:
    """Return the AWS regions that a prompt names, each once, in order."""
    return list(dict.fromkeys(_REGION.findall(prompt)))


def _title(prompt: str) -> str:
    """Return the prompt's first heading, or an empty string."""
    heading = next((line for line in prompt.splitlines() if line.startswith("#")), "")
    return heading.strip("# ").strip()[:120]


IDEALS = ("IDEAL_RESPONSE.md", "ideal")


def ideal_of(folder: Path) -> Path | None:
    """Return a task's ideal answer, IDEAL_RESPONSE.md or the folder `ideal/`, None where it has none."""
    return next((path for name in IDEALS if (path := folder / name).exists()), None)


def read_ideal(task: Task, response: str | Path, limits: Limits = DEFAULT_LIMITS) -> Bundle | None:
    """Read the ideal answer of a task to compare a response with.

    None where the task has none. An ideal answer that cannot be read is a bundle without files that says why, and None where it
    is the response.
    """
    path = ideal_of(task.folder) if task.folder else None
    if path is None:
        return None
    try:
        return read_response(path, limits)
    except ResponseError as error:
        is_itself = str(response) != "-" and Path(response).exists() and Path(response).samefile(path)
        return None if is_itself else Bundle(path.stem, (), (Omitted(path.name, str(error)),))


def asked_at(prompt: str, words: str | None) -> int:
    """Return the line of the prompt that holds some words, 1 where it does not."""
    wanted = " ".join((words or "").lower().split())
    lines = prompt.splitlines()
    return next((n for n, line in enumerate(lines, 1) if wanted and wanted in " ".join(line.lower().split())), 1)
