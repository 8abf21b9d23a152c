"""A finding: one fact from a detector."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact: which rule, seen by which detector, at which file, line and resource of the bundle.

    `facts` are the values a rule's narrative names (`value`, `needed` ...), as plain texts. `resource` is empty for what
    is missing or stands outside the resources; `type` is then the missing type, or empty.
    """

    rule: str
    detector: str
    file: str
    line: int
    message: str
    resource: str = ""
    type: str = ""
    path: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
