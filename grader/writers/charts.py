"""The charts of a page as SVG: its colours are those of the page, in the light and in the dark theme."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

_WIDTH = 700
_LABEL = 210  # for the names on the left
_ROW = 26
_COLOURS = ("#d6336c", "#e8590c", "#1c7ed6")  # by level, the most severe first; further levels are grey
_GREY = "#888888"  # readable on light and on dark
_MAX_LABEL = 30


def scores_chart(scores: Mapping[str, Sequence[float]]) -> str:
    """Draw how the scores of each model are distributed: the range, the middle half, the median and the mean."""
    height = _ROW * (len(scores) + 2)
    span = _WIDTH - _LABEL - 20
    parts = [_tick(_LABEL + span * value / 100, height, str(value)) for value in range(0, 101, 20)]
    for place, (model, values) in enumerate(scores.items()):
        parts += _box(model, sorted(values), _ROW * place + _ROW / 2, span)
    parts.append(_text(_LABEL + span / 2, height - 2, "score (box: middle half, line: median, dot: mean)", "middle"))
    return _svg("Score by model", height, parts)


def _box(model: str, values: Sequence[float], y: float, span: float) -> Iterator[str]:
    low, first, middle, third, high = (_LABEL + span * _quantile(values, q) / 100 for q in (0, 0.25, 0.5, 0.75, 1))
    mean = _LABEL + span * sum(values) / len(values) / 100
    yield _text(_LABEL - 8, y + 4, _label(model), "end")
    yield _line(low, y, high, y)
    yield f'<rect x="{first:.1f}" y="{y - 7:.1f}" width="{third - first:.1f}" height="14" fill="{_GREY}" fill-opacity="0.35" stroke="currentColor"/>'
    yield _line(middle, y - 7, middle, y + 7, 2)
    yield f'<circle cx="{mean:.1f}" cy="{y:.1f}" r="3" fill="currentColor"/>'


def _quantile(values: Sequence[float], share: float) -> float:
    """Return a quantile of sorted values, between two of them where it falls there."""
    place = share * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)


def kinds_chart(counts: Mapping[str, Mapping[str, int]], levels: Sequence[str]) -> str:
    """Draw the numbers of failures by kind, each bar divided by level. `counts` is by kind and level, in the order of the bars."""
    height = _ROW * (len(counts) + 2)
    span = _WIDTH - _LABEL - 60
    most = max((sum(found.values()) for found in counts.values()), default=1)
    parts: list[str] = []
    for place, (kind, found) in enumerate(counts.items()):
        y, x = _ROW * place + 4, float(_LABEL)
        parts.append(_text(_LABEL - 8, y + 13, _label(kind), "end"))
        for level, colour in zip(levels, _colours(levels), strict=True):
            width = span * found.get(level, 0) / most
            if width:
                parts.append(f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="18" fill="{colour}"/>')
            x += width
        parts.append(_text(x + 6, y + 13, str(sum(found.values())), "start"))
    x = float(_LABEL)
    for level, colour in zip(levels, _colours(levels), strict=True):
        parts.append(f'<rect x="{x:.1f}" y="{height - 16}" width="12" height="12" fill="{colour}"/>')
        parts.append(_text(x + 18, height - 6, _label(level), "start"))
        x += 110
    return _svg("Failures by kind and level", height, parts)


def _colours(levels: Sequence[str]) -> list[str]:
    return [_COLOURS[place] if place < len(_COLOURS) else _GREY for place in range(len(levels))]


def _label(text: str) -> str:
    name = text or "(no model)"
    return name if len(name) <= _MAX_LABEL else f"{name[: _MAX_LABEL - 1]}…"


def _tick(x: float, height: int, text: str) -> str:
    line = f'<line x1="{x:.1f}" y1="0" x2="{x:.1f}" y2="{height - 34}" stroke="{_GREY}" stroke-opacity="0.4"/>'
    return line + _text(x, height - 20, text, "middle")


def _line(x1: float, y1: float, x2: float, y2: float, width: int = 1) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="currentColor" stroke-width="{width}"/>'
    )


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="currentColor">{escape(text)}</text>'


def _svg(title: str, height: int, parts: Sequence[str]) -> str:
    head = f'<svg role="img" aria-label="{title}" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" font-size="13">'
    return f"{head}<title>{title}</title>{''.join(parts)}</svg>"
