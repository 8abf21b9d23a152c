"""Batches with real worker processes: interrupted, resumed, cached, compared."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import junitparser
import pytest

from grader.runs import jobs_of
from tests.conftest import BROKEN, TOPIC, Cli, Run, Start, command, ended, wait_for

TIMES = {"seconds", "grading_seconds", "cached", "finished"}


def contents(folder: Path) -> dict[str, Any]:
    """What a run left, timings aside."""
    found: dict[str, Any] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_dir() or name == "run.json":
            continue
        if path.name == "results.jsonl":
            rows = [json.loads(line) for line in path.read_text().splitlines()]
            found[name] = [{key: value for key, value in row.items() if key not in TIMES} for row in rows]
        else:
            found[name] = path.read_bytes()
    return found


def hanging(tasks: Path, *names: str) -> None:
    """Write a rule that hangs on tasks while the file `hang` exists, and kills its worker on t4 while `die` exists."""
    rules = tasks.parent / "house"
    rules.mkdir(exist_ok=True)
    (rules / "slow.py").write_text(
        "import dataclasses, os, time\n"
        "from grader.catalogue import load_catalogue\n"
        "from pathlib import Path\n"
        "def check(case):\n"
        f"    while case.task.id in {names!r} and Path({str(tasks.parent / 'hang')!r}).exists(): time.sleep(0.05)\n"
        f"    if case.task.id == 't4' and Path({str(tasks.parent / 'die')!r}).exists(): os.kill(os.getpid(), 9)\n"
        "    return ()\n"
        "from grader.rules.requirements.no_template import RULE as OTHER\n"
        "RULE = dataclasses.replace(OTHER, id='house-slow', check=check, stands_for=())\n"
    )


def lines_of(path: Path) -> int:
    """Count the lines of a file, which may not exist yet."""
    return len(path.read_text().splitlines()) if path.is_file() else 0


def workers_of(pid: int) -> list[int]:
    """Return the worker processes of a batch."""
    found = subprocess.run(
        ["pgrep", "-P", str(pid), "-f", "grader.runs.worker"], capture_output=True, text=True, check=False
    )
    return [int(worker) for worker in found.stdout.split()]


BATCH = ("batch", "tasks", "--fast", "--no-cache", "--rules", "house")
pytestmark = pytest.mark.slow


@pytest.fixture
def grade(cli: Cli) -> Run:
    """Return `grade` in this process, with one worker where a test does not ask for more; `start` starts it as a process."""
    (cli.folder / "grade.toml").write_text("[batch]\njobs = 1\n")
    return cli


def test_models_and_samples_in_every_layout(tasks: Path, tmp_path: Path) -> None:
    def ids(responses: Path) -> list[str]:
        return sorted(job.id for job in jobs_of(tasks, "model", responses))

    flat = tmp_path / "flat"
    flat.mkdir()
    (flat / "t0.md").write_text(TOPIC)
    (flat / "t1").mkdir()
    assert ids(flat) == ["t0", "t1"]
    assert len(ids(tmp_path / "answers")) == 12
    for number in (1, 2, 10):
        path = tmp_path / "deep" / "m" / "t0" / f"{number}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    assert ids(tmp_path / "deep") == ["m/t0/1", "m/t0/10", "m/t0/2"]
    lines = tmp_path / "answers.jsonl"
    record = {"model": "../m", "task": "t0", "files": {"a.yml": TOPIC}}
    lines.write_text("".join(json.dumps(record | {"sample": n}) + "\n" for n in range(1, 4)))
    assert ids(lines) == ["%2E.%2Fm/t0/1", "%2E.%2Fm/t0/2", "%2E.%2Fm/t0/3"]


def test_what_cannot_be_graded_costs_itself_alone(tasks: Path, tmp_path: Path, grade: Run) -> None:
    lines = tmp_path / "answers.jsonl"
    good = json.dumps({"task": "t0", "files": {"a.yml": TOPIC}})
    lines.write_text("\n".join([good, "nothing", '{"task": "t99"}', "[" * 100_000]) + "\n")
    model = next(path for path in (tmp_path / "answers").iterdir() if path.is_dir())
    (model / "t0o.md").write_text(TOPIC)
    found = {job.id: (job.status, job.error) for job in jobs_of(tasks, "model", lines)}
    assert found["t0"][1] == ""
    assert found["line-2"] == ("unmatched", f"{lines}:2: not a record: a JSON object with `task` is required")
    assert found["line-4"][0] == found["t99"][0] == "unmatched"
    unmatched = [job for job in jobs_of(tasks, "model", tmp_path / "answers") if job.error]
    assert [job.task for job in unmatched] == ["t0o"]
    assert unmatched[0].error.endswith("no task is named 't0o': did you mean t0?")
    done = grade("batch", "tasks", "--responses", "answers.jsonl", "--fast", "--out", "run")
    assert done.returncode == 2
    assert "3 of no task: answers.jsonl:2, answers.jsonl:4, answers.jsonl:3" in done.stderr
    assert "5 not answered by (no model): t1, t2, t3, t4, t5" in done.stderr
    rows = [json.loads(line) for line in (tmp_path / "run" / "results.jsonl").read_text().splitlines()]
    assert sorted(row["status"] for row in rows) == ["graded", "unmatched", "unmatched", "unmatched"]


def test_records_are_graded(tasks: Path, tmp_path: Path, grade: Run) -> None:
    records = [{"model": "m", "task": "t0", "files": {"a.yml": text}} for text in (TOPIC, BROKEN)]
    (tmp_path / "answers.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    done = grade("batch", "tasks", "--responses", "answers.jsonl", "--fast", "--out", "run")
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in (tmp_path / "run" / "results.jsonl").read_text().splitlines()]
    assert [(row["id"], row["counts"]["Critical"]) for row in rows] == [("m/t0", 0), ("m/t0/line2", 1)]


def test_only_what_changed_is_graded_again(tasks: Path, tmp_path: Path, grade: Run) -> None:
    first = grade("batch", "tasks", "--fast", "--out", "one")
    assert "unchanged" not in first.stderr
    (tasks / "t1" / "MODEL_RESPONSE.md").write_text(f"```yaml\n{TOPIC}```\n")
    again = grade("batch", "tasks", "--fast", "--out", "two")
    assert "5 unchanged" in again.stderr
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert {name for name in one if one[name] != two[name]} == {
        "t1/MODEL_FAILURES.md",
        "t1/result.json",
        "results.jsonl",
    }
    assert "6 responses" not in grade("cache", "show").stdout
    assert json.loads(grade("cache", "show", "--format", "json").stdout)["results"] == 7
    grade("cache", "clear")
    assert json.loads(grade("cache", "show", "--format", "json").stdout)["results"] == 0


def test_a_run_is_not_overwritten_and_not_mixed(tasks: Path, grade: Run) -> None:
    grade("batch", "tasks", "--fast", "--out", "run", "-q")
    again = grade("batch", "tasks", "--fast", "--out", "run")
    assert again.returncode == 2
    assert "holds a run already" in again.stderr
    other = grade("batch", "tasks", "--out", "run", "--resume")
    assert other.returncode == 2
    assert "other options" in other.stderr
    assert grade("batch", "tasks", "--fast", "--out", "run", "--resume").returncode == 0
    assert grade("batch", "tasks", "--fast", "--out", "run", "--replace").returncode == 0


def test_a_batch_that_is_refused_does_not_block_the_next(
    tasks: Path, tmp_path: Path, grade: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "1s")
    refused = grade("batch", "tasks", "--fast", "--out", "run", "--scheduler", "tcp://127.0.0.1:1")
    assert refused.returncode == 2
    assert not (tmp_path / "run").exists()
    assert grade("batch", "tasks", "--fast", "--out", "run").returncode == 0


def test_a_trial_takes_the_same_tasks_of_every_model(tasks: Path, tmp_path: Path, grade: Run) -> None:
    def tried(name: str, *options: str) -> dict[str, set[str]]:
        assert grade("batch", "tasks", "--responses", "answers", "--fast", "--out", name, *options).returncode == 0
        found: dict[str, set[str]] = {}
        for line in (tmp_path / name / "results.jsonl").read_text().splitlines():
            row = json.loads(line)
            found.setdefault(row["model"], set()).add(row["task"])
        return found

    assert tried("first", "--limit", "2") == {"good": {"t0", "t1"}, "bad": {"t0", "t1"}}
    drawn = tried("drawn", "--sample", "3", "--seed", "7")
    assert drawn["good"] == drawn["bad"]
    assert len(drawn["good"]) == 3
    assert tried("again", "--sample", "3", "--seed", "7") == drawn


def test_a_response_that_kills_its_worker_costs_itself_alone(tasks: Path, tmp_path: Path, grade: Run) -> None:
    hanging(tasks)
    (tmp_path / "die").touch()
    done = grade(*BATCH, "--out", "run", "--jobs", "2")
    assert done.returncode == 2
    rows = contents(tmp_path / "run")["results.jsonl"]
    assert {row["id"]: row["status"] for row in rows} == dict.fromkeys(("t0", "t1", "t2", "t3", "t5"), "graded") | {
        "t4": "killed"
    }
    assert "Traceback" not in done.stderr


def test_a_response_that_hangs_is_ended_and_the_next_begun(tasks: Path, tmp_path: Path, grade: Run) -> None:
    hanging(tasks, "t0", "t1")
    (tmp_path / "hang").touch()
    # no other response, which a busy machine could delay beyond the limit
    done = grade(*BATCH, "--out", "run", "--time-limit", "2", "--jobs", "1", "--limit", "2")
    assert done.returncode == 2
    rows = contents(tmp_path / "run")["results.jsonl"]
    assert {row["id"]: row["status"] for row in rows} == {"t0": "timeout", "t1": "timeout"}
    assert "took more than 2 seconds" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("victim", ["coordinator", "worker"])
def test_a_kill_in_the_middle_loses_nothing(tasks: Path, tmp_path: Path, grade: Run, start: Start, victim: str) -> None:
    hanging(tasks, "t2")
    grade(*BATCH, "--out", "whole", "-q")
    (tmp_path / "hang").touch()
    process = start(command(*BATCH, "--out", "run", "--jobs", "2", "-q"))
    rows = tmp_path / "run" / "results.jsonl"
    wait_for(lambda: lines_of(rows) >= 2)
    begun = json.loads((tmp_path / "run" / "run.json").read_text())
    assert begun["started"]
    assert begun["finished"] is None
    if victim == "coordinator":
        process.kill()
        process.communicate()
        (tmp_path / "hang").unlink()
        with rows.open("a") as file:
            file.write('{"id": "t')  # a line that the kill cut off
        assert grade(*BATCH, "--out", "run", "--resume").returncode == 0
    else:
        for worker in workers_of(process.pid):  # one of them hangs; another may end meanwhile
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        (tmp_path / "hang").unlink()
        process.communicate(timeout=300)
        assert process.returncode == 0
    assert contents(tmp_path / "run") == contents(tmp_path / "whole")
    ended = json.loads((tmp_path / "run" / "run.json").read_text())
    assert ended["started"] == begun["started"] <= ended["finished"]


@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("rows_before", [0, 3])
def test_a_batch_that_is_ended_goes_on(
    tasks: Path, tmp_path: Path, grade: Run, start: Start, signum: signal.Signals, rows_before: int
) -> None:
    hanging(tasks, "t3" if rows_before else "t0")
    grade(*BATCH, "--out", "whole", "-q")
    (tmp_path / "hang").touch()
    process = start(command(*BATCH, "--out", "run", "--jobs", "1", "-q"))
    rows = tmp_path / "run" / "results.jsonl"
    wait_for(lambda: workers_of(process.pid) and lines_of(rows) >= rows_before)
    workers = workers_of(process.pid)
    process.send_signal(signum)
    _, said = process.communicate(timeout=300)
    assert "Traceback" not in said
    assert process.returncode == (130 if signum == signal.SIGINT else -signum)
    assert lines_of(rows) == rows_before
    wait_for(lambda: ended(*workers))
    (tmp_path / "hang").unlink()
    assert grade(*BATCH, "--out", "run", "--resume", "-q").returncode == 0
    assert contents(tmp_path / "run") == contents(tmp_path / "whole")


def test_a_kill_at_the_end_leaves_no_disorder(tasks: Path, tmp_path: Path, grade: Run) -> None:
    grade(*BATCH[:-2], "--out", "whole", "-q")
    shutil.copytree(tmp_path / "whole", tmp_path / "run")
    rows = tmp_path / "run" / "results.jsonl"
    lines = rows.read_text().splitlines(keepends=True)
    rows.write_text("".join(reversed(lines)))  # all rows are there, in the order in which they came
    (rows.parent / ".results.jsonl.123").write_text(lines[0])
    (rows.parent / "t0" / ".result.json.123").write_text("{")
    assert grade(*BATCH[:-2], "--out", "run", "--resume", "-q").returncode == 0
    assert contents(tmp_path / "run") == contents(tmp_path / "whole")
    (rows.parent / "run.json").unlink()
    refused = grade(*BATCH[:-2], "--out", "run", "--resume", "-q")
    assert refused.returncode == 2
    assert "--replace starts anew" in refused.stderr
    assert len(rows.read_text().splitlines()) == len(lines)


def test_two_batches_do_not_write_one_run(tasks: Path, tmp_path: Path, grade: Run, start: Start) -> None:
    hanging(tasks, "t0")
    (tmp_path / "hang").touch()
    first = start(command(*BATCH, "--out", "run", "--jobs", "1", "-q"))
    wait_for(lambda: workers_of(first.pid))
    for option in ("--resume", "--replace"):
        second = grade(*BATCH, "--out", "run", "-q", option)
        assert second.returncode == 2
        assert second.stderr == "grade: run: another batch is writing this run: wait for it, or give another --out\n"
    (tmp_path / "hang").unlink()
    first.communicate(timeout=300)
    assert first.returncode == 0
    assert len(contents(tmp_path / "run")["results.jsonl"]) == 6


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("mount"), reason="needs a file system of its own size")
def test_a_full_disk_is_one_line_and_resume_completes(tasks: Path, tmp_path: Path, grade: Run) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24k", "none", str(small)], check=False)
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        full = grade("batch", "tasks", "--fast", "--no-cache", "--out", "small/run")
        assert full.returncode == 2
        assert "No space left" in full.stderr
        assert "Traceback" not in full.stderr
        subprocess.run(["mount", "-o", "remount,size=64m", str(small)], check=True)
        assert grade("batch", "tasks", "--fast", "--no-cache", "--out", "small/run", "--resume").returncode == 0
        grade("batch", "tasks", "--fast", "--no-cache", "--out", "whole")
        assert contents(small / "run") == contents(tmp_path / "whole")
    finally:
        subprocess.run(["umount", str(small)], check=False)


def test_compare_and_fail_on_regression(tasks: Path, tmp_path: Path, grade: Run) -> None:
    grade("batch", "tasks", "--fast", "--out", "before", "-q")
    (tasks / "t0" / "MODEL_RESPONSE.md").write_text(f"```yaml\n{BROKEN}```\n")
    (tasks / "t1" / "MODEL_RESPONSE.md").write_text(f"```yaml\n{TOPIC}```\n")
    grade("batch", "tasks", "--fast", "--out", "after", "-q")
    done = grade("compare", "before", "after", "--fail-on-regression", "--format", "json")
    assert done.returncode == 1
    data = json.loads(done.stdout)
    assert {(one["id"], one["rule"], one["change"]) for one in data["changes"]} == {
        ("t0", "undefined-reference", "new"),
        ("t1", "undefined-reference", "fixed"),
    }
    assert data["difference"]["difference"]["value"] == pytest.approx(0)
    same = grade("compare", "before", "before", "--fail-on-regression")
    assert same.returncode == 0
    for form in ("text", "markdown", "html"):
        assert "undefined" in grade("compare", "before", "after", "--format", form).stdout.lower()


def test_a_refusal_fixes_nothing_and_an_attempt_breaks_nothing(tasks: Path, grade: Run) -> None:
    grade("batch", "tasks", "--responses", "answers", "--fast", "--out", "before", "-q")
    for number in range(6):
        folder = tasks.parent / "answers" / "bad"
        (folder / f"t{number}.yml").unlink()
        (folder / f"t{number}.md").write_text("I'm sorry, but I can't help with that request.")
    (folder / "t5.md").rename(folder / "t6.md")
    grade("batch", "tasks", "--responses", "answers", "--fast", "--out", "after", "-q")
    worse = json.loads(grade("compare", "before", "after", "--format", "json").stdout)
    assert (worse["shared"], worse["tasks"], worse["only_before"]) == (11, 6, ["bad/t5"])
    assert {(one["change"], one["after"]) for one in worse["changes"]} == {("new", "refused")}
    assert {(one["change"], one["before"], one["after"]) for one in worse["verdicts"]} == {
        ("worse", "blocked", "refused")
    }
    bad, good = worse["models"]
    assert (bad["model"], bad["tasks"], bad["after"]) == ("bad", 5, 0)
    assert (good["model"], good["tasks"], good["before"], good["after"]) == ("good", 6, 100, 100)
    assert worse["regression"]
    better = json.loads(grade("compare", "after", "before", "--format", "json").stdout)
    assert {(one["change"], one["before"]) for one in better["changes"]} == {("fixed", "refused")}
    assert not better["regression"]
    comment = grade("compare", "before", "after", "--format", "markdown").stdout
    assert "11 responses to 6 tasks in both, 1 only in before" in comment
    assert [line for line in comment.splitlines() if line.startswith("#")] == [
        "## before to after",
        "### Verdicts",
        "### Models",
        "### Failures",
        "### Only in one run",
    ]


def test_every_table_of_a_run(tasks: Path, tmp_path: Path, grade: Run) -> None:
    grade("batch", "tasks", "--responses", "answers", "--fast", "--out", "run", "-q")

    def table(form: str) -> str:
        done = grade("report", "run", "--format", form, "--out", "-")
        assert done.returncode == 0, done.stderr
        return done.stdout

    data = json.loads(table("json"))
    assert [(one["model"], one["pass_at"]) for one in data["models"]] == [("good", {"1": 1.0}), ("bad", {"1": 0.0})]
    assert "| good | 100.0 (100.0 to 100.0) | 100.0 | 1 (1 to 1) | pass@1 1.000 | 6 | 0 | 6 |" in table("markdown")
    suites = junitparser.JUnitXml.fromstring(table("junit"))
    assert {suite.name: (suite.tests, suite.failures) for suite in suites} == {"bad": (6, 6), "good": (6, 0)}
    log = json.loads(table("sarif"))
    assert log["version"] == "2.1.0"
    names = {rule["id"] for rule in log["runs"][0]["tool"]["driver"]["rules"]}
    assert {one["ruleId"] for one in log["runs"][0]["results"]} == names


def address_in(scheduler_file: Path) -> str:
    """Return the address that a scheduler wrote into its file, or "" while it has not written all of it."""
    try:
        return str(json.loads(scheduler_file.read_text())["address"])
    except (FileNotFoundError, json.JSONDecodeError):
        return ""


def test_a_dask_cluster_gives_the_same(
    tasks: Path, tmp_path: Path, grade: Run, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scheduler and two workers as processes of their own; one is killed while it grades."""
    hanging(tasks, "t2")
    grade(*BATCH, "--out", "local", "-q")
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "300s")
    address = tmp_path / "scheduler.json"

    def dask(role: str, *options: str) -> subprocess.Popen[str]:
        program = Path(sys.executable).parent / "dask"
        place = ("--scheduler-file", str(address), "--no-dashboard")
        return start([str(program), role, *place, *options], stderr=subprocess.DEVNULL)

    dask("scheduler", "--host", "127.0.0.1", "--port", "0")
    worker, _ = (dask("worker", "--nthreads", "1") for _ in range(2))
    wait_for(lambda: address_in(address))  # the file is there before its content is
    (tmp_path / "hang").touch()
    batch = start(command(*BATCH, "--out", "far", "-q", "--scheduler", address_in(address)))
    wait_for(lambda: lines_of(tmp_path / "far" / "results.jsonl") >= 2)
    worker.kill()
    (tmp_path / "hang").unlink()
    batch.communicate(timeout=300)
    assert batch.returncode == 0
    assert contents(tmp_path / "far") == contents(tmp_path / "local")


def test_a_rule_that_crashes_is_named_and_counted(tasks: Path, tmp_path: Path, grade: Run) -> None:
    house = tmp_path / "house"
    house.mkdir()
    (house / "odd.py").write_text(
        "import dataclasses\n"
        "def check(case):\n"
        "    if case.task.id == 't1': raise ZeroDivisionError('odd')\n"
        "    return ()\n"
        "from grader.rules.requirements.no_template import RULE as OTHER\n"
        "RULE = dataclasses.replace(OTHER, id='house-odd', check=check, stands_for=())\n"
    )
    done = grade(*BATCH, "--out", "run")
    assert "1 not judged in full" in done.stderr
    rows = {row["id"]: row for row in map(json.loads, (tmp_path / "run" / "results.jsonl").read_text().splitlines())}
    assert [name for name, row in rows.items() if row["unjudged"]] == ["t1"]
    assert rows["t1"]["counts"]["Critical"] == 1
    result = json.loads((tmp_path / "run" / "t1" / "result.json").read_text())
    assert result["detectors"]["rules"]["errors"] == ["RuntimeError: rule house-odd: ZeroDivisionError: odd"]
    assert "Not everything was judged by rules" in result["summary"]
    grade("report", "run")
    assert "1 not judged in full" in (tmp_path / "run" / "report.html").read_text()


def test_an_interrupt_ends_the_batch_its_workers_and_their_engines(tasks: Path, tmp_path: Path, start: Start) -> None:
    hanging(tasks, "t2")
    (tmp_path / "hang").touch()
    process = start(command(*BATCH, "--out", "run", "--jobs", "2", "--time-limit", "3000"))
    wait_for(lambda: lines_of(tmp_path / "run" / "results.jsonl") >= 3)
    started = workers_of(process.pid)
    process.send_signal(signal.SIGINT)
    printed = process.communicate(timeout=300)[1]
    assert "grade: stopped" in printed
    assert "the same command with --resume goes on" in printed
    assert process.returncode == 130
    assert started
    assert ended(*started)


def test_a_full_disk_leaves_no_part_of_an_imported_task(tasks: Path, tmp_path: Path, grade: Run) -> None:
    small = tmp_path / "small"
    small.mkdir()
    (tasks / "t0" / "IDEAL_RESPONSE.md").write_text("A topic.\n" * 2_000)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12k", "none", str(small)], check=False)
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        done = grade("tasks", "import", "tasks", "--to", "small/new")
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert "No space left" in done.stderr
        assert list((small / "new").iterdir()) == []
        written = grade(
            "run", "tasks/t0", "--response", "answers/bad/t0.yml", "--fast", "--quiet", "--out", "small/out"
        )
        assert (written.returncode, written.stderr.count("\n")) == (2, 1)
        assert "small/out" in written.stderr
        assert not [path for path in (small / "out").iterdir() if path.name.startswith(".")]  # each file is whole
    finally:
        subprocess.run(["umount", str(small)], check=False)
