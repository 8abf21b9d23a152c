"""What cfn-lint reports that cloudformation-validate does not: `python benchmarks/engine_rules.py FOLDER [STEP]`.

FOLDER holds tasks, of which every STEP-th is taken. Prints a table in markdown: for each rule of cfn-lint that reports something for
which a rule of ours stands, how often it does, how often cloudformation-validate reports the same rule of ours in the same resource
and by which of its rules, how often nothing else does, and whether it runs by default. Then what the rules that run take of the
processor time of all, and what is lost with those that do not: both should be told again when either engine changes its version.
"""

from __future__ import annotations

import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.bundle import read_response
from grader.case import Case
from grader.catalogue import load_catalogue
from grader.detectors import native
from grader.errors import GradeError
from grader.runs.authoring import task_folders
from grader.support.engines.cfn_lint_process import covered, lint
from grader.support.engines.registry import EngineError
from grader.support.version import installed
from grader.task import ideal_of, load_task
from grader.template import Template

REGION = "us-east-1"
Match = tuple[str, str]  # a rule of cfn-lint and where it reports: a line or a resource


@dataclass
class Counts:
    """What one rule of cfn-lint reports over all templates."""

    ours: str
    times: int = 0
    both: int = 0
    alone: int = 0


def main() -> None:
    counts: dict[str, Counts] = {}
    partners: dict[str, Counter[str]] = defaultdict(Counter)
    lost: Counter[str] = Counter()
    seconds = {True: 0.0, False: 0.0}
    templates = list(_templates(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1))
    for template in templates:
        whole = _matches(template, True, seconds)
        lost.update(rule for rule, _ in whole - _matches(template, False, seconds))
        _count(template, whole, counts, partners)
    print(
        "| cfn-lint | reported as | times | cloudformation-validate also | by | alone | runs |\n|---|---|---|---|---|---|---|"
    )
    for rule, one in sorted(counts.items()):
        by = ", ".join(name for name, _ in partners[rule].most_common(3))
        runs = "no" if rule in covered() else "yes"
        print(f"| {rule} | {one.ours} | {one.times} | {one.both} | {by} | {one.alone} | {runs} |")
    print(
        f"\n{len(templates)} templates, cfn-lint {installed('cfn-lint')}, cloudformation-validate {installed(native.NAME)}."
    )
    print(
        f"The rules that run take {seconds[False] / max(seconds[True], 0.01):.2f} of the processor time of all rules."
    )
    kept = {rule: count for rule, count in lost.items() if rule in counts and rule not in covered()}
    print(f"Reports of rules that run, lost because another does not: {kept or 'none'}.")


def _templates(folder: Path, step: int) -> Iterator[Template]:
    for path in task_folders(folder)[::step]:
        for answer in (path / "MODEL_RESPONSE.md", ideal_of(path)):
            if answer and answer.exists():
                try:
                    yield from Case(load_task(path), read_response(answer)).templates
                except GradeError as error:
                    print(error, file=sys.stderr)


def _matches(template: Template, whole: bool, seconds: dict[bool, float]) -> set[Match]:
    """Return what cfn-lint reports of a template, and add the processor time that it took."""
    before = time.process_time()
    try:
        matches = lint(template.text, REGION, whole)
    except Exception as error:  # cfn-lint's own; grading names it in the result
        print(f"{template.file}: {error}", file=sys.stderr)
        return set()
    seconds[whole] += time.process_time() - before
    return {(one["rule"], _place(template, one["path"], one["line"])) for one in matches}


def _place(template: Template, path: list[str], line: int) -> str:
    is_resource = len(path) > 1 and path[0] == "Resources" and path[1] in template.resources
    return path[1] if is_resource else str(line)


def _count(template: Template, whole: set[Match], counts: dict[str, Counts], partners: dict[str, Counter[str]]) -> None:
    catalogue = load_catalogue()
    try:
        remarks = native.remarks(template.file, template.text, catalogue, REGION)
    except EngineError:
        return
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for remark in remarks:
        rule = catalogue.of(native.NAME, remark.id)
        for place in (remark.name, str(remark.line)):
            found[rule.id if rule else "", place].add(remark.id)
    for name, place in whole:
        ours = catalogue.of("cfn-lint", name)
        if ours is not None:
            one = counts.setdefault(name, Counts(ours.id))
            same = found.get((ours.id, place), set())
            one.times, one.both, one.alone = one.times + 1, one.both + bool(same), one.alone + (not same)
            partners[name].update(same)


if __name__ == "__main__":
    main()
