"""Values that a task, or the response itself, gives to template parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from grader.bundle import BundleFile, Kind
from grader.errors import InputError
from grader.support.validation import load_yaml
from grader.template import TemplateSyntaxError, as_text, plain
from grader.template.load import load

_PAIR = re.compile(r"ParameterKey=[\"']?(\w+)[\"']?\s*,\s*ParameterValue=(\"[^\"\n]*\"|'[^'\n]*'|[^\s\"'\\,`]+)")
_OVERRIDES = re.compile(
    r"--parameter-overrides((?:[\s\\]+(?:\"[^\"\n]*\"|'[^'\n]*'|\w+=(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s\\`]+)))+)"
)
_ASSIGNMENT = re.compile(r"[\"']?(?<!\w)(\w+)=(\"[^\"\n]*\"|'[^'\n]*'|[^\s\\\"'`]*)")
# What stands for a value that the reader has to know.
_PLACEHOLDER = re.compile(r"<[^>]*>|\$\{?\w+|\$\(|^your|^\[.*\]$|x{4,}|example-|replace|\.\.\.|changeme", re.I)


@dataclass(frozen=True, slots=True)
class Given:
    """A value for a parameter and where it was given. `value` is None where a placeholder stands for it.

    `template` is the file that it is given to, empty where the response does not say which.
    """

    name: str
    value: str | None
    file: str
    line: int
    template: str = ""


def parameters_of(value: object, where: Path | str) -> dict[str, str]:
    """Return parameter values by name from a parameters file's data.

    Takes what the AWS CLI and CodePipeline take: a list of ParameterKey and ParameterValue, a map under `Parameters`, or a
    plain map. Raises InputError for any other shape.
    """
    if isinstance(value, dict) and isinstance(value.get("Parameters"), dict | list):
        value = value["Parameters"]
    if isinstance(value, dict):
        pairs: Iterable[tuple[Any, Any]] = value.items()
    elif isinstance(value, list) and all(isinstance(item, dict) and "ParameterKey" in item for item in value):
        pairs = [(item["ParameterKey"], item.get("ParameterValue", "")) for item in value]
    else:
        shapes = "a map of names to values, or a list of ParameterKey and ParameterValue"
        raise InputError(f"not a parameters file: {shapes} is wanted", where)
    found = {}
    for name, item in pairs:
        if isinstance(item, dict) or not isinstance(name, str):
            raise InputError(f"not a parameters file: the value of {name!r} is no text, number or list", where)
        found[name] = as_text(item)
    return found


def load_parameters(path: Path) -> dict[str, str]:
    """Read a parameters file that the user names. Raises InputError where it is missing or of another shape."""
    if not path.is_file():
        raise InputError("no such parameters file", path)
    return parameters_of(load_yaml(path), path)


def given_by(files: Iterable[BundleFile]) -> tuple[Given, ...]:
    """Return the values that a response gives: by its parameters files first, then by the commands its documents show.

    A command's values belong to the template that it names, a parameters file's to the template of the command that names it,
    or to the one template whose name it has.
    """
    files = tuple(files)
    templates = [file.name for file in files if file.kind is Kind.TEMPLATE]
    texts = [file for file in files if file.kind in (Kind.DOCUMENT, Kind.SCRIPT)]
    owners = dict(pair for file in texts for pair in _owners(file.text, templates))
    found: list[Given] = []
    for file in files:
        if file.kind is Kind.PARAMETERS:
            owner = owners.get(file.name.rpartition("/")[2]) or _owner_by_name(file.name, templates)
            found += [replace(one, template=owner) for one in _in_file(file)]
    for file in texts:
        found += _in_commands(file, templates)
    return tuple(found)


def first_of(given: Iterable[Given]) -> dict[str, Given]:
    """Return the first value of each name."""
    found: dict[str, Given] = {}
    for one in given:
        found.setdefault(one.name, one)
    return found


_TEMPLATE_OPTION = re.compile(r"(?:--template(?:-file|-body)?|\s-t)[= ]\s*[\"']?(?:file://)?([^\s\"'`\\]+)")
_PARAMETERS_OPTION = re.compile(r"--parameter(?:s|-overrides)[= \\\s]\s*[\"']?file://([^\s\"'`\\]+)")
_COMMAND = 4_000
# Words of a parameters file's name that say nothing of its template.
_COMMON = frozenset(
    "parameters parameter params param config configuration values overrides template stack cfn cloudformation example sample "
    "dev development test testing qa staging stage uat prod production default".split()
)


def _owners(text: str, templates: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the parameters files that commands name together with a template of the bundle: (file name, template)."""
    for option in _PARAMETERS_OPTION.finditer(text):
        template = _template_of(_command(text, option.start()), templates)
        if template:
            yield option.group(1).rpartition("/")[2], template


def _command(text: str, place: int) -> str:
    """Return the command around a place: its line, with those that a backslash joins to it; bounded in length."""
    first, last = max(0, place - _COMMAND), min(len(text), place + _COMMAND)
    start = text.rfind("\n", first, place) + 1
    while start > first + 1 and text[start - 2] == "\\":
        start = text.rfind("\n", first, start - 1) + 1
    end = text.find("\n", place, last)
    while end > 0 and text[end - 1] == "\\":
        end = text.find("\n", end + 1, last)
    return text[start : end if end >= 0 else last]


def _template_of(command: str, templates: list[str]) -> str:
    """Return the template of the bundle that a command names; empty where it names none, or a packaged one."""
    named = _TEMPLATE_OPTION.search(command)
    wanted = named.group(1).removeprefix("./") if named else ""
    exact = [name for name in templates if name == wanted]
    alike = [name for name in templates if name.rpartition("/")[2] == wanted.rpartition("/")[2]]
    return (exact or (alike if len(alike) == 1 else []) or [""])[0] if wanted else ""


def _owner_by_name(file: str, templates: list[str]) -> str:
    """Return the one template whose name a parameters file has, common words left out."""
    words = _words(file)
    owners = [name for name in templates if words and words == _words(name)]
    return owners[0] if len(owners) == 1 else ""


def _words(file: str) -> frozenset[str]:
    stem = file.rpartition("/")[2].rpartition(".")[0].lower()
    return frozenset(re.split(r"[-_.\s]+", stem)) - _COMMON - {""}


def _in_file(file: BundleFile) -> Iterator[Given]:
    try:
        values = parameters_of(plain(load(file.text).root), file.name)
    except (InputError, TemplateSyntaxError):
        return
    for name, value in values.items():
        line = file.text.count("\n", 0, max(0, file.text.find(name))) + 1
        yield _given(name, value, file.name, line)


def _in_commands(file: BundleFile, templates: list[str]) -> Iterator[Given]:
    def given(name: str, value: str, place: int) -> Given:
        line = file.text.count("\n", 0, place) + 1
        value = value.rstrip(".,;:") if file.kind is Kind.DOCUMENT else value  # of the sentence around a command
        return _given(name, value, file.name, line, _template_of(_command(file.text, place), templates))

    for match in _PAIR.finditer(file.text):
        yield given(match.group(1), match.group(2), match.start())
    for block in _OVERRIDES.finditer(file.text):
        for match in _ASSIGNMENT.finditer(block.group(1)):
            yield given(match.group(1), match.group(2), block.start())


def _given(name: str, value: str, file: str, line: int, template: str = "") -> Given:
    value = value.strip("\"'")
    return Given(name, None if _PLACEHOLDER.search(value) else value, file, line, template)
