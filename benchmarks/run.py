"""`grade run` of one response against the cfn-lint command on its templates, in turn, and the time that commands take to start.

    python benchmarks/run.py [TASK] [--runs N]

TASK is a folder with model_out/ or MODEL_RESPONSE.md; without it, the shipped task. Prints medians of wall time and of processor
time, children included, and the medians of their ratios pair by pair: these hold on a busy machine, too.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grader import read_response
from grader.bundle import Kind
from grader.runs.jobs import own_response

SHIPPED = Path(__file__).parent.parent / "tasks" / "101912473"
GRADE = [sys.executable, "-P", "-m", "grader"]
Times = tuple[float, float]  # wall and processor seconds


def timed(command: list[str]) -> Times:
    """Run a command to its end and return what it and the processes that it waited for took."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", type=Path, nargs="?", default=SHIPPED)
    parser.add_argument("--runs", type=int, default=7)
    arguments = parser.parse_args()
    response = own_response(arguments.task)
    if response is None:
        parser.error(f"{arguments.task} has no response of its own")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = []
        for number, file in enumerate(read_response(response).of_kind(Kind.TEMPLATE)):
            path = folder / f"{number}{Path(file.name).suffix or '.yml'}"
            path.write_text(file.text, "utf-8")
            files.append(str(path))
        run = [*GRADE, "run", str(arguments.task), "--response", str(response), "--out", str(folder / "out"), "--quiet"]
        lint = [str(Path(sys.executable).parent / "cfn-lint"), *files]
        commands = {"cfn-lint": lint, "run": run, "run --fast": [*run, "--fast"], "--help": [*GRADE, "--help"]}
        found: dict[str, list[Times]] = {name: [] for name in commands}
        for number in range(arguments.runs + 1):
            for name, command in commands.items():
                times = timed(command)
                if number:  # the first warms the caches of the disk
                    found[name].append(times)
    for name, some in found.items():
        wall, processor = (statistics.median(one[index] for one in some) for index in (0, 1))
        pairs = list(zip(some, found["cfn-lint"], strict=True))
        ratios = [statistics.median(ours[index] / theirs[index] for ours, theirs in pairs) for index in (0, 1)]
        print(
            f"{name}: {wall:.2f} s wall, {processor:.2f} s processor; {ratios[0]:.2f} and {ratios[1]:.2f} of cfn-lint"
        )


if __name__ == "__main__":
    main()
