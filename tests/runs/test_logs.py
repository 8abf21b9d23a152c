"""Files of many records: the logs of harnesses as responses of a batch."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from grader.errors import InputError
from grader.runs import Job, jobs_of
from grader.runs.work import bundle_of_job, facts_of
from tests.conftest import TOPIC


def sample(task: str, epoch: int = 1) -> dict[str, Any]:
    message = {"role": "assistant", "content": TOPIC.replace("orders", f"{task}-{epoch}")}
    output = {
        "choices": [{"message": message, "stop_reason": "stop"}],
        "usage": {"input_tokens": 5, "output_tokens": 6},
    }
    return {"id": task, "epoch": epoch, "output": output}


def spec(epochs: int) -> dict[str, Any]:
    return {"model": "house/m", "config": {"epochs": epochs}, "model_generate_config": {"temperature": 0.5}}


def as_eval(path: Path, samples: list[dict[str, Any]], epochs: int) -> Path:
    """Write a log of Inspect as it does: an archive with a header and a file for each sample."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("header.json", json.dumps({"version": 2, "status": "success", "eval": spec(epochs)}))
        for one in samples:
            archive.writestr(f"samples/{one['id']}_epoch_{one['epoch']}.json", json.dumps(one))
    return path


def found(tasks: Path, responses: Path) -> dict[str, Job]:
    return {job.id: job for job in jobs_of(tasks, "model", responses)}


def text_of(job: Job) -> str:
    return bundle_of_job(job).files[0].text


@pytest.mark.parametrize("form", ["eval", "json", "folder"])
def test_samples_of_inspect_by_task_model_and_epoch(tasks: Path, tmp_path: Path, form: str) -> None:
    samples = [sample("t0"), sample("t0", 2), sample("t1"), sample("elsewhere")]
    logs = tmp_path / "logs"
    logs.mkdir()
    if form == "json":
        path = logs / "log.json"
        path.write_text(json.dumps({"version": 2, "eval": spec(2), "samples": samples}))
    else:
        path = as_eval(logs / "log.eval", samples, 2)
    jobs = found(tasks, logs if form == "folder" else path)
    assert set(jobs) == {f"house%2Fm/{name}" for name in ("t0/1", "t0/2", "t1/1", "elsewhere/1")}
    assert jobs["house%2Fm/elsewhere/1"].status == "unmatched"
    assert "DisplayName: t0-2" in text_of(jobs["house%2Fm/t0/2"])
    assert facts_of(jobs["house%2Fm/t1/1"]) == {
        "finish_reason": "stop",
        "input_tokens": 5,
        "output_tokens": 6,
        "settings": {"temperature": 0.5},
    }


def test_one_epoch_is_not_a_sample(tasks: Path, tmp_path: Path) -> None:
    assert set(found(tasks, as_eval(tmp_path / "log.eval", [sample("t0")], 1))) == {"house%2Fm/t0"}


def test_results_of_promptfoo(tasks: Path, tmp_path: Path) -> None:
    results = [
        {"vars": {"task": task}, "provider": {"id": f"house:{model}"}, "response": {"output": TOPIC}}
        for task in ("t0", "t1")
        for model in ("a", "b")
    ]
    whole = tmp_path / "results.json"
    whole.write_text(json.dumps({"evalId": "e", "results": {"version": 3, "results": results}}))
    lines = tmp_path / "results.jsonl"
    lines.write_text("".join(json.dumps(one) + "\n" for one in results))
    for path in (whole, lines):
        jobs = found(tasks, path)
        assert len(jobs) == 4
        assert {job.task for job in jobs.values()} == {"t0", "t1"}
        assert all(text_of(job) == TOPIC for job in jobs.values())
    assert {job.model for job in found(tasks, whole).values()} == {"house:a", "house:b"}


def test_two_answers_with_one_name_are_both_there(tasks: Path, tmp_path: Path) -> None:
    answers = tmp_path / "two"
    answers.mkdir()
    (answers / "t0.md").write_text(TOPIC)
    (answers / "t0.yml").write_text(TOPIC)
    assert set(found(tasks, answers)) == {"t0", "t0/t0.yml"}


@pytest.mark.parametrize("data", [b"PK\x03\x04 not an archive", b"nothing"])
def test_a_broken_log_is_one_line(tasks: Path, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "log.eval"
    path.write_bytes(data)
    if data.startswith(b"PK"):
        with pytest.raises(InputError, match="not a log of Inspect"):
            found(tasks, path)
    else:
        assert [job.status for job in found(tasks, path).values()] == ["unmatched"]


def test_an_archive_that_is_not_a_log_is_one_line(tasks: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "log.eval", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(InputError, match=r"no samples/\*\.json in the archive"):
        found(tasks, tmp_path / "log.eval")
