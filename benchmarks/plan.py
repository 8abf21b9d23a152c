"""How long the plan takes as a template grows, and as a ratio of cfn-lint's time on the same template.

    python benchmarks/plan.py

Templates have 60 conditions, each made of the one before; each resource refers to the two before it, and every fourth reference
stands in an Fn::If. The medians of nine runs are printed; the ratio beside a size is to the time of half the size.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from functools import partial

from grader.bundle import Bundle, BundleFile, Kind
from grader.case import Case
from grader.catalogue import load_catalogue
from grader.detectors import cfn_lint
from grader.plan import make_plan
from grader.task import Task
from grader.task.account import profile

SIZES = (125, 250, 500, 1_000, 2_000)
RUNS = 9


def template(resources: int, conditions: int = 60) -> str:
    lines = ["Parameters:", "  Stage: {Type: String, Default: dev}", "Conditions:", "  C0: !Equals [!Ref Stage, prod]"]
    lines += [f"  C{n}: !Or [!Condition C{n - 1}, !Equals [!Ref Stage, s{n}]]" for n in range(1, conditions)]
    lines.append("Resources:")
    for number in range(resources):
        lines += [f"  T{number}:", "    Type: AWS::SNS::Topic", "    Properties:"]
        before = f"!GetAtt T{number - 1}.TopicName" if number else "first"
        value = f"!If [C{number % conditions}, {before}, other]" if number % 4 == 0 else before
        lines.append(f"      DisplayName: {value}")
        if number > 1:
            lines.append(f"    DependsOn: T{number - 2}")
    return "\n".join(lines) + "\n"


def seconds(work: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def case(text: str) -> Case:
    bundle = Bundle("b", (BundleFile("template.yml", Kind.TEMPLATE, text, "template.yml"),))
    return Case(Task("t", "t", "", profile("fresh")), bundle)


def plan(text: str) -> object:
    return make_plan(case(text))


def main() -> None:
    gc.set_threshold(100_000, 20, 20)  # as the command line sets it, before anything is read
    before = 0.0
    for size in SIZES:
        text = template(size)
        taken = seconds(partial(plan, text))
        ratio = f"{taken / before:5.2f} times the half" if before else ""
        print(f"{size:6} resources  {text.count(': !'):6} calls  {taken * 1000:8.1f} ms  {ratio}")
        before = taken
    text, catalogue = template(500), load_catalogue()
    ours = seconds(partial(plan, text))
    lint = seconds(lambda: list(cfn_lint.detect(case(text), catalogue)))
    print(f"500 resources, 60 conditions: {ours / lint:.3f} of cfn-lint's time ({ours:.3f} s to {lint:.3f} s)")


if __name__ == "__main__":
    main()
