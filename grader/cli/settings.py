"""Settings of a project: the options that `grade.toml`, or `[tool.grade]` of a pyproject.toml, gives to the commands."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from grader.errors import InputError
from grader.support.files import read_written
from grader.support.text import did_you_mean

FILE = "grade.toml"
PROJECT = "pyproject.toml"
_SHARED = ("run", "batch")  # the commands whose options may be given for all commands, at the top of the file


def settings_file(folder: Path) -> Path | None:
    """Return the settings of a folder, None where there are none.

    They are in the folder, or, in a checkout of git, in the nearest folder above it within the checkout.
    """
    inside = [folder, *folder.parents]
    root = next((number for number, one in enumerate(inside) if (one / ".git").exists()), 0)
    for one in inside[: root + 1]:
        if (one / FILE).is_file():
            return one / FILE
        if (one / PROJECT).is_file() and _table(one / PROJECT) is not None:
            return one / PROJECT
    return None


def _table(path: Path) -> dict[str, Any] | None:
    """Return the settings in a file, None for a pyproject.toml without them. Raises InputError where it cannot be read."""
    try:
        data = tomllib.loads(read_written(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"not valid TOML: {error}", path) from None
    if path.name != PROJECT:
        return data
    tool = data.get("tool")
    table = tool.get("grade") if isinstance(tool, dict) else None
    return table if isinstance(table, dict) else None


def default_map(path: Path, group: click.Group, word: str) -> dict[str, Any]:
    """Return the defaults of a command as click takes them.

    Keys are the long names of options; at the top they are for every command that has the option, in a table for the command
    of its name. Paths are relative to the file. Raises InputError for a key that is not an option.
    """
    table = _table(path) or {}
    words = set(group.list_commands(click.Context(group)))
    tables = {key: value for key, value in table.items() if isinstance(value, dict) and key in words}
    shared = {key: value for key, value in table.items() if key not in tables}
    known = {name for command in _SHARED for name in _options(_command(group, command))}
    for key in shared:
        if key.replace("_", "-") not in known:
            hint = did_you_mean(key.replace("_", "-"), known | words)
            raise InputError(f"unknown setting {key!r}{hint}", path)
    return {word: _of_command(_command(group, word), tables.get(word, {}), shared, path, word)}


def _command(group: click.Group, word: str) -> click.Command:
    command = group.get_command(click.Context(group), word)
    assert command is not None, word
    return command


def _options(command: click.Command) -> dict[str, click.Option]:
    """Return the options of a command by their long names without dashes."""
    options = (parameter for parameter in command.params if isinstance(parameter, click.Option))
    return {name.removeprefix("--"): option for option in options for name in option.opts if name.startswith("--")}


def _of_command(command: click.Command, own: Any, shared: dict[str, Any], path: Path, word: str) -> dict[str, Any]:
    if not isinstance(own, dict):
        raise InputError(f"{word}: a table is required, such as [{word}]", path)
    if isinstance(command, click.Group):
        known = {name: _command(command, name) for name in command.list_commands(click.Context(command))}
        _refuse(set(own) - known.keys(), known, word, path)
        return {
            name: _of_command(inner, own.get(name, {}), shared, path, f"{word}.{name}") for name, inner in known.items()
        }
    options = _options(command)
    given = {key.replace("_", "-"): value for key, value in own.items()}
    _refuse(set(given) - options.keys(), options, word, path)
    every = {key.replace("_", "-"): value for key, value in shared.items() if key.replace("_", "-") in options} | given
    return dict(_values(every, options, path))


def _refuse(unknown: set[str], known: dict[str, Any], word: str, path: Path) -> None:
    for key in sorted(unknown):
        raise InputError(f"{word}.{key}: unknown setting{did_you_mean(key, known)}", path)


def _values(given: dict[str, Any], options: dict[str, click.Option], path: Path) -> Iterator[tuple[str, Any]]:
    """Yield the value of each option by the name that its command receives it by."""
    for key, value in given.items():
        option = options[key]
        if option.is_flag and not isinstance(value, bool):
            raise InputError(f"{key}: true or false is required", path)
        if option.multiple and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
            raise InputError(f"{key}: a list of texts is required", path)
        if isinstance(value, dict) or (isinstance(value, list) and not option.multiple):
            raise InputError(f"{key}: a single value is required", path)
        is_path = isinstance(option.type, click.Path) and isinstance(value, str) and value != "-"
        assert option.name is not None
        yield option.name, str(path.parent / value) if is_path else value
