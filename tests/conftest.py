"""What every test may use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from grader.bundle import Bundle, read_response
from grader.case import Case
from grader.task import Task
from grader.task.account import Account, profile

ROOT = Path(__file__).parent.parent
CORPUS = ROOT.parent / "shared" / "corpus" / "dev"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs the corpus where it is absent."""
    if not CORPUS.is_dir():
        for item in items:
            if item.get_closest_marker("corpus"):
                item.add_marker(pytest.mark.skip(reason="the corpus is not beside the project"))


@pytest.fixture
def make_case(tmp_path: Path) -> Callable[..., Case]:
    """Return a function that makes a case of files by name."""

    def write(folder: Path, files: Mapping[str, str]) -> Bundle:
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return read_response(folder)

    def make(
        files: Mapping[str, str],
        prompt: str = "Write a template.",
        account: Account | None = None,
        ideal: Mapping[str, str] | None = None,
    ) -> Case:
        bundle = write(tmp_path / "response", files)
        task = Task("t", "T", prompt, account or profile("fresh"))
        return Case(task, bundle, ideal=write(tmp_path / "ideal", ideal) if ideal else None)

    return make
