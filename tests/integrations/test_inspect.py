"""Evaluations of Inspect with its mock model: scores, what they say, and the same scores from the log by a batch."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Literal

import pytest

from grader.errors import InputError
from grader.runs import Options, Outcome, Plan, jobs_of, run_batch
from grader.runs.authoring import new_task
from tests.conftest import environment

pytest.importorskip("inspect_ai", reason="the extra `inspect` is not installed")

from inspect_ai import Epochs, Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalLog, read_eval_log
from inspect_ai.model import ModelOutput, ModelUsage, get_model

from grader.integrations.inspect import cloudformation, cloudformation_dataset, cloudformation_task
from grader.integrations.inspect.explanation import explanation
from grader.integrations.inspect.scoring import score_of

GOOD = "Resources:\n  Orders:\n    Type: AWS::SNS::Topic\n    Properties:\n      KmsMasterKeyId: alias/aws/sns\n"
OUTPUT = "Outputs:\n  TopicArn:\n    Description: ARN of the topic\n    Value: !Ref Orders\n"
CLEAN = f"The topic:\n\n```yaml\n{GOOD}{OUTPUT}```\n"
WRONG = f"The topic:\n\n```yaml\n{GOOD}      Colour: red\n{OUTPUT}```\n"
pytestmark = pytest.mark.slow  # to import Inspect takes seconds
REFUSAL = "I'm sorry, but I cannot help with that."


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two tasks in a folder that is the current one, and the environment of `grade`."""
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("INSPECT_LOG_DIR", str(tmp_path / "logs"))
    monkeypatch.chdir(tmp_path)
    for name in ("alerts", "orders"):
        new_task(name, tmp_path / "tasks")
    return tmp_path


def mock(*answers: str | ModelOutput) -> Any:
    """Return Inspect's mock model with answers, over and over; with token counts, or it would fetch a tokenizer."""

    def outputs() -> Iterator[ModelOutput]:
        while True:
            for answer in answers:
                output = answer if isinstance(answer, ModelOutput) else ModelOutput.from_content("mockllm", answer)
                output.usage = ModelUsage(input_tokens=5, output_tokens=7, total_tokens=12)
                yield output

    return get_model("mockllm/model", custom_outputs=outputs(), memoize=False)


def evaluated(task: Task, model: Any, form: Literal["eval", "json"] = "eval", **options: Any) -> EvalLog:
    """Run an evaluation, one sample after the other, and read its log as `inspect view` does."""
    [log] = eval(task, model=model, log_format=form, display="none", max_samples=1, **options)
    return read_eval_log(log.location)


def scores(log: EvalLog) -> dict[tuple[str, str], float]:
    return {
        (str(one.id), str(one.epoch)): one.scores["cloudformation"].as_float()
        for one in log.samples or ()
        if one.scores
    }


def graded_again(folder: Path, options: Options) -> dict[tuple[str, str], float]:
    run_batch(Plan(folder / "tasks", folder / "run", responses=folder / "logs", workers=1, use_cache=False), options)
    rows = map(json.loads, (folder / "run" / "results.jsonl").read_text("utf-8").splitlines())
    return {(row["task"], row["sample"]): round(row["score"] / 100, 5) for row in rows}


def test_two_epochs_and_the_same_scores_from_the_log(folder: Path) -> None:
    log = evaluated(cloudformation_task("tasks", fast=True, jobs=1), mock(CLEAN, WRONG, REFUSAL, ""), epochs=2)
    found = scores(log)
    assert sorted(found.values()) == [0, 0, pytest.approx(0.75), 1]
    assert graded_again(folder, Options(fast=True)) == found
    [result] = log.results.scores if log.results else []
    assert set(result.metrics) == {"mean", "stderr"}
    assert result.metrics["mean"].value == pytest.approx(sum(found.values()) / 4)


def test_a_log_as_json_whose_answer_is_cut_off_and_refused_by_a_filter(folder: Path) -> None:
    cut = ModelOutput.from_content("mockllm", CLEAN, stop_reason="max_tokens")
    filtered = ModelOutput.from_content("mockllm", "", stop_reason="content_filter")
    log = evaluated(cloudformation_task("tasks", fast=True, jobs=1), mock(cut, filtered), "json")
    found = scores(log)
    assert min(found.values()) == 0 < max(found.values()) < 1
    again = graded_again(folder, Options(fast=True))
    assert {task: score for (task, _), score in again.items()} == {task: score for (task, _), score in found.items()}
    verdicts = {one.scores["cloudformation"].metadata["verdict"] for one in log.samples or () if one.scores}  # type: ignore[index]
    assert verdicts == {"truncated", "refused"}


def test_a_damaged_log_is_one_line(folder: Path) -> None:
    evaluated(cloudformation_task("tasks/orders", fast=True, jobs=1), mock(CLEAN * 20))
    [path] = (folder / "logs").iterdir()
    with zipfile.ZipFile(path) as archive:
        [sample] = [one for one in archive.infolist() if one.filename.startswith("samples/")]
    data = bytearray(path.read_bytes())
    start = sample.header_offset + 30 + len(sample.filename) + 40
    data[start : start + 40] = bytes(40)
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"samples/\S+ in the archive cannot be read: "):
        list(jobs_of(folder / "tasks", "model", folder / "logs"))


def test_what_a_score_says(folder: Path) -> None:
    log = evaluated(cloudformation_task("tasks/orders", fast=True, jobs=1), mock(WRONG))
    [sample] = log.samples or []
    assert (sample.id, sample.metadata["title"]) == ("orders", "Task orders")
    assert sample.scores is not None
    score = sample.scores["cloudformation"]
    about = score.metadata or {}
    assert (about["verdict"], about["score"], about["delivered"], about["passes"]) == ("blocked", 75.0, 1.0, False)
    assert about["counts"] == {"Critical": 1, "High": 0, "Medium": 0}
    [failure] = about["failures"]
    assert (failure["level"], failure["places"][0]["resource"], failure["places"][0]["source_line"]) == (
        "Critical",
        "Orders",
        9,
    )
    assert {one["standing"] for one in about["requirements"]} <= {"met", "unjudged"}
    assert score.answer == "template.yml"
    text = score.explanation or ""
    assert text.startswith("**Blocked, 75 of 100**: 1 Critical.\n\nRequirements: ")
    assert "#### 1. Critical: " in text
    assert "- `template.yml:6` `Orders` (AWS::SNS::Topic), line 9 of the completion" in text
    assert "**Fix**: " in text


def test_whether_it_passes_as_the_value(folder: Path) -> None:
    log = evaluated(
        cloudformation_task("tasks/orders", value="passes", fast=True, jobs=1),
        mock(CLEAN, WRONG),
        epochs=Epochs(2, ["pass_at_2", "mean"]),
    )
    assert sorted(scores(log).values()) == [0, 1]
    means = {one.reducer: one.metrics["mean"].value for one in (log.results.scores if log.results else ())}
    assert means == {"pass_at_2": 1, "mean": 0.5}


def test_a_completion_that_takes_too_long_scores_nothing(folder: Path) -> None:
    (folder / "house").mkdir()
    (folder / "house" / "slow.py").write_text(
        "import dataclasses, time\n"
        "from grader.rules.requirements.no_template import RULE as OTHER\n"
        "def check(case):\n"
        "    while True: time.sleep(1)\n"
        "RULE = dataclasses.replace(OTHER, id='house-slow', check=check, stands_for=())\n"
    )
    slow = cloudformation_task("tasks/orders", rules="house", fast=True, jobs=1, time_limit=1)
    log = evaluated(slow, mock(CLEAN))
    [sample] = log.samples or []
    assert sample.scores is not None
    score = sample.scores["cloudformation"]
    assert (score.value, score.reason) == (0, "scoring_failed")
    assert "took more than 1 seconds" in (score.explanation or "")


def test_a_dataset_of_ones_own_names_its_tasks(folder: Path) -> None:
    samples = [Sample(input="Which topic?", id=7, metadata={"task": "orders"})]
    task = Task(dataset=samples, scorer=cloudformation("tasks", fast=True, jobs=1))
    assert scores(evaluated(task, mock(CLEAN))) == {("7", "1"): 1}
    unknown = Task(dataset=[Sample(input="Which?", id="order")], scorer=cloudformation("tasks", fast=True, jobs=1))
    log = evaluated(unknown, mock(CLEAN))
    assert log.status == "error"
    assert log.error is not None
    assert "no task is named 'order': did you mean orders?" in log.error.message


def test_inspect_finds_the_task_by_its_entry_point(folder: Path) -> None:
    assert "grader" in {point.name for point in entry_points(group="inspect_ai")}, "install the package again"
    (folder / "canned.py").write_text(
        "from inspect_ai.model import ModelOutput\n"
        "from inspect_ai.solver import solver\n\n"
        "@solver\n"
        "def canned():\n"
        "    async def solve(state, generate):\n"
        f"        state.output = ModelOutput.from_content('canned', {CLEAN!r})\n"
        "        return state\n"
        "    return solve\n"
    )
    command = ["eval", "grader/cloudformation", "-T", "tasks=tasks/orders", "-T", "fast=true", "-T", "jobs=1"]
    more = ["--solver", "canned.py", "--model", "mockllm/model", "--display", "plain"]
    done = subprocess.run(
        [sys.executable, "-m", "inspect_ai", *command, *more],
        cwd=folder,
        env=environment(folder) | {"INSPECT_LOG_DIR": str(folder / "logs")},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    [path] = (folder / "logs").iterdir()
    log = read_eval_log(str(path))
    assert log.eval.task == "grader/cloudformation"
    assert scores(log) == {("orders", "1"): 1}
    assert graded_again(folder, Options(fast=True)) == {("orders", ""): 1}


def test_a_folder_of_tasks_as_a_dataset(folder: Path) -> None:
    dataset = cloudformation_dataset("tasks")
    assert [sample.id for sample in dataset] == ["alerts", "orders"]
    assert str(dataset[1].input) == (folder / "tasks" / "orders" / "PROMPT.md").read_text("utf-8")
    assert dataset[1].metadata == {"task": "orders", "title": "Task orders", "region": "us-east-1"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"tasks": "nowhere"}, "no such folder of tasks"),
        ({"value": "points"}, "score or passes"),
        ({"rubric": "none.yaml"}, "none.yaml"),
    ],
)
def test_a_scorer_that_cannot_be_used_is_refused_at_once(folder: Path, given: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        cloudformation(**given)


@pytest.mark.parametrize(
    ("given", "message"),
    [({"tasks": "no[b]where"}, r"/no\\\[b]where: no such folder"), ({"value": "points"}, "^the value")],
)
def test_inspect_prints_what_is_wrong_with_a_parameter_in_one_line(
    folder: Path, given: dict[str, Any], message: str
) -> None:
    from inspect_ai._util.error import PrerequisiteError  # whose message Inspect prints without a traceback

    with pytest.raises(PrerequisiteError) as refused:
        cloudformation_task(**given)
    assert re.search(message, str(refused.value.message))
    assert isinstance(refused.value, InputError)


def outcome(**failure: Any) -> Outcome:
    place = {
        "file": "a.yml",
        "line": 2,
        "resource": "A`<b>",
        "type": "AWS::SNS::Topic",
        "source_line": 2,
        "message": "",
    }
    entry = {"number": 1, "level": "High", "title": "T", "issue": "I.", "fix": "", "evidence": [place] * 5} | failure
    result = {"verdict": "deficient", "score": 62.5, "counts": {"High": 1}, "requirements": [], "detectors": {}}
    return Outcome("graded", {"verdict": "deficient"}, json.dumps(result | {"failures": [entry]}))


def test_an_explanation_keeps_its_structure_whatever_the_response_holds() -> None:
    text = explanation(outcome(title="two\nlines", issue="# Not a heading\n```yaml\nnever: closed", fix="Fix it."))
    assert "#### 1. High: two lines" in text
    assert "\n\\# Not a heading\n" in text
    assert text.count("```") == 2
    assert "`` A`<b> ``" in text
    assert "- and 2 more" in text


def test_an_outcome_without_a_result_is_a_score_of_nothing() -> None:
    row = {"status": "error", "score": 0.0, "verdict": "error", "passes": False, "answer": "", "delivered": 0.0}
    score = score_of(Outcome("error", row | {"counts": {}, "unjudged": [], "error": "a binary file"}))
    assert (score.value, score.reason) == (0, "invalid_response_format")
    assert score.explanation == "**Not graded** (error): `a binary file`"
