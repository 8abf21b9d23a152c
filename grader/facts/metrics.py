"""The metrics that services publish to CloudWatch: whether an alarm or a widget looks at a metric that exists."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from grader.support.validation import load_yaml, validate

DATA = Path(__file__).parent / "metrics.yaml"
MAX_SETS = 3  # that a message names


class Namespace(BaseModel):
    """The metrics of a namespace, and the sets of dimensions that some of them are published with."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    source: str = Field(pattern=r"^https://")
    metrics: str
    dimensions: dict[str, list[str]] = Field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The names and patterns of its metrics."""
        return self.metrics.split()

    def sets(self, metric: str) -> list[frozenset[str]]:
        """Return the sets of dimensions that a metric is published with; empty where they are not known."""
        for names, sets in self.dimensions.items():
            if _matches(metric, names.split()):
                return [frozenset(one.split()) for one in sets]
        return []


class MetricsFile(BaseModel):
    """The table of metrics."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    namespaces: dict[str, Namespace]


class Metric(NamedTuple):
    """A metric that an alarm or a widget names; `dimensions` is None where they are not known.

    `is_misplaced` where a widget has dimensions in the object of rendering properties, which has no such property.
    """

    namespace: str
    name: str
    dimensions: frozenset[str] | None
    is_misplaced: bool = False


class Row(NamedTuple):
    """A metric of a widget: namespace, name, and the names and values of dimensions in turn."""

    texts: list[str]
    is_misplaced: bool = False


MAX_SIMILAR = 4  # metrics of the same kind that are named


@cache
def load_metrics() -> dict[str, Namespace]:
    """Read the table of metrics. Raises InputError where it is wrong."""
    return validate(MetricsFile, load_yaml(DATA) or {}, DATA).namespaces


def unknown(metric: Metric) -> str:
    """Return why a metric does not exist; empty where it does, and where its namespace is not in the table."""
    known = load_metrics().get(metric.namespace)
    if known is None or "${" in metric.name or _matches(metric.name, known.names):
        return ""
    similar = similar_metric(metric)
    names = [similar] if similar else _of_same_kind(metric)
    return f"the metric `{metric.name}` does not exist in `{metric.namespace}`" + (
        f", which has {_listed(names)}" if names else ""
    )


def unpublished(metric: Metric) -> str:
    """Return why no data has the dimensions of a metric that exists; empty where it has, or where that is not known."""
    known = load_metrics().get(metric.namespace)
    if known is None or metric.dimensions is None:
        return ""
    sets = known.sets(metric.name)
    if not sets or metric.dimensions in sets:
        return ""
    have = f"with {_listed(metric.dimensions)}" if metric.dimensions else "without dimensions"
    if metric.is_misplaced:
        have += " (`dimensions` is in its rendering options, which have no such property)"
    wanted = [_listed(one) for one in nearest_sets(metric) if one]
    right = f"with {' or '.join(wanted[:MAX_SETS])}" if wanted else "without dimensions"
    return f"`{metric.name}` of `{metric.namespace}` is read {have}, and is published {right}"


def nearest_sets(metric: Metric) -> list[frozenset[str]]:
    """Return the sets of dimensions that a metric is published with and that differ least from its own; none for an unknown metric."""
    known = load_metrics().get(metric.namespace)
    sets = known.sets(metric.name) if known else []
    own = metric.dimensions or frozenset()
    nearest = min((len(one ^ own) for one in sets if one or len(sets) == 1), default=0)
    return [one for one in sets if (one or len(sets) == 1) and len(one ^ own) == nearest]


def similar_metric(metric: Metric) -> str:
    """Return the metric of the namespace that is called almost the same as one that does not exist; empty where there is none."""
    known = load_metrics().get(metric.namespace)
    names = [name for name in known.names if "*" not in name] if known else []
    return next(iter(get_close_matches(metric.name, names, n=1, cutoff=0.85)), "")


def _of_same_kind(metric: Metric) -> list[str]:
    """Return the metrics of a namespace whose names end in the same two words as one that does not exist, if there are few."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]+", metric.name)
    known = load_metrics().get(metric.namespace)
    end = "".join(words[-2:])
    names = [name for name in known.names if name.endswith(end) and "*" not in name] if known and len(words) > 2 else []
    return names if len(names) <= MAX_SIMILAR else []


def rows_of(body: str) -> Iterator[Row]:
    """Yield the metrics of a dashboard body.

    `.` stands for what the row before has at the same place, `...` for all of its first items. A body that is not JSON has none.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
    """
    try:
        data = json.loads(body, strict=False)
    except (RecursionError, ValueError):
        return
    widgets = data.get("widgets") if isinstance(data, dict) else None
    for widget in widgets if isinstance(widgets, list) else ():
        properties = widget.get("properties") if isinstance(widget, dict) else None
        metrics = properties.get("metrics") if isinstance(properties, dict) else None
        before: list[str] = []
        for metric in metrics if isinstance(metrics, list) else ():
            texts = [part for part in metric if isinstance(part, str)] if isinstance(metric, list) else []
            if texts:
                before = _repeated(texts, before)
                yield Row(before, any(isinstance(part, dict) and "dimensions" in part for part in metric))


def _repeated(texts: list[str], before: list[str]) -> list[str]:
    if texts[0] == "...":
        rest = texts[1:]
        texts = [*before[: max(0, len(before) - len(rest))], *rest]
    return [before[place] if text == "." and place < len(before) else text for place, text in enumerate(texts)]


def metric_of(row: Row) -> Metric | None:
    """Return the metric of a row of a dashboard; None where the row is too short."""
    texts = row.texts
    return Metric(texts[0], texts[1], frozenset(texts[2::2]), row.is_misplaced) if len(texts) > 1 else None


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def _listed(names: Iterable[str]) -> str:
    *first, last = (f"`{name}`" for name in sorted(names))
    return f"{', '.join(first)} and {last}" if first else last
