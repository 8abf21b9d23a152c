"""The bundle: what a response turned out to hold."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a file of a bundle is, recognised by its content."""

    TEMPLATE = "template"
    PARAMETERS = "parameters"
    CODE = "code"
    DOCUMENT = "document"
    SCRIPT = "script"
    FOREIGN = "foreign"
    SNIPPET = "snippet"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Segment:
    """From `line` of the file on, the text is at `source_line` of the response (both from 1)."""

    line: int
    source_line: int


@dataclass(frozen=True, slots=True)
class BundleFile:
    """One file of a bundle: its name inside the bundle, its kind, its text, and where in the response it stood.

    `detail` says more about the kind where there is more to say (the language of code, `terraform` ...).
    """

    name: str
    kind: Kind
    text: str
    source: str
    segments: tuple[Segment, ...] = (Segment(1, 1),)
    detail: str = ""

    def source_line(self, line: int) -> int:
        """Return the line of the response at which a line of this file is."""
        index = bisect_right(self.segments, line, key=lambda segment: segment.line) - 1
        segment = self.segments[max(index, 0)]
        return segment.source_line + line - segment.line

    @property
    def size(self) -> int:
        """The size in bytes, as UTF-8."""
        return len(self.text.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True, slots=True)
class Omitted:
    """Something of the response that is not in the bundle, and why; a template with its text."""

    name: str
    reason: str
    line: int = 0
    template: BundleFile | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """A response read: named files, in the response's order, and what was left out.

    `cut_off` says where a response ends too early, empty where it does not. `is_refused` is what the record of a response
    says of it: a filter, or the model, declined.
    """

    name: str
    files: tuple[BundleFile, ...]
    omitted: tuple[Omitted, ...] = ()
    cut_off: str = ""
    is_refused: bool = False

    def of_kind(self, *kinds: Kind) -> Iterator[BundleFile]:
        """Yield the files of the given kinds."""
        return (file for file in self.files if file.kind in kinds)

    def file(self, name: str) -> BundleFile | None:
        """Return the file of that name, or None."""
        return next((file for file in self.files if file.name == name), None)
