"""A night of three models: one that answers in the records of every harness, one that is cut off and one that refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Cli

TASKS = ("alerts", "audit", "bills", "carts", "deals", "events", "feeds", "goods", "hooks")
REFUSAL = "I'm sorry, but I cannot help with that.\n"
pytestmark = pytest.mark.slow


def template(name: str) -> str:
    topic = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n    Properties:\n"
    return f"{topic}      DisplayName: {name}\n      KmsMasterKeyId: alias/aws/sns\n"


def answer(name: str) -> str:
    return f"The topic:\n\n```yaml\n{template(name)}```\n"


def chat(text: str, reason: str = "stop") -> dict[str, Any]:
    choice = {"message": {"role": "assistant", "content": text}, "finish_reason": reason}
    return {"choices": [choice], "usage": {"prompt_tokens": 20, "completion_tokens": 50}}


def records() -> Iterator[dict[str, Any]]:
    """Yield a record of each harness whose records are lines, each an answer to another task."""
    yield {"response": chat(answer("alerts"))}
    yield {"output": [{"type": "message", "content": [{"type": "output_text", "text": answer("audit")}]}]}
    yield {"role": "assistant", "content": [{"type": "text", "text": answer("bills")}], "stop_reason": "end_turn"}
    yield {
        "output": {"message": {"role": "assistant", "content": [{"text": answer("carts")}]}},
        "stopReason": "end_turn",
    }
    yield {"candidates": [{"content": {"parts": [{"text": answer("deals")}]}, "finishReason": "STOP"}]}
    yield {"generated_text": answer("events")}
    yield {"files": {"template.yml": template("feeds")}}


def promptfoo(task: str) -> dict[str, Any]:
    result = {"vars": {"task": task}, "provider": {"id": "honest"}, "response": {"output": answer(task)}}
    return {"evalId": "e", "results": {"version": 3, "results": [result]}}


def inspect(task: str) -> dict[str, Any]:
    sample = {"id": task, "epoch": 1, "output": chat(answer(task))}
    return {"version": 2, "eval": {"model": "honest", "config": {"epochs": 1}}, "samples": [sample]}


@pytest.fixture
def night(tmp_path: Path) -> Path:
    """A folder of tasks, and answers with a typo in a name, an empty answer and a bad line."""
    for name in TASKS:
        folder = tmp_path / "tasks" / name
        folder.mkdir(parents=True)
        (folder / "PROMPT.md").write_text(f"Write a template with an SNS topic for {name}, encrypted with a KMS key.\n")
    answers = tmp_path / "answers"
    (answers / "refuser").mkdir(parents=True)
    for name in (*TASKS[:-1], "hoks"):
        (answers / "refuser" / f"{name}.md").write_text(REFUSAL)
    lines = [{"task": name, "model": "honest"} | record for name, record in zip(TASKS, records(), strict=False)]
    (answers / "honest.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines) + '{"task": "alerts",\n')
    (answers / "promptfoo.json").write_text(json.dumps(promptfoo("goods")))
    (answers / "inspect.json").write_text(json.dumps(inspect("hooks")))
    cut = [{"task": name, "model": "cutter", "response": chat(answer(name)[:70], "length")} for name in TASKS[:-1]]
    cut.append({"task": TASKS[-1], "model": "cutter", "response": chat("")})
    (answers / "cutter.jsonl").write_text("".join(json.dumps(line) + "\n" for line in cut))
    return tmp_path


def table(screen: str) -> dict[str, dict[str, str]]:
    """Read the table of the models: cells by column, models in their order."""
    lines = screen.splitlines()
    start = next(number for number, line in enumerate(lines) if line.split()[:1] == ["model"])
    head = lines[start].replace("own score", "own").replace("cut off", "cut").split()
    rows = [line.split() for line in lines[start + 1 : start + 4]]
    return {cells[0]: dict(zip(head[1:], cells[1:], strict=True)) for cells in rows}


def test_the_first_screen_has_the_honest_model_first_and_everything_that_is_wrong(night: Path, cli: Cli) -> None:
    done = cli.process("batch", "tasks", "--responses", "answers", "--out", "run", "--fast", "--jobs", "2")
    screen = done.stderr
    assert done.returncode == 2, screen
    assert "26 of 28 responses graded into run: " in screen
    assert "ranked on the 8 of 9 tasks that all models answered" in screen
    models = table(screen)
    assert list(models) == ["honest", "cutter", "refuser"]
    honest, cutter, refuser = models.values()
    assert (honest["score"], honest["own"], honest["passed"], honest["missing"]) == ("100.0", "100.0", "100%", "0")
    assert (refuser["score"], refuser["refused"], refuser["tasks"], refuser["missing"]) == ("0.0", "8", "8", "1")
    assert (cutter["cut"], cutter["empty"], cutter["passed"]) == ("8", "1", "0%")
    assert 0 < float(cutter["own"]) < float(cutter["score"]) < 50
    assert "2 of no task: answers/honest.jsonl:8, answers/refuser/hoks.md\n" in screen
    assert "answers/refuser/hoks.md: no task is named 'hoks': did you mean hooks?\n" in screen
    assert "1 empty: answers/cutter.jsonl:9\n" in screen
    assert "1 not answered by refuser: hooks\n" in screen
