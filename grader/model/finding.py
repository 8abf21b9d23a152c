"""Findings, and the places that they are about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

RANKS = ("Critical", "High", "Medium")  # what rules call the ranks of failures, most severe first


def property_path(path: str) -> str:
    """Return a path in the one notation of findings: steps joined by dots, such as `Properties.Tags.0.Key`.

    Detectors call it on what engines and AWS report, which may separate the steps with slashes, or write `Tags[0]`.
    """
    return _INDEX.sub(r".\1", path.strip("/").replace("/", "."))


_INDEX = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place in the bundle: file, line (from 1), logical id, resource type and dotted property path.

    `resource` is empty for what is missing or is outside the Resources section; `type` is then the missing type, or empty.
    """

    file: str
    line: int
    resource: str = ""
    type: str = ""
    path: str = ""

    @property
    def property(self) -> str:
        """The path below `Properties`, up to the first intrinsic function, with a final dot."""
        return self.path.removeprefix("Properties").split(".Fn::")[0] + "."


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """Anything that has a location, a message and facts: the values that a rule's narrative names, as plain texts.

    `level` replaces the rule's level for this finding, where what happens depends on the place; empty for the rule's own.
    """

    location: Location
    message: str
    facts: Mapping[str, str] = field(default_factory=dict)
    level: str = ""

    @property
    def file(self) -> str:
        """The file of the bundle."""
        return self.location.file

    @property
    def line(self) -> int:
        """The line in that file, from 1."""
        return self.location.line

    @property
    def resource(self) -> str:
        """The logical id, empty where no resource of the template is concerned."""
        return self.location.resource

    @property
    def type(self) -> str:
        """The resource type, or the type that is missing; may be empty."""
        return self.location.type

    @property
    def path(self) -> str:
        """The dotted property path, empty where the whole resource is concerned."""
        return self.location.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding(Located):
    """One fact: which rule, reported by which detector, at which location."""

    rule: str
    detector: str
