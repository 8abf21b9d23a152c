"""README and docs as a reader follows them: every block of a page runs, in order, in an empty folder, and prints what the page says.

A page is written so that it can be tested:

- a `bash` block is run as it is, and must end with 0;
- a `text` block is what the block before it prints: each of its lines must be there, and `...` is for lines left out;
- a block whose fence names a file after the language is written to that file, or added to it after `>>`;
- a comment before a block, `<!-- not run: REASON -->`, `<!-- exits with CODE -->`, `<!-- first: COMMAND -->` or
  `<!-- output of: COMMAND -->`, says what differs.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from markdown_it import MarkdownIt

from tests.conftest import ROOT, environment

GENERATED = ("commands.md", "rules.md", "facts.md")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
PAGES += sorted(path for path in (ROOT / "docs").glob("*.md") if path.name not in GENERATED)
COMMAND = re.compile(r"^\s*(?:\$ )?(?:grade|make|pip|python3?|inspect|dask|\.venv/bin/\S+) ", re.M)
DIRECTIVE = re.compile(r"<!-- (not run|exits with|first|output of)(?::)? (.*?) -->", re.S)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page, with its line and the comment before it."""

    line: int
    language: str
    file: str
    text: str
    directive: str
    argument: str


def blocks(page: Path) -> Iterator[Block]:
    directive = argument = ""
    for token in MarkdownIt().parse(page.read_text("utf-8")):
        if token.type == "html_block" and (found := DIRECTIVE.search(token.content)):
            directive, argument = found.groups()
        elif token.type == "fence":
            language, _, file = token.info.strip().partition(" ")
            yield Block((token.map or [0])[0] + 1, language, file.strip(), token.content, directive, argument)
        if token.type in ("fence", "paragraph_open", "code_block"):
            directive = argument = ""


class Reader:
    """Somebody who does what a page says, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "walk"
        self.folder.mkdir()
        self._environment = environment(folder) | {"PATH": f"{self._programs(folder)}{os.pathsep}{os.environ['PATH']}"}
        self._environment |= {"GITHUB_STEP_SUMMARY": str(folder / "summary.md"), "COLUMNS": "120"}

    def _programs(self, folder: Path) -> Path:
        """Return a folder with the programs that an installation brings."""
        where = folder / "bin"
        where.mkdir()
        for name, module in (("grade", "-P -m grader"), ("python", ""), ("inspect", "-P -m inspect_ai")):
            (where / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {module} "$@"\n')
            (where / name).chmod(0o755)
        return where

    def run(self, command: str, code: int = 0, cwd: Path | None = None) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=cwd or self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=1800,  # for a machine that is busy
            check=False,
        )
        assert done.returncode == code, f"{command}\nended with {done.returncode}:\n{done.stdout}"
        return done.stdout

    def write(self, name: str, text: str) -> None:
        path = self.folder / name.removeprefix(">>")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a" if name.startswith(">>") else "w", encoding="utf-8") as file:
            file.write(text)


def squeezed(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


PARSERS: dict[str, Callable[[str], object]] = {
    "python": ast.parse,
    "json": json.loads,
    "yaml": yaml.safe_load,
    "toml": tomllib.loads,
}


def steps(block: Block) -> list[str]:
    """Return the commands of a block: of a shell, or of the steps of a CI job."""
    if block.language == "bash":
        return [block.text]
    if block.language == "yaml" and not block.file and isinstance(data := yaml.safe_load(block.text), list):
        return [step["run"] for step in data if "run" in step]
    return []


@pytest.mark.slow
@pytest.mark.parametrize(
    "page", [page for page in PAGES if any(map(steps, blocks(page)))], ids=lambda page: str(page.stem)
)
def test_a_page_can_be_followed_from_an_empty_folder(page: Path, tmp_path: Path) -> None:
    if page.stem == "inspect" and find_spec("inspect_ai") is None:
        pytest.skip("the extra `inspect` is not installed")
    reader, printed = Reader(tmp_path), ""
    for block in blocks(page):
        where = f"{page.name}:{block.line}"
        if block.directive == "first":
            reader.run(block.argument)
        if block.file:
            reader.write(block.file, block.text)
        elif block.language == "text":
            printed = reader.run(block.argument, cwd=ROOT) if block.directive == "output of" else printed
            missing = [line for line in squeezed(block.text) if line != "..." and line not in squeezed(printed)]
            assert missing == [], f"{where} is not what was printed:\n{printed}"
        elif block.directive != "not run":
            code = int(block.argument) if block.directive == "exits with" else 0
            printed = "".join([reader.run(command, code) for command in steps(block)]) or printed
    promised = set(re.findall(r"`(reports/[\w/.-]+)`", page.read_text("utf-8")))
    assert [one for one in promised if not (reader.folder / one).exists() and not (ROOT / one).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.stem))
def test_the_blocks_of_a_page_are_fenced_and_can_be_parsed(page: Path) -> None:
    hidden = [token.content for token in MarkdownIt().parse(page.read_text("utf-8")) if token.type == "code_block"]
    assert [text for text in hidden if COMMAND.search(text)] == []
    for block in blocks(page):
        assert block.language == "bash" or not COMMAND.search(block.text) or steps(block), f"{page.name}:{block.line}"
        if block.language in PARSERS and not block.file.startswith(">>"):
            PARSERS[block.language](block.text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.stem))
def test_files_that_a_page_names_exist(page: Path) -> None:
    named = re.findall(
        r"`((?:\.ci|benchmarks|docs|grader|rubrics|tasks|tests)/[\w/.-]+|[A-Z]{4,}\.md|\w+\.txt)`",
        page.read_text("utf-8"),
    )
    written = {block.file.removeprefix(">>") for block in blocks(page)} | {"PROMPT.md", "README.md"}
    written |= {"MODEL_FAILURES.md", "MODEL_RESPONSE.md", "IDEAL_RESPONSE.md"}
    assert [one for one in named if one not in written and not (ROOT / one).exists() and "tasks/" not in one] == []
