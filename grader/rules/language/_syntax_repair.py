"""A correction of a text that cannot be parsed: the reason, and lines in place of as many others."""

from __future__ import annotations

from dataclasses import dataclass

Lines = list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What is wrong at a line (from 0), as the predicate of a sentence, and the lines that belong there, None where not known.

    `is_sure` tells that the reason holds whether or not the correction is accepted; `is_whole` that it concerns the whole
    text, so that no further place is looked for. `remedy` is what to do, empty where the corrected line says it.
    """

    index: int
    reason: str
    lines: tuple[str, ...] | None = None
    is_sure: bool = True
    is_whole: bool = False
    remedy: str = ""

    def applied(self, lines: Lines) -> Lines | None:
        """Return the lines of the text with the correction; None where there is none."""
        if self.lines is None:
            return None
        return [*lines[: self.index], *self.lines, *lines[self.index + len(self.lines) :]]


def last_filled(lines: Lines, index: int) -> int:
    """Return the last line that is not blank, at an index or before it; 0 where all are."""
    index = max(0, min(index, len(lines) - 1))
    while index > 0 and not lines[index].strip():
        index -= 1
    return index
