"""Definitions of state machines in the Amazon States Language: the names of states that they use."""

from __future__ import annotations

import json
from collections.abc import Iterator

from grader.case import Case
from grader.facts.places import Place, places

MAX_DEPTH = 20
_ENDS = frozenset({"Choice", "Succeed", "Fail"})  # states that need neither Next nor End


def faults(case: Case, root: Place) -> Iterator[tuple[Place, str]]:
    """Yield the first name of a state that a definition uses and does not define, and the first state that leads nowhere.

    What is only known at deployment, and JSON that cannot be read, is left alone.
    Source: https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html
    """
    for path in ("DefinitionString", "Definition"):
        for place in places(case, root, path):
            found = next(_faults(_read(place), MAX_DEPTH), None) if not place.is_absent else None
            if found:
                yield place, found


def _read(place: Place) -> object:
    if isinstance(place.value, dict):
        return place.value
    try:
        return json.loads(place.text)
    except (ValueError, RecursionError):
        return None


def _faults(machine: object, depth: int) -> Iterator[str]:
    states = machine.get("States") if isinstance(machine, dict) else None
    if not isinstance(machine, dict) or not isinstance(states, dict) or not depth or "Fn::Transform" in states:
        return
    start = machine.get("StartAt")
    if _is_missing(start, states):
        yield f"StartAt names {start}, which States does not define"
    for name, state in states.items():
        if isinstance(state, dict):
            yield from (
                f"{name} leads to {one}, which States does not define"
                for one in _next(state)
                if _is_missing(one, states)
            )
            kind = state.get("Type")
            if isinstance(kind, str) and kind not in _ENDS and "${" not in kind and not {"Next", "End"} & state.keys():
                yield f"{name} has neither Next nor End"
            for inner in _inner(state):
                yield from _faults(inner, depth - 1)


def _is_missing(name: object, states: dict[str, object]) -> bool:
    return isinstance(name, str) and "${" not in name and name not in states and not any("${" in one for one in states)


def _next(state: dict[str, object]) -> Iterator[object]:
    yield from (state[key] for key in ("Next", "Default") if key in state)
    for key in ("Catch", "Choices"):
        branches = state.get(key)
        yield from (
            (one["Next"] for one in branches if isinstance(one, dict) and "Next" in one)
            if isinstance(branches, list)
            else ()
        )


def _inner(state: dict[str, object]) -> Iterator[object]:
    branches = state.get("Branches")
    yield from branches if isinstance(branches, list) else ()
    yield from (state[key] for key in ("Iterator", "ItemProcessor") if key in state)
