"""Batches against the cfn-lint command, on the same templates in the same run.

    python benchmarks/batch.py TASKS [--many N]

TASKS is a folder of tasks with MODEL_RESPONSE.md files. Prints ratios of wall time and of processor time, which holds on a busy
machine, too, and peak memory; --many makes N responses of
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
from dataclasses import dataclass, field
from pathlib import Path

from grader import read_response
from grader.bundle import Kind
from grader.errors import GradeError
from grader.runs import jobs_of

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


@dataclass
class Usage:
    """Seconds, and peak memory in MB: of each kind of process, and of all processes together at one moment.

    `processor` are the seconds of processor time of each process, as it was last seen: up to 0.2 seconds less than it took.
    """

    seconds: float = 0.0
    processor: dict[int, float] = field(default_factory=dict)
    peaks: dict[str, float] = field(default_factory=dict)
    together: float = 0.0

    def __str__(self) -> str:
        kinds = ", ".join(f"{kind} {peak:.0f} MB" for kind, peak in sorted(self.peaks.items()))
        return f"{kinds}, together {self.together:.0f} MB"


def timed(command: list[str], environment: dict[str, str]) -> Usage:
    """Run a command to its end and return what it and the processes below it took."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    usage = Usage()
    thread = threading.Thread(target=_watch, args=(process, usage))
    thread.start()
    process.wait()
    usage.seconds = time.perf_counter() - start
    thread.join()
    return usage


def _watch(process: subprocess.Popen[bytes], usage: Usage) -> None:
    while process.poll() is None:
        together = 0.0
        for pid in _tree(process.pid):
            about = dict(line.split(":", 1) for line in _read(Path(f"/proc/{pid}/status")).splitlines())
            command = _read(Path(f"/proc/{pid}/cmdline")).split("\0")
            kind = "command" if pid == process.pid else next((one for one in command if "grader" in one), "others")
            fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
            if len(fields) > 12:
                usage.processor[pid] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
            peak, now = (int(about.get(key, "0 kB").split()[0]) / 1000 for key in ("VmHWM", "VmRSS"))
            usage.peaks[kind] = max(usage.peaks.get(kind, 0.0), peak)
            together += now
        usage.together = max(usage.together, together)
        time.sleep(0.2)


def _tree(pid: int) -> list[int]:
    """Return a process and all below it."""
    children = Path(f"/proc/{pid}/task").glob("*/children")
    return [pid, *(one for path in children for child in _read(path).split() for one in _tree(int(child)))]


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
    lint = timed([str(Path(sys.executable).parent / "cfn-lint"), *files], environment)
    print(f"cfn-lint: {len(files)} templates, {lint.seconds:.1f} s; {lint}", flush=True)
    batch = [*GRADE, "batch", str(tasks), "--replace", "--quiet", "--jobs", "2"]
    for what, options in (
        ("full", ["--out", str(folder / "full")]),
        ("full again, nothing changed", ["--out", str(folder / "full")]),
        ("fast", ["--out", str(folder / "fast"), "--fast", "--no-cache"]),
    ):
        usage = timed([*batch, *options], environment)
        ratio = sum(usage.processor.values()) / sum(lint.processor.values())
        print(
            f"{what}: {usage.seconds:.1f} s, {usage.seconds / lint.seconds:.3f} of cfn-lint, "
            f"{ratio:.3f} of its processor time; {usage}",
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
        usage = timed([*command, "--replace", "--out", str(folder / "many")], environment)
        each = 1000 * usage.seconds / number
        print(f"{number} responses: {usage.seconds:.0f} s, {each:.1f} ms each; {usage}", flush=True)


if __name__ == "__main__":
    main()
