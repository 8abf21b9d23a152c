"""Requirements for `task.yaml`, read from a prompt and an ideal answer, for a person to edit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from grader.bundle import read_response
from grader.case import Case
from grader.detectors.requirements.answer import Answer
from grader.detectors.requirements.judged import answer_to, judge_demand
from grader.errors import InputError
from grader.model import RequirementStanding
from grader.support.files import read_written
from grader.task import Task, ideal_of
from grader.task.reading import Demand, load_lexicon, read_demands

_HEAD = """\
# Read from PROMPT.md{ideal}. Edit: remove what is not asked for, correct what is read wrongly, and add what is missing.
"""


def proposed(task: Task) -> str:
    """Return the field `requirements` of a task.yaml, as YAML with comments.

    With an ideal answer, only what it meets is proposed; what it has and the prompt only mentions is added as comments.
    """
    demands = read_demands(task.prompt).demands
    path = ideal_of(task.folder) if task.folder else None
    ideal = answer_to(Case(task, read_response(path)), demands) if path else None
    entries = list(_entries(demands, ideal))
    head = _HEAD.format(ideal=" and the ideal answer" if ideal else "")
    body = (
        yaml.safe_dump({"requirements": entries}, sort_keys=False, width=120, allow_unicode=True)
        if entries
        else "requirements: []\n"
    )
    return head + body + "".join(_mentioned(task, demands, ideal))


def write_proposed(task: Task, to: Path) -> int:
    """Add the proposed requirements to a task.yaml, and return their number.

    Raises InputError where the file has requirements already, or cannot be read.
    """
    text = read_written(to) if to.exists() else ""
    if re.search(r"^requirements\s*:", text, re.M):
        raise InputError("it has requirements: remove them first, or print the proposed ones with --to -", to)
    found = proposed(task)
    to.write_text(f"{text.rstrip()}\n\n{found}".lstrip(), "utf-8")
    return len(yaml.safe_load(found)["requirements"])


def _entries(demands: tuple[Demand, ...], ideal: Answer | None) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    for demand in demands:
        wanted = _wanted(demand, ideal)
        if wanted is None or str(wanted) in seen:
            continue
        if ideal and judge_demand(ideal, demand).standing is not RequirementStanding.MET:
            continue
        seen.add(str(wanted))
        asked = demand.requirement
        name = re.sub(r"[^a-z0-9]+", "-", asked.title.lower()).strip("-")[:50]
        yield {
            "id": f"line-{asked.line}-{name}".rstrip("-")[:60],
            "level": asked.level,
            "title": f"Missing: {asked.title}",
            "asks": asked.quote,
            **wanted,
        }


def _wanted(demand: Demand, ideal: Answer | None) -> dict[str, Any] | None:
    """Return a demand as a field of a requirement; None where such a field cannot say it."""
    check = demand.check
    if check.judge in ("exists", "count") and check.subjects:
        number = check.values.get("n", 1)
        return {"resources": {"type": _type(check.subjects[0], ideal), "at_least": number}}
    if check.judge == "parameter":
        return {"parameter": str(check.values["name"]), "kind": "missing-resource"}
    if check.judge == "file-name":
        return {"file": str(check.values["name"]), "kind": "docs-incomplete"}
    if check.judge == "document":
        return {"document": {"file": "*", "says": [str(check.arguments["pattern"])]}, "kind": "docs-incomplete"}
    return None


def _type(types: tuple[str, ...], ideal: Answer | None) -> str:
    """Return the type of a subject that the ideal answer has; else the first."""
    return next((type for type in types if ideal and ideal.exactly(type)), types[0])


def _mentioned(task: Task, demands: tuple[Demand, ...], ideal: Answer | None) -> Iterator[str]:
    """Yield a comment for each type that the ideal answer has and the prompt mentions without asking for it, as it is read."""
    if ideal is None:
        return
    asked = {type for demand in demands for types in demand.check.subjects for type in types}
    lines = enumerate(task.prompt.splitlines(), 1)
    mentions = {
        type: number for number, line in lines for one in load_lexicon().mentions(line) for type in one.noun.types
    }
    for type, built in sorted(ideal.by_type.items()):
        if type in mentions and type not in asked:
            yield f"# The ideal answer has {len(built)} of {type}, and line {mentions[type]} mentions it.\n"
