"""Judges of properties: values at paths of the resources that a demand is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from grader.detectors.requirements.answer import Answer, Built
from grader.detectors.requirements.verdict import Verdict, absent, judge, met, unjudged, unmet
from grader.task.reading import Demand
from grader.template import NO_VALUE, Unknown, is_known

_SLOT = re.compile(r"^((?:[<>]=)?[^<]*)<(\w+)>(.*)$", re.S)
_SLOTS = re.compile(r"<(\w+)>")


@judge("fields")
def fields(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether resources have the values that one of the demand's ways lists.

    Each subject needs a resource that complies; with `every`, all of its resources have to.
    """
    found = [_subject(answer, demand, types) for types in demand.check.subjects]
    verdicts = [verdict for verdict in found if verdict is not None]
    others = demand.check.arguments.get("others")
    if not verdicts and isinstance(others, tuple):
        found = [_subject(answer, demand, (type,)) for type in others]
        verdicts = [verdict for verdict in found if verdict is not None]
    if not verdicts:
        return unjudged("nothing of the answer is of a type that it applies to")
    return combined(verdicts)


@judge("keys")
def keys(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether a mapping of a resource has the keys that the prompt names."""
    path = str(demand.check.arguments.get("at", ""))
    wanted = next((value for value in demand.check.values.values() if isinstance(value, tuple)), ())
    types = tuple(type for subject in demand.check.subjects for type in subject)
    built = answer.of(types)
    if not built:
        return absent(answer, types, demand.check.names)
    for one in built:
        there = one.first(path)
        if isinstance(there, dict) and all(key in there for key in wanted):
            return met([one.located("has them", path)])
    if any(not isinstance(one.first(path), dict) for one in built):
        return unjudged("the values are known only when the stack is deployed")
    return unmet(
        f"{path} of {built[0].name} has no {wanted[0]}", [one.located("does not have it", path) for one in built]
    )


def combined(verdicts: Sequence[Verdict]) -> Verdict:
    """Return one verdict of several that all have to be met."""
    for standing in ("unmet", "unjudged"):
        for verdict in verdicts:
            if verdict.standing == standing:
                return verdict
    return met([place for verdict in verdicts for place in verdict.evidence])


def _subject(answer: Answer, demand: Demand, types: tuple[str, ...]) -> Verdict | None:
    every, check = demand.check.every, demand.check
    ways = check.arguments.get("ways", ())
    skips: Sequence[Mapping[str, object]] = check.arguments.get("skip", ())  # type: ignore[assignment]
    fitting = [one for one in answer.of(types) if any(applies(way, one.type) for way in ways)]  # type: ignore[attr-defined]
    built = [one for one in fitting if not (skips and holds(one, skips, {})[0])]
    templates = [one for one in built if one.type == "AWS::EC2::LaunchTemplate"]
    if templates:  # an instance has what its launch template gives
        built = [one for one in built if one.type != "AWS::EC2::Instance" or not one.values("LaunchTemplate")]
    if not built:
        if check.is_general:
            return None
        if fitting:
            return unjudged("it is set, or cannot be set, where those that are there belong")
        return absent(answer, types, check.names)
    built = _without_logs(answer, demand, built)
    if not built:
        return unjudged("only buckets that receive the logs of others are there")
    states = [(one, *holds(one, ways, check.values)) for one in built]  # type: ignore[arg-type]
    good = [one.located("complies", path) for one, state, path, _ in states if state is True]
    bad = [(one, path, there) for one, state, path, there in states if state is False]
    open_ = [one for one, state, _, _ in states if state is None]
    of_each = check.values.get("of_each")
    if isinstance(of_each, int) and len(good) >= of_each:
        return met(good)
    if good and not (every and bad):
        if every and open_:
            return unjudged(f"a value of {open_[0].name} is known only when the stack is deployed")
        return met(good)
    if open_ and not (every and bad):
        return unjudged(f"a value of {open_[0].name} is known only when the stack is deployed")
    if any(holds(one, ways, check.values)[0] for one in answer.hidden if one.type in types):  # type: ignore[arg-type]
        return unjudged("what complies is created only under a condition that is false by default")
    return _differing(answer, demand, bad, len(built))


def _differing(answer: Answer, demand: Demand, bad: Sequence[tuple[Built, str, str]], number: int) -> Verdict:
    """Return that resources differ; Medium where AWS does by default what is asked, open where another resource may do it."""
    one, _, there = bad[0]
    more = f" ({len(bad)} of {number} {'differs' if len(bad) == 1 else 'differ'})" if number > 1 else ""
    if answer.exactly(str(demand.check.arguments.get("instead", ""))):
        return unjudged("another resource of the answer may do it")
    verdict = unmet(f"{one.name} {there}{more}", [item.located(says, at) for item, at, says in bad])
    default = demand.check.arguments.get("default")
    if isinstance(default, str) and all(says.startswith("has no ") for _, _, says in bad):
        return replace(verdict, reason=f"{verdict.reason}. {default}", level="Medium")
    return verdict


def _without_logs(answer: Answer, demand: Demand, built: list[Built]) -> list[Built]:
    """Return resources without the buckets of logs that a demand leaves aside, or that no key of KMS can encrypt."""
    but = demand.check.arguments.get("but")
    ways: Sequence[Mapping[str, object]] = demand.check.arguments.get("ways", ())  # type: ignore[assignment]
    others = [one for one in built if one.name not in answer.log_targets] if but else built
    if but == "every-log-target":
        return others
    built = (others or built) if demand.check.every else built
    if but and any("kms" in path.lower() for way in ways for path in way):
        return [one for one in built if one.name not in answer.load_balancer_logs]
    return built


def applies(way: Mapping[str, object], type: str) -> bool:
    """Whether a way is for resources of a type."""
    wanted = way.get("type")
    return wanted is None or type in (wanted if isinstance(wanted, list) else [wanted])


def holds(
    built: Built, ways: Sequence[Mapping[str, object]], values: Mapping[str, object]
) -> tuple[bool | None, str, str]:
    """Return whether a resource complies in one of the ways, the path that decides, and what is there in words."""
    outcomes: list[tuple[bool | None, str, str]] = []
    for way in ways:
        if not applies(way, built.type):
            continue
        outcome = _way(built, way, values)
        if outcome[0]:
            return outcome
        outcomes.append(outcome)
    unknown = [outcome for outcome in outcomes if outcome[0] is None]
    return (unknown or outcomes or [(False, "", "")])[0]


def _way(built: Built, way: Mapping[str, object], values: Mapping[str, object]) -> tuple[bool | None, str, str]:
    result: tuple[bool | None, str, str] = (True, "", "")
    for path, wanted in way.items():
        if path == "type":
            continue
        state, there = value_holds(built.values(path), wanted, values)
        last = path.removesuffix(".*").rpartition(".")[2]
        said = f"has no {_missing(built, path)}" if there is None else f"sets {last} to {there}"
        result = (state, path, said) if result[0] is True else result
        if state is False:
            return False, path, said
        if state is None:
            result = (None, path, said)
    return result


def _missing(built: Built, path: str) -> str:
    """Return the part of a path that a resource does not have: as far as the first step that is not there."""
    steps = path.split(".")
    for size in range(1, len(steps) + 1):
        if not built.values(".".join(steps[:size])):
            return ".".join(step for step in steps[:size] if step != "*")
    return path.replace(".*", "")


def value_holds(
    found: Sequence[object], wanted: object, values: Mapping[str, object]
) -> tuple[bool | None, str | None]:
    """Return whether one of the values found is what is wanted, and the value found in words; None for unknown."""
    choices = list(wanted_values(wanted, values))
    present = [value for value in found if value is not NO_VALUE and value is not None]
    if not present:
        return (None if "absent?" in choices else "absent" in choices, None)
    there = _words(present[0])
    states = [_compare(value, choice) for value in present for choice in choices]
    if True in states:
        return True, there
    return (None if None in states else False), there


def wanted_values(wanted: object, values: Mapping[str, object]) -> Iterator[object]:
    """Yield the values that a way wants, with what the prompt says in its slots."""
    for one in wanted if isinstance(wanted, list) else [wanted]:
        if isinstance(one, str) and one.startswith("~"):
            yield _SLOTS.sub(lambda found: re.escape(str(values.get(found.group(1), ""))), one)
            continue
        slot = _SLOT.match(one) if isinstance(one, str) else None
        if slot is None:
            yield one
            continue
        before, name, after = slot.groups()
        value = values.get(name)
        factor = float(after[1:]) if after.startswith("*") else None
        for item in value if isinstance(value, tuple) else (value,):
            item = item * factor if factor and isinstance(item, int | float) else item
            yield f"{before}{item}{'' if factor else after}" if before or (after and not factor) else item


def _compare(value: object, choice: object) -> bool | None:
    if choice == "present":
        return not (isinstance(value, list | dict) and not value)
    if choice in ("absent", "absent?"):
        return False
    if isinstance(value, Unknown) or (isinstance(value, str) and not is_known(value)):
        if isinstance(choice, str) and choice.startswith("~"):
            return True if re.search(choice[1:].strip(), str(value), re.I) else None
        return None
    if isinstance(value, list):
        states = [_compare(item, choice) for item in value]
        return True if True in states else None if None in states else False
    if isinstance(choice, str) and choice.startswith("~"):
        return re.search(choice[1:].strip(), str(value), re.I) is not None
    if isinstance(choice, str) and choice[:2] in (">=", "<=", "* "):
        return _bounded(value, choice)
    if isinstance(choice, bool):
        return _text(value) == _text(choice)
    number, other = _number(value), _number(choice)
    if number is not None and other is not None:
        return abs(number - other) < 1e-6
    return _text(value) == _text(choice)


def _bounded(value: object, choice: str) -> bool | None:
    operator, limit = choice[:2], choice[2:].strip()
    if operator == "* ":
        return limit.lower() in _text(value)
    number, bound = _number(value), _number(limit)
    if number is None or bound is None:
        return None
    return number >= bound if operator == ">=" else number <= bound


def _number(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        return float(str(value))
    except ValueError:
        return None


def _text(value: object) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value).strip().lower()


def _words(value: object) -> str:
    if isinstance(value, dict | list):
        return "other values"
    return f"{_text(value) if isinstance(value, bool) else value}"[:80]
