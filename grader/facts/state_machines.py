"""Definitions of state machines in the Amazon States Language: what keeps Step Functions from accepting them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from grader.case import Case
from grader.facts.places import Place, places

MAX_DEPTH = 20
_ENDS = frozenset({"Choice", "Succeed", "Fail"})  # states that need neither Next nor End


def faults(case: Case, root: Place) -> Iterator[tuple[Place, str]]:
    """Yield the first fault of a definition: a name of a state that it uses and does not define, a state that leads nowhere.

    What is only known at deployment is left alone.
    Source: https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html
    """
    [kind] = places(case, root, "StateMachineType")
    for path in ("DefinitionString", "Definition"):
        for place in places(case, root, path):
            if place.is_absent:
                continue
            machine = _read(place)
            if machine is None and not place.is_open and "${" not in place.text:
                yield place, "the definition is not JSON"
                continue
            found = next(_faults(machine, MAX_DEPTH), None)
            if found is None and kind.text == "EXPRESS":
                found = next(_waits(machine, MAX_DEPTH), None)
            if found:
                yield place, found


def _read(place: Place) -> object:
    if isinstance(place.value, dict):
        return place.value
    try:
        return json.loads(place.text)
    except (ValueError, RecursionError):
        return None


def _waits(machine: object, depth: int) -> Iterator[str]:
    """Yield the tasks that wait for a job or a callback, which express workflows do not support.

    Source: https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
    """
    states = machine.get("States") if isinstance(machine, dict) else None
    for name, state in states.items() if isinstance(states, dict) and depth else ():
        if not isinstance(state, dict):
            continue
        pattern = re.search(r"\.(sync(:2)?|waitForTaskToken)$", str(state.get("Resource", "")))
        if pattern:
            yield f"{name} uses {pattern[0]}, which an express workflow does not support"
        for inner in _inner(state):
            yield from _waits(inner, depth - 1)


def _faults(machine: object, depth: int) -> Iterator[str]:
    states = machine.get("States") if isinstance(machine, dict) else None
    if not isinstance(machine, dict) or not isinstance(states, dict) or not depth or "Fn::Transform" in states:
        return
    start = machine.get("StartAt")
    if _is_missing(start, states):
        yield f"StartAt names {start}, which States does not define"
    yield from _unreachable(start, states)
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
            if {"Next", "End"} <= state.keys():
                yield f"{name} has both Next and End"
            yield from _state_faults(name, state)
            for inner in _inner(state):
                yield from _faults(inner, depth - 1)


def _unreachable(start: object, states: dict[str, object]) -> Iterator[str]:
    """Yield the states that no other state leads to."""
    reached: set[object] = set()
    stack = [start]
    while stack:
        name = stack.pop()
        state = states.get(name) if isinstance(name, str) and name not in reached else None
        reached.add(name if isinstance(name, str) else None)
        if isinstance(state, dict):
            stack += [one for one in _next(state) if one not in reached]
    if start in states and not any("${" in str(one) for one in reached):
        yield from (f"no state leads to {name}" for name in states if name not in reached and "${" not in name)


def _state_faults(name: str, state: dict[str, object]) -> Iterator[str]:
    """Yield what is wrong inside a state: error handlers, paths, and what a map runs."""
    for key in ("Retry", "Catch"):
        handlers = state.get(key)
        errors = (
            [one.get("ErrorEquals") for one in handlers if isinstance(one, dict)] if isinstance(handlers, list) else []
        )
        for index, names in enumerate(errors):
            if isinstance(names, list) and "States.ALL" in names and (len(names) > 1 or index < len(errors) - 1):
                yield f"States.ALL in {key} of {name} is neither alone nor in the last entry"
    if state.get("Type") == "Map" and not {"ItemProcessor", "Iterator"} & state.keys():
        yield f"{name} is a map without ItemProcessor"
    for key in ("Parameters", "ResultSelector"):
        wrong = next(_plain_paths(state.get(key), MAX_DEPTH), None)
        if wrong:
            yield f"{wrong} in {key} of {name} is not a path"


def _plain_paths(value: object, depth: int) -> Iterator[str]:
    """Yield the fields whose names end in `.$` and whose values are neither a path nor an intrinsic function."""
    if isinstance(value, dict) and depth:
        for key, item in value.items():
            is_path = isinstance(item, str) and (item.startswith(("$", "States.")) or "${" in item)
            if str(key).endswith(".$") and isinstance(item, str) and not is_path:
                yield str(key)
            yield from _plain_paths(item, depth - 1)


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
