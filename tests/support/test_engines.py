"""cfn-lint's process: bounded in time, started again, deaf to the current folder."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import termios
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from grader import Result, grade, load_rubric, load_task, read_response
from grader.catalogue import load_catalogue
from grader.detectors import cfn_lint, native
from grader.support.engines.cfn_lint_process import covered
from grader.support.engines.registry import linter
from tests.conftest import BROKEN, ROOT, Cli, Start, ended, wait_for

LINTER = b"grader.support.engines.cfn_lint_process"
pytestmark = pytest.mark.slow


@pytest.fixture
def answer(tmp_path: Path) -> Path:
    """A task with a response that holds one failure."""
    (tmp_path / "task").mkdir()
    (tmp_path / "task" / "PROMPT.md").write_text("A topic for orders.")
    (tmp_path / "answer.yml").write_text(BROKEN)
    return tmp_path / "answer.yml"


def graded(answer: Path) -> Result:
    return grade(load_task(answer.parent / "task"), read_response(answer), load_rubric())


def linters() -> list[int]:
    """The processes of cfn-lint below this one."""
    found = []
    for path in Path(f"/proc/{os.getpid()}/task").glob("*/children"):
        with suppress(OSError):  # a thread or a process that ended meanwhile
            pids = [int(pid) for pid in path.read_text().split()]
            found += [pid for pid in pids if LINTER in Path(f"/proc/{pid}/cmdline").read_bytes()]
    return found


def kill_when_asked(process: int) -> None:
    """Kill a stopped process when a request is waiting in its standard input."""

    def waiting() -> int:
        with Path(f"/proc/{process}/fd/0").open("rb") as pipe:
            return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)

    wait_for(waiting)
    os.kill(process, signal.SIGKILL)


def rules(result: Result) -> set[str]:
    return {failure.rule for failure in result.failures}


def test_out_of_time_loses_nothing_else(answer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cfn_lint, "SECONDS", 0.0)
    result = graded(answer)
    assert result.detectors["cfn-lint"].errors == ("EngineLimitError: answer.yml: not judged, 0 seconds were over",)
    assert "undefined-reference" in rules(result)
    monkeypatch.undo()
    again = graded(answer)
    assert again.detectors["cfn-lint"].errors == ()
    assert rules(again) == rules(result)


def test_what_the_other_engine_covers_runs_where_all_rules_are_asked_for() -> None:
    text = "Resources:\n  Orders: {Type: AWS::SNS::Topic, DependsOn: News}\n  News: {Type: AWS::SNS::Topic}\nOutputs:\n"
    text += "  Name: {Value: !Sub 'plain'}\n"  # W1020: a Sub without a variable

    def ids(whole: bool) -> set[str]:
        answer = linter().ask({"text": text, "region": "us-east-1", "whole": whole}, 60)
        return {match["rule"] for match in answer["matches"]}

    assert "W1020" in covered()
    assert ids(whole=True) - ids(whole=False) == {"W1020"}


JUDGE = """
import json, sys
from grader.support.engines import cfn_lint_process
from grader.support.engines.cfn_lint_faster import make_faster
if sys.argv[1] == "faster":
    make_faster()
print(json.dumps([cfn_lint_process.lint(text, "us-east-1", whole=True) for text in json.load(sys.stdin)]))
"""


def test_the_faster_functions_report_the_same() -> None:
    rules = [rule for _, rule in sorted(load_catalogue().rules.items()) if rule.fails]
    heard = [rule for rule in rules if any(name.startswith("cfn-lint:") for name in rule.stands_for)]
    examples = [rule.fails[0] for rule in (*rules[::40], *heard)]
    texts = [text for one in examples for name, text in one.files.items() if name.endswith((".yml", ".yaml", ".json"))]
    assert len(texts) > 20
    said = {
        how: subprocess.run(
            [sys.executable, "-c", JUDGE, how],
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "1"},  # of sets in messages
            input=json.dumps(texts),
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for how in ("faster", "as it is")
    }
    assert said["faster"] == said["as it is"]
    assert sum(map(bool, json.loads(said["faster"]))) > 5


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks for processes in /proc")
def test_a_linter_that_is_killed_is_said_and_started_again(answer: Path) -> None:
    graded(answer)
    (before,) = linters()
    os.kill(before, signal.SIGSTOP)  # so that it does not answer before it is killed
    killer = threading.Thread(target=kill_when_asked, args=(before,))
    (answer.parent / "large.yml").write_text(
        "Resources:\n" + "".join(BROKEN.partition("\n")[2].replace("Orders", f"Orders{n}") for n in range(200))
    )
    large = read_response(answer.parent / "large.yml")
    killer.start()
    result = grade(load_task(answer.parent / "task"), large, load_rubric())
    killer.join()
    assert result.detectors["cfn-lint"].errors == ("EngineLimitError: large.yml: its process ended with -9",)
    assert graded(answer).detectors["cfn-lint"].errors == ()
    assert linters() != [before]


def test_nothing_of_the_current_folder_is_imported(answer: Path, tmp_path: Path, cli: Cli) -> None:
    for name in ("json", "cfnlint", "yaml", "queue"):
        (tmp_path / f"{name}.py").write_text("open('taken', 'w').close()\nraise SystemExit(9)\n")
    done = cli.process("run", "task", "--response", "answer.yml", "-q", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert '"undefined-reference"' in done.stdout
    assert not (tmp_path / "taken").exists()


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks for processes in /proc")
def test_the_linter_ends_with_the_process_that_asks(start: Start) -> None:
    code = "import sys, grader.support.engines.registry as e; e.linter().start(); print(flush=True); input()"
    process = start([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    process.kill()
    process.communicate()
    assert len(children) == 1
    wait_for(lambda: ended(*map(int, children)))


def test_the_schemas_of_the_package_are_used_whatever_the_user_has(tmp_path: Path) -> None:
    cache = tmp_path / "cache" / "aws" / "cfn-lint" / "schemas"
    (cache / "providers").mkdir(parents=True)
    (cache / "version.json").write_text('{"schema_date": "2999-01-01"}')
    (cache / "providers" / "us-east-1.json").write_text("{}")  # a region without any type
    code = (
        "from grader.support.engines.registry import linter;"
        "print(linter().ask({'text': 'Resources: {A: {Type: AWS::SQS::Queue}}', 'region': 'us-east-1'}, 100))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache"), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "E3006" not in done.stdout
    assert "matches" in done.stdout


def test_the_fast_engine_out_of_time_is_said_and_started_again(answer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "SECONDS", 0.0)
    result = graded(answer)
    assert "took more than 0 seconds and was ended" in result.detectors["cloudformation-validate"].errors[0]
    assert "undefined-reference" in rules(result)
    monkeypatch.undo()
    assert graded(answer).detectors["cloudformation-validate"].errors == ()
