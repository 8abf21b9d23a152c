"""Which resource of one bundle is which of the other: by type, by what it says and by who uses it, never by its logical id."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

from grader.diff.sides import NAME, Item, Key, Side

Features = Mapping[str, float]
Said = tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]
Pairs = dict[Key, Key]

LEAST = 0.12  # below this, two resources of a type have nothing to do with each other
_WORD = re.compile(r"[A-Za-z]{3,}|\d+")
_VALUE, _PLACE, _TOKEN, _USE = 1.0, 0.3, 0.3, 0.8


def match(left: Side, right: Side) -> Pairs:
    """Return the optimal assignment of the left side's resources to the right side's, type by type.

    A second round looks at what references point to, as the first one paired it. Among assignments that are equally
    good, the same one is taken whichever side is called the left.
    """
    if _order(right) < _order(left):
        return {ours: theirs for theirs, ours in _match(right, left).items()}
    return _match(left, right)


def _order(side: Side) -> tuple[int, list[str]]:
    return len(side.items), [template.text for template in side.case.templates]


def _match(left: Side, right: Side) -> Pairs:
    pairs: Pairs = {}
    features = cache(_features)  # most resources say the same in both rounds
    for _ in range(2):
        names = _names(left, right, pairs)
        found: Pairs = {}
        for kind in sorted(left.by_type.keys() & right.by_type.keys()):
            lefts, rights = left.by_type[kind], right.by_type[kind]
            one = [_says(item, left, names[0]) for item in lefts]
            two = [_says(item, right, names[1]) for item in rights]
            for a, b in _assign(one, two, features):
                found[lefts[a].key] = rights[b].key
        if found == pairs:
            break
        pairs = found
    return pairs


Naming = Callable[[str, str], str]


def _names(left: Side, right: Side, pairs: Pairs) -> tuple[Naming, Naming]:
    """Return what a name in a file stands for on each side: its pair where there is one, else its type."""
    number = {key: f"#{index}" for index, key in enumerate(pairs)}
    back = {pairs[key]: name for key, name in number.items()}

    def of(side: Side, numbers: Mapping[Key, str]) -> Naming:
        def name(file: str, logical: str) -> str:
            item = side.items.get((file, logical))
            return logical if item is None else item.type + numbers.get(item.key, "")

        return name

    return of(left, number), of(right, back)


def _says(item: Item, side: Side, name: Naming) -> Said:
    """Return what a resource says, as places with values, and who uses it; no logical id is in it."""
    used = tuple(sorted(side.used_by.get(item.key, ())))
    if not item.names_others:
        return item.said, used
    return tuple(sorted((place, _named(text, item, name)) for place, text in item.said)), used


def _features(said: Said) -> Features:
    """Return what a resource says as weighted features; one that it says again counts again, up to eight times."""
    found: dict[str, float] = {}
    counts: dict[str, int] = {}

    def add(feature: str, weight: float) -> None:
        count = counts.get(feature, 0)
        if count < 8:
            counts[feature] = count + 1
            found[f"{feature}#{count}"] = weight

    for place, value in said[0]:
        add(f"{place}={value}", _VALUE)
        add(f"{place}:", _PLACE)
        for word in _WORD.findall(value.lower()):
            add(f"{place}~{word}", _TOKEN)
    for who, where in said[1]:
        add(f"<{who} {where}", _USE)
    return found


def _named(text: str, item: Item, name: Naming) -> str:
    if "$" not in text:
        return text
    return NAME.sub(lambda found: "${" + name(item.file, found.group(1)) + found.group(2) + "}", text)


def _assign(left: Sequence[Said], right: Sequence[Said], features: Callable[[Said], Features]) -> list[tuple[int, int]]:
    """Pair what the two sides say so that the pairs are as alike as they can be together."""
    pairs, lefts, rights = _equal(left, right)
    if not lefts or not rights:
        return pairs
    ours, theirs = [features(left[a]) for a in lefts], [features(right[b]) for b in rights]
    if len(lefts) == len(rights) == 1:
        return [*pairs, (lefts[0], rights[0])] if _alike(ours[0], theirs[0]) >= LEAST else pairs
    import numpy as np
    from lap import lapjv  # type: ignore[import-untyped]

    scores = _scores(ours, theirs)
    _, columns, _ = lapjv(-np.asarray(scores), extend_cost=True)
    return pairs + [
        (lefts[row], rights[column])
        for row, column in enumerate(columns.tolist())
        if column >= 0 and scores[row][column] > 0
    ]


def _equal(left: Sequence[Said], right: Sequence[Said]) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """Pair what is the same on both sides, in order; return the pairs and what is left over."""
    waiting: dict[Said, list[int]] = {}
    for index, said in enumerate(right):
        waiting.setdefault(said, []).append(index)
    pairs, rest = [], []
    for index, said in enumerate(left):
        same = waiting.get(said)
        if same:
            pairs.append((index, same.pop(0)))
        else:
            rest.append(index)
    return pairs, rest, sorted(index for indices in waiting.values() for index in indices)


def _alike(one: Features, two: Features) -> float:
    total = sum(one.values()) + sum(two.values())
    return 2 * sum(weight for feature, weight in one.items() if feature in two) / total if total else 1.0


def _scores(left: Sequence[Features], right: Sequence[Features]) -> list[list[float]]:
    import numpy as np

    numbers: dict[str, int] = {}
    for features in (*left, *right):
        for feature in features:
            numbers.setdefault(feature, len(numbers))
    weights = np.zeros(len(numbers))
    for features in (*left, *right):
        for feature, weight in features.items():
            weights[numbers[feature]] = weight
    one, two = (_rows(side, numbers) for side in (left, right))
    common = (one * weights) @ two.T
    total = (one @ weights)[:, None] + (two @ weights)[None, :]
    alike: list[list[float]] = (2 * common / np.maximum(total, 1e-9)).tolist()
    # Among equals, what is first goes with what is first.
    return [
        [
            score - 1e-7 * abs(row / len(left) - column / len(right)) if score >= LEAST else 0.0
            for column, score in enumerate(scores)
        ]
        for row, scores in enumerate(alike)
    ]


def _rows(side: Sequence[Features], numbers: Mapping[str, int]) -> NDArray[np.float64]:
    import numpy as np

    rows = np.zeros((len(side), len(numbers)))
    for index, features in enumerate(side):
        rows[index, [numbers[feature] for feature in features]] = 1
    return rows
