"""Small tasks with responses of two models, and the commands run on them as processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOPIC = "Resources:\n  Orders:\n    Type: AWS::SNS::Topic\n    Properties: {DisplayName: orders}\n"
BROKEN = "Resources:\n  Orders:\n    Type: AWS::SNS::Topic\n    Properties: {DisplayName: !Ref Nothing}\n"
HOSTILE = BROKEN.replace("Orders", "Orders<script>document.title='taken'</script>{{7*7}}${7*7}" + "x" * 300)

Run = Callable[..., subprocess.CompletedProcess[str]]


def environment(folder: Path) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(folder / "cache"), "NO_COLOR": "1"}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "grader", *arguments]


@pytest.fixture
def tasks(tmp_path: Path) -> Path:
    """Six tasks with their own responses, and in `answers/` those of two models."""
    for number in range(6):
        folder = tmp_path / "tasks" / f"t{number}"
        folder.mkdir(parents=True)
        (folder / "PROMPT.md").write_text("A topic for orders.")
        (folder / "MODEL_RESPONSE.md").write_text(f"```yaml\n{BROKEN if number % 2 else TOPIC}```\n")
        for model, text in (("good", TOPIC), ("bad", HOSTILE if number == 0 else BROKEN)):
            path = tmp_path / "answers" / model / f"t{number}.yml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    return tmp_path / "tasks"


@pytest.fixture
def grade(tmp_path: Path) -> Run:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(*arguments), cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, timeout=300
        )

    return run
