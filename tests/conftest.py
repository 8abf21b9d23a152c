"""What every test may use."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from grader.bundle import Bundle, read_response
from grader.case import Case
from grader.catalogue import load_catalogue
from grader.cli.main import main
from grader.task import Task
from grader.task.account import Account, profile

# no test depends on the speed of the machine
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

ROOT = Path(__file__).parent.parent
CORPUS = ROOT.parent / "shared" / "corpus" / "dev"
TASK = ROOT / "tasks" / "101912473"  # the shipped task
TOPIC = "Resources:\n  Orders:\n    Type: AWS::SNS::Topic\n    Properties: {DisplayName: orders}\n"
BROKEN = "Resources:\n  Orders:\n    Type: AWS::SNS::Topic\n    Properties: {DisplayName: !Ref Nothing}\n"

HOSTILE = BROKEN.replace("Orders", "Orders<script>document.title='taken'</script>{{7*7}}${7*7}" + "x" * 300)

WHOLLY_SLOW = re.compile(r"^pytestmark = (\[\s*)?pytest\.mark\.slow\b", re.M)
Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]
Start = Callable[..., subprocess.Popen[str]]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that makes the fuzzer run longer."""
    parser.addoption(
        "--fuzz", type=int, default=0, metavar="N", help="try N mutated answers on each level, others each time"
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out files of slow tests where these are not wanted: to import what they need takes seconds."""
    if config.option.markexpr != "not slow" or collection_path.suffix != ".py":
        return None
    return True if WHOLLY_SLOW.search(collection_path.read_text("utf-8")) else None


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


def command(*arguments: object) -> list[str]:
    """Return `grade` with arguments, as the command of a process."""
    return [sys.executable, "-P", "-m", "grader", *map(str, arguments)]


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of a process that runs this code and keeps its cache in a folder."""
    return os.environ | {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(folder / "cache"), "NO_COLOR": "1"}


@dataclass(frozen=True)
class Cli:
    """`grade` as a user calls it, in a folder: called, it runs in this process; `process` starts one of its own."""

    folder: Path

    def __call__(self, *arguments: object, stdin: bytes = b"") -> Done:
        """Run `grade` in this process, which takes a tenth of the time."""
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
        load_catalogue.cache_clear()  # it is kept by the name of the folder of rules
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment(self.folder).items():
                patch.setenv(name, value)
            patch.chdir(self.folder)
            patch.setattr(sys, "argv", ["grade", *map(str, arguments)])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            with pytest.raises(SystemExit) as ended:
                main()
        texts = [stream.buffer.getvalue().decode() for stream in (out, err)]
        code = ended.value.code
        return subprocess.CompletedProcess([*map(str, arguments)], code if isinstance(code, int) else 0, *texts)

    def process(self, *arguments: object) -> Done:
        """Run `grade` as a process of its own."""
        return subprocess.run(
            command(*arguments),
            cwd=self.folder,
            env=environment(self.folder),
            capture_output=True,
            text=True,
            timeout=600,  # for a machine that is busy; nothing here takes a tenth of it
            check=False,
        )


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """Return `grade` in the test's folder."""
    return Cli(tmp_path)


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
def grade(cli: Cli) -> Run:
    """Return `grade` as a process: a batch starts workers, and handles signals."""
    return cli.process


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Return a function that starts a command in the test's folder; its process is ended with the test."""
    processes: list[subprocess.Popen[str]] = []

    def started(arguments: list[str], **more: Any) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            arguments,
            cwd=tmp_path,
            env=environment(tmp_path),
            text=True,
            preexec_fn=_heed_signals,
            **{"stderr": subprocess.PIPE} | more,
        )
        processes.append(process)
        return process

    yield started
    for process in processes:
        with process:  # closes its streams
            process.kill()


def _heed_signals() -> None:
    """A shell that runs the tests in the background ignores the signal, and its children inherit that."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def ended(*processes: int) -> bool:
    """Return whether none of the processes is left."""
    return not any(Path(f"/proc/{process}").exists() for process in processes)


def wait_for(condition: Callable[[], object], seconds: float = 300) -> None:
    """Wait until a condition is true. The limit is for a machine that is busy: what is waited for takes a second or two."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the condition did not become true"
        time.sleep(0.02)
