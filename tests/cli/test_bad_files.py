"""Every command with every kind of file that it cannot use: it says so in one line, or makes what can be made of it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click
import pytest

from grader.cli.main import cli as main_group
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
    "NUL": b"id: a\0b\n",
    "a mark of byte order": b"\xef\xbb\xbfid: x\n",
    "UTF-16": "id: x\nlevels: y\n".encode("utf-16"),
    "CRLF": b"id: a\r\ntitle: b\r\n",
    "a long line": b"id: " + b"x" * 1_000_000 + b"\n",
    "keys twice": b"id: a\nid: b\n",
    "keys twice in JSON": b'{"id": 1, "id": 2}',
    "unknown keys": b"no_such_key: 1\nNoSuchKey: 2\n",
    "infinite": b'{"id": 1e99999, "schema": NaN, "levels": -Infinity}',
    "lines of JSON, one bad": b'{"task": "task", "response": "x"}\n{"task": \n',
    "an archive cut off": b"PK\x03\x04" + b"\x00" * 40,
    "a folder": None,
}
# What is no file that can be read: how it is made.
ODD: dict[str, Callable[[Path], None]] = {
    "a link to nothing": lambda path: path.symlink_to("nowhere"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "an endless device": lambda path: path.symlink_to("/dev/zero"),
    "a pipe that nobody writes into": os.mkfifo,
    "a folder that cannot be entered": lambda path: path.mkdir(mode=0),
    "a file that cannot be read": lambda path: path.touch(mode=0),
}
KINDS = (*BAD, *ODD)
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
    "log of a batch": ("logs/a.jsonl", ("batch", "night", "--responses", "logs", "--out", "new", "--fast")),
    "log of Inspect": ("logs/a.eval", ("batch", "night", "--responses", "logs", "--out", "new", "--fast")),
    "run.json of a resumed batch": ("run/run.json", ("batch", "night", "--out", "run", "--fast", "--resume")),
    "rows of a resumed batch": ("run/results.jsonl", ("batch", "night", "--out", "run", "--fast", "--resume")),
    "settings here": ("grade.toml", ("read", "topic.yml")),
    "settings of a project": ("pyproject.toml", ("read", "topic.yml")),
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
    shutil.copytree(folder / "task", folder / "night" / "asked")
    for name in ("MODEL_RESPONSE.md", "IDEAL_RESPONSE.md"):
        (folder / "night" / "asked" / name).write_text(f"```yaml\n{TOPIC}```\n")
    return folder


@pytest.fixture
def copied(good: Path, tmp_path: Path) -> Path:
    shutil.copytree(good, tmp_path, dirs_exist_ok=True)
    return tmp_path


def _write(path: Path, kind: str) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = BAD.get(kind)
    if kind in ODD:
        ODD[kind](path)
    elif kind == "a folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)


def _check(cli: Cli, place: str, kind: str, name: str, arguments: Sequence[str]) -> None:
    """Check that a command with a bad file does what it can, or says in one line what is wrong with which file."""
    done = cli(*arguments)
    said = f"{place}, {kind}: {done.returncode} {done.stderr[-600:]}"
    assert done.returncode in (0, 1, 2), said
    assert "Traceback" not in done.stderr, said
    assert "\x1b" not in done.stderr + done.stdout, said
    if done.returncode == 2:
        assert done.stderr.startswith("grade: "), said
        is_list = (
            arguments[0] == "batch" and "responses graded" in done.stderr
        )  # a line for each record, and what was graded
        assert is_list or done.stderr.count("\n") == 1, said
        assert name in done.stderr, said


def _commands(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command below a group with the words that call it."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _commands(below, (*words, name))
    else:
        yield words, command


# What a command is called with beside the file that is bad.
GOOD = {
    "run": "run", "run_a": "before", "run_b": "run", "task": "task", "tasks": "night", "response": "topic.yml", "left": "topic.yml",
    "rule_id": "a-rule", "task_id": "a-task", "source": "night",
}  # fmt: skip
BESIDE: dict[tuple[str, str], dict[str, str]] = {
    ("agree", "run"): {"--experts": "experts"},
    ("agree", "rules"): {"--experts": "experts"},
    ("diff", "left"): {"right": "topic.yml"},
    ("diff", "response"): {"left": "night/asked"},
    ("tasks check", "rubric"): {"folder": "night"},
    ("tasks check", "rules"): {"folder": "night"},
    ("report", "baseline"): {"--format": "json"},
    ("report", "out"): {"--format": "json"},
}


def _calls() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield a call for every file and folder that some command takes: its name, and the arguments, with `bad` for it."""
    for words, command in _commands(main_group):
        for parameter in command.params:
            if isinstance(parameter.type, click.Path | click.File):
                yield f"{' '.join(words)} {parameter.name}", (*words, *_arguments(words, command, parameter))
    yield "settings", ("--settings", "bad", "read", "topic.yml")


def _arguments(words: tuple[str, ...], command: click.Command, bad: click.Parameter) -> Iterator[str]:
    beside = dict(BESIDE.get((" ".join(words), bad.name or ""), {}))
    is_needed = [one for one in command.params if one.required or one is bad or one.name in beside]
    for one in sorted(is_needed, key=lambda one: one.param_type_name):
        name = one.name or ""
        value = "bad" if one is bad else beside.pop(name, "") or GOOD[name]
        yield from (value,) if isinstance(one, click.Argument) else (one.opts[0], value)
    for option, value in beside.items():
        yield from (option, value)
    if any("--fast" in one.opts for one in command.params):
        yield "--fast"


CALLS = dict(_calls())


def test_every_command_that_takes_a_file_is_called() -> None:
    words = {arguments[0] for arguments in CALLS.values()}
    assert {
        "agree",
        "batch",
        "compare",
        "diff",
        "plan",
        "read",
        "report",
        "rubric",
        "rules",
        "run",
        "schema",
        "tasks",
    } <= words
    assert len(CALLS) * len(KINDS) > 1_000


@pytest.mark.slow
@pytest.mark.parametrize("call", CALLS)
def test_every_command_with_every_kind_of_bad_file(call: str, copied: Path, cli: Cli) -> None:
    before = {path.name for path in copied.iterdir()}
    for kind in KINDS:
        _write(copied / "bad", kind)
        _check(cli, call, kind, "bad", CALLS[call])
        for path in copied.iterdir():
            if path.is_dir() and not path.is_symlink() and path.name not in before:
                shutil.rmtree(path)


@pytest.mark.slow
@pytest.mark.parametrize("place", [place for place, (name, arguments) in PLACES.items() if name not in arguments])
def test_a_bad_file_is_one_line_or_does_no_harm(place: str, copied: Path, cli: Cli) -> None:
    name, arguments = PLACES[place]
    for kind in KINDS:
        _write(copied / name, kind)
        for new in ("new", "reports"):
            shutil.rmtree(copied / new, ignore_errors=True)
        _check(cli, place, kind, name.partition("/")[0] if "/" in name else name, arguments)


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
