"""What is read from a prompt, as text: what will be checked, line by line, and the lines of which nothing is read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from grader.detectors.requirements.judged import judges
from grader.support.text import one_line
from grader.task import Task
from grader.task.prompt import read_prompt
from grader.task.reading import Demand, read_demands

_WIDTH = 100


def reading_text(task: Task) -> str:
    """Write each requirement that is read from a task's prompt: line, what it is about, types, words and check."""
    demands = read_demands(task.prompt).demands
    lines = [f"{task.id}: {len(demands)} requirements are read from the prompt", ""]
    for demand in demands:
        asked = demand.requirement
        lines.append(
            f"{asked.line:4}  {asked.about:10} {asked.title}  ({', '.join(asked.types) or 'the whole answer'})"
        )
        lines.append(f'      {asked.level}, "{one_line(asked.quote, _WIDTH)}"')
        lines.append(f"      {check_of(demand)}")
    unread = list(_unread(task, demands))
    lines += [
        "",
        f"Nothing is read from {len(unread)} sentences:" if unread else "Something is read from every sentence.",
    ]
    lines += [f"{line:4}  {one_line(text, _WIDTH)}" for line, text in unread]
    return "\n".join(lines) + "\n"


def reading_json(task: Task) -> str:
    """Write the same as data."""
    demands = read_demands(task.prompt).demands
    found: dict[str, Any] = {
        "task": task.id,
        "requirements": [
            {
                "id": one.requirement.id,
                "line": one.requirement.line,
                "quote": one.requirement.quote,
                "about": one.requirement.about,
                "title": one.requirement.title,
                "types": one.requirement.types,
                "level": one.requirement.level,
                "check": check_of(one),
            }
            for one in demands
        ],
        "unread": [{"line": line, "text": text} for line, text in _unread(task, demands)],
    }
    return json.dumps(found, indent=2) + "\n"


def check_of(demand: Demand) -> str:
    """Say in a sentence how a requirement is checked: what its judge does, and with which values."""
    judge = judges().get(demand.check.judge)
    said = ((judge.__doc__ if judge else "") or "").split("\n")[0].strip()
    said = said.replace("Judge whether", "Checks whether").replace("Judge", "Checks", 1)
    values = ", ".join(f"{name} {value}" for name, value in demand.check.values.items())
    notes = [values] if values else []
    notes += [_ways(demand)] if demand.check.judge == "fields" else []
    notes += ["every one of them"] if demand.check.every else []
    notes += ["never called unmet: the words are vague"] if demand.check.is_weak else []
    return f"{said} [{'; '.join(notes)}]" if notes else said


def _ways(demand: Demand) -> str:
    """Return the paths and values that a judge of properties looks for, of the types that the requirement is about."""
    ways = demand.check.arguments.get("ways", ())
    types = set(demand.requirement.types)
    texts = []
    for way in ways if isinstance(ways, tuple) else ():
        own = way.get("type", list(types))
        if types & set(own if isinstance(own, list) else [own]):
            texts.append(
                " and ".join(f"{path}: {one_line(str(value), 60)}" for path, value in way.items() if path != "type")
            )
    return " or ".join(dict.fromkeys(texts))


def _unread(task: Task, demands: tuple[Demand, ...]) -> Iterator[tuple[int, str]]:
    lines = {demand.requirement.line for demand in demands}
    for sentence in read_prompt(task.prompt).sentences:
        if sentence.line not in lines and not sentence.is_code and not sentence.is_heading:
            yield sentence.line, sentence.text
