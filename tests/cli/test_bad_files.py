"""Every command with every kind of file that it cannot use: it says so in one line, or makes what can be made of it."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.conftest import TOPIC, Cli

BAD: dict[str, bytes | None] = {
    "missing": None,
    "empty": b"",
    "blank": b" \n\t\n",
    "binary": bytes(range(256)),
    "not UTF-8": b"id: caf\xe9\n",
    "half a character": b'{"id": "\\ud83d", "task": "\\udc00", "schema": 2, "levels": "\\ud800"}',
    "deep": b"[" * 100_000,
    "deep maps": b'{"a":' * 100_000,
    "laughs": b"a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    + b"".join(b"%c: &%c [%b]\n" % (n, n, b", ".join([b"*%c" % (n - 1)] * 10)) for n in range(98, 112)),
    "cut off": b'{"id": "x", "task',
    "a list": b"[]",
    "null": b"null",
    "a number": b"3",
    "a text": b'"text"',
    "a map of nothing": b'{"": null}',
    "lists in a map": b'{"id": [], "task": {}, "schema": [1], "levels": [[]], "rules": [], "counts": 3, "Parameters": 1}',
    "long number": b"id: " + b"9" * 5_000 + b"\n",
    "tags": b"id: !!int x\nlevels: !!python/object:os.system [x]\nrules: !Sub {a: b}\n",
    "a date": b"id: 2001-99-99\ntitle: 2001-01-01\n",
    "control characters": b"\x1b[2J\x07\x00\n",
    "a folder": None,
}
# The file that is bad, and what a command is called with.
PLACES: dict[str, tuple[str, tuple[str, ...]]] = {
    "response": ("answer.yml", ("run", "task", "--response", "answer.yml", "--fast")),
    "response as markdown": ("answer.md", ("plan", "task", "--response", "answer.md")),
    "read": ("answer", ("read", "answer")),
    "prompt": ("task/PROMPT.md", ("run", "task", "--response", "topic.yml", "--fast")),
    "task": ("task/task.yaml", ("run", "task", "--response", "topic.yml", "--fast")),
    "task's account": ("task/account.yaml", ("plan", "task", "--response", "topic.yml")),
    "task's parameters": ("task/parameters.json", ("plan", "task", "--response", "topic.yml")),
    "requirements": ("task/requirements.guard", ("run", "task", "--response", "topic.yml", "--fast")),
    "ideal": ("task/IDEAL_RESPONSE.md", ("run", "task", "--response", "topic.yml", "--fast")),
    "checked task": ("task/task.yaml", ("tasks", "check", ".")),
    "shown task": ("task/task.yaml", ("tasks", "show", "task")),
    "listed task": ("task/task.yaml", ("tasks", "list", ".")),
    "task's requirements": ("task/task.yaml", ("tasks", "requirements", "task")),
    "rubric": ("rubric.yaml", ("run", "task", "--response", "topic.yml", "--fast", "--rubric", "rubric.yaml")),
    "rule in Python": ("house/rule.py", ("rules", "list", "--rules", "house")),
    "rule in Guard": ("house/rule.guard", ("rules", "list", "--rules", "house")),
    "rule in CEL": ("house/rule.cel", ("rules", "test", "house")),
    "rules": ("house", ("run", "task", "--response", "topic.yml", "--fast", "--rules", "house")),
    "parameters": ("values.json", ("plan", "task", "--response", "topic.yml", "--parameters", "values.json")),
    "account": ("account.yaml", ("plan", "task", "--response", "topic.yml", "--account", "account.yaml")),
    "compared response": ("answer", ("diff", "answer", "topic.yml")),
    "compared ideal": ("answer", ("diff", "topic.yml", "answer")),
    "imported": ("source", ("tasks", "import", "source", "--to", "new")),
    "tasks of a batch": ("tasks", ("batch", "tasks", "--out", "new")),
    "run of a report": ("run", ("report", "run")),
    "rows of a report": ("run/results.jsonl", ("report", "run", "--format", "markdown")),
    "result of a report": ("run/m/task/result.json", ("report", "run", "--format", "html")),
    "run.json of a report": ("run/run.json", ("report", "run", "--format", "json")),
    "baseline": ("before/results.jsonl", ("report", "run", "--format", "json", "--baseline", "before")),
    "compared rows": ("run/results.jsonl", ("compare", "before", "run")),
    "compared result": ("run/m/task/result.json", ("compare", "before", "run")),
    "agreed result": ("run/m/task/result.json", ("agree", "run", "--experts", "experts")),
    "experts": ("experts/task.md", ("agree", "run", "--experts", "experts")),
    "cache": ("cache/grade/results/aa/aabb.json", ("cache", "show")),
}
ROW = {
    "id": "m/task", "model": "m", "task": "task", "sample": "", "status": "graded", "score": 50.0, "verdict": "blocked",
    "passes": False, "answer": "template", "delivered": 1.0, "counts": {"Critical": 1, "High": 0, "Medium": 0},
    "requirements_met": 0, "requirements": 0, "failures": [], "unjudged": [], "error": "", "seconds": 0.1,
}  # fmt: skip


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A task with a response, and two runs with a result."""
    folder = tmp_path_factory.mktemp("good")
    (folder / "task").mkdir()
    (folder / "task" / "PROMPT.md").write_text("Write a template with a topic.\n")
    (folder / "topic.yml").write_text(TOPIC)
    (folder / "house").mkdir()
    (folder / "experts").mkdir()
    (folder / "experts" / "task.md").write_text("# Task\n\n## Failures\n\n### 1. A failure\n\n**Severity:** High\n")
    done = Cli(folder)("run", "task", "--response", "topic.yml", "--fast", "--out", "run/m/task")
    assert done.returncode == 0, done.stderr
    (folder / "run" / "results.jsonl").write_text(json.dumps(ROW) + "\n")
    (folder / "run" / "run.json").write_text('{"schema": 1, "batch": {}}')
    shutil.copytree(folder / "run", folder / "before")
    return folder


@pytest.fixture
def copied(good: Path, tmp_path: Path) -> Path:
    shutil.copytree(good, tmp_path, dirs_exist_ok=True)
    return tmp_path


def _write(path: Path, kind: str) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = BAD[kind]
    if kind == "a folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
def test_a_bad_file_is_one_line_or_does_no_harm(place: str, copied: Path, cli: Cli) -> None:
    name, arguments = PLACES[place]
    for kind in BAD:
        _write(copied / name, kind)
        for new in ("new", "reports"):
            shutil.rmtree(copied / new, ignore_errors=True)
        done = cli(*arguments)
        said = f"{place}, {kind}: {done.returncode} {done.stderr[-600:]}"
        assert done.returncode in (0, 1, 2), said
        assert "Traceback" not in done.stderr, said
        assert "\x1b" not in done.stderr + done.stdout, said
        if done.returncode == 2 and arguments[0] != "batch":
            assert done.stderr.startswith("grade: "), said
            assert done.stderr.count("\n") == 1, said


@pytest.mark.parametrize(
    "place", ["rubric", "task", "settings", "account", "parameters", "response", "rows of a report"]
)
def test_a_pipe_and_a_large_file_are_refused_at_once(place: str, copied: Path, cli: Cli) -> None:
    name, arguments = PLACES.get(place, ("house.toml", ("--settings", "house.toml", "read", "topic.yml")))
    path = copied / name
    path.unlink(missing_ok=True)
    os.mkfifo(path)  # nobody writes into it: to read it is to wait
    done = cli(*arguments)
    assert done.returncode in (0, 2), done.stderr
    assert "Traceback" not in done.stderr
    path.unlink()
    with path.open("wb") as file:
        file.truncate(100_000_000)
    assert cli(*arguments).returncode == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    "place", ["rubric", "rules", "parameters", "account", "run of a report", "tasks of a batch", "imported"]
)
@pytest.mark.parametrize("kind", ["missing", "binary", "deep"])
def test_what_a_command_needs_and_cannot_read_ends_it(place: str, kind: str, copied: Path, cli: Cli) -> None:
    name, arguments = PLACES[place]
    _write(copied / name, kind)
    assert cli(*arguments).returncode == 2


def test_an_error_of_the_program_is_said_to_be_one(copied: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError("division by\nzero")

    monkeypatch.setattr("grader.bundle.read_response", fails)
    done = cli("read", "topic.yml")
    assert done.returncode == 3
    assert done.stderr == (
        "grade: ZeroDivisionError: division by zero: this is an error of grade; `grade --debug ...` shows the traceback\n"
    )
    assert 'raise ZeroDivisionError("division by' in cli("--debug", "read", "topic.yml").stderr
