"""Batches against the cfn-lint command, on the same templates in the same run.

    python benchmarks/batch.py TASKS [--many N]

TASKS is a folder of tasks with MODEL_RESPONSE.md files. Prints ratios of wall time, and peak memory; --many makes N responses of
them in one JSONL file, and grades these with --fast.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from grader import read_response
from grader.batch import jobs_of
from grader.bundle import Kind
from grader.errors import GradeError

GRADE = [sys.executable, "-m", "grader"]


def templates(tasks: Path, folder: Path) -> list[str]:
    """Write the templates of all responses into a folder, as the linter wants them."""
    found = []
    for job in jobs_of(tasks, "model", None):
        try:
            files = list(read_response(job.response).of_kind(Kind.TEMPLATE))
        except GradeError:
            continue
        for number, file in enumerate(files):
            path = folder / f"{job.task}-{number}{Path(file.name).suffix or '.yml'}"
            path.write_text(file.text, "utf-8", errors="replace")
            found.append(str(path))
    return found


def timed(command: list[str], environment: dict[str, str]) -> tuple[float, float, float]:
    """Run a command; return its seconds, its own peak memory and the highest of its workers, in MB."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    peaks: dict[int, float] = {}
    thread = threading.Thread(target=_watch, args=(process, peaks))
    thread.start()
    process.wait()
    seconds = time.perf_counter() - start
    thread.join()
    own = peaks.pop(process.pid, 0.0)
    return seconds, own, max(peaks.values(), default=0.0)


def _watch(process: subprocess.Popen[bytes], peaks: dict[int, float]) -> None:
    while process.poll() is None:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        below = [int(pid) for thread in children.parent.parent.glob("*/children") for pid in _read(thread).split()]
        for pid in (process.pid, *below):
            for line in _read(Path(f"/proc/{pid}/status")).splitlines():
                if line.startswith("VmHWM"):
                    peaks[pid] = max(peaks.get(pid, 0.0), int(line.split()[1]) / 1000)
        time.sleep(0.2)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def many(tasks: Path, count: int, path: Path) -> None:
    """Write responses of the tasks, over and over, as records of one file."""
    jobs = list(jobs_of(tasks, "model", None))
    with path.open("w") as file:
        for number in range(count):
            job = jobs[number % len(jobs)]
            text = Path(job.response).read_text("utf-8", "replace")
            record = {"task": job.task, "model": "m", "sample": str(number), "response": text}
            file.write(json.dumps(record) + "\n")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tasks", type=Path)
    parser.add_argument("--many", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = os.environ | {"XDG_CACHE_HOME": str(folder / "cache")}
        if arguments.many:
            _many(arguments.tasks, arguments.many, folder, environment)
        else:
            _ratios(arguments.tasks, folder, environment)


def _ratios(tasks: Path, folder: Path, environment: dict[str, str]) -> None:
    (folder / "templates").mkdir()
    files = templates(tasks, folder / "templates")
    lint, own, _ = timed([str(Path(sys.executable).parent / "cfn-lint"), *files], environment)
    print(f"cfn-lint: {len(files)} templates, {lint:.1f} s, {own:.0f} MB", flush=True)
    batch = [*GRADE, "batch", str(tasks), "--replace", "--quiet", "--jobs", "2"]
    for what, options in (
        ("full", ["--out", str(folder / "full")]),
        ("full again, nothing changed", ["--out", str(folder / "full")]),
        ("fast", ["--out", str(folder / "fast"), "--fast", "--no-cache"]),
    ):
        seconds, own, workers = timed([*batch, *options], environment)
        print(
            f"{what}: {seconds:.1f} s, {seconds / lint:.3f} of cfn-lint; coordinator {own:.0f} MB, worker {workers:.0f} MB",
            flush=True,
        )


def _many(tasks: Path, count: int, folder: Path, environment: dict[str, str]) -> None:
    for number in (count // 4, count):
        many(tasks, number, folder / "many.jsonl")
        command = [
            *GRADE,
            "batch",
            str(tasks),
            "--responses",
            str(folder / "many.jsonl"),
            "--fast",
            "--no-cache",
            "--quiet",
        ]
        seconds, own, workers = timed([*command, "--replace", "--out", str(folder / "many")], environment)
        each = 1000 * seconds / number
        print(
            f"{number} responses: {seconds:.0f} s, {each:.1f} ms each; coordinator {own:.0f} MB, worker {workers:.0f} MB",
            flush=True,
        )


if __name__ == "__main__":
    main()
