"""The documents of this project: what they name exists, and every command and option is in them."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import click
import pytest

from grader.cli.main import cli as grade
from grader.cli.reference import commands, reference
from tests.conftest import ROOT

COMMANDS = dict(commands(grade))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
GUIDES = "\n".join(page.read_text("utf-8") for page in PAGES if page.name not in ("commands.md", "CHANGELOG.md"))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_and_its_options_have_help(name: str) -> None:
    command = COMMANDS[name]
    assert command.help
    short = command.get_short_help_str(limit=65)
    assert not short.endswith("..."), f"the first sentence is too long for a list of commands: {short}"
    silent = [option.opts[0] for option in command.params if isinstance(option, click.Option) and not option.help]
    assert silent == []


@pytest.mark.parametrize("name", COMMANDS)
def test_a_guide_shows_the_command(name: str) -> None:
    assert name in GUIDES


def test_the_reference_of_the_commands_is_current() -> None:
    assert reference() == (ROOT / "docs" / "commands.md").read_text("utf-8"), "run `make docs`"


def test_options_in_guides_exist() -> None:
    known = {name for command in COMMANDS.values() for option in command.params for name in option.opts}
    others = {"--version", "--help", "--debug", "--settings", "--max-"}  # of `grade` itself; a family
    shown = set(re.findall(r"(?<=`)--[a-z-]+|(?<=grade )[a-z -]*(--[a-z-]+)", GUIDES))
    assert {name for name in shown if name} - known - others == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.name))
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:\s]+)\)", page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_what_the_architecture_page_names_exists() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    names = re.findall(r"^    grader\.([\w.]+)\.(\w+)\(", text, re.M)
    assert len(names) > 5
    assert [name for module, name in names if not hasattr(importlib.import_module(f"grader.{module}"), name)] == []
    paths = re.findall(r"`(grader/[\w/]+(?:\.py|/)?)`", text)
    assert len(paths) > 5
    assert [path for path in paths if "<" not in path and not (ROOT / path).exists()] == []
