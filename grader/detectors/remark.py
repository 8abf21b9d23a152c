"""What an engine says of a template, in one form for all engines."""

from __future__ import annotations

import re
from dataclasses import dataclass

from grader.detectors.plain_words import plain
from grader.model import Finding, Location
from grader.support.text import is_natural
from grader.template import Template

_STEP = re.compile(r"[./]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A remark: the engine's id and words, the line, and what it is about.

    `section` and `name` name the entry of the template (`Resources` and a logical id), `type` is the resource type, and `path`
    leads on from there, dotted. All but id, message and line may be empty.
    """

    id: str
    message: str
    line: int
    section: str = ""
    name: str = ""
    type: str = ""
    path: str = ""

    @property
    def steps(self) -> tuple[str, ...]:
        """The path from the entry on, step by step."""
        steps = tuple(step for step in _STEP.split(self.path) if step)
        return steps[2:] if steps[:2] == (self.section, self.name) else steps

    @property
    def property(self) -> tuple[str, ...]:
        """The steps without places in lists and intrinsic functions, which a choice of Fn::If moves."""
        steps = self.steps
        named: list[str] = []
        for index, step in enumerate(steps):
            inside_if = index > 0 and steps[index - 1] == "Fn::If"
            if not is_natural(step) and step != "Fn::If" and not inside_if:
                named.append(step)
        return tuple(named)

    def finding(self, rule: str, detector: str, template: Template | None, file: str, level: str = "") -> Finding:
        """Return the remark as a finding of a rule."""
        entry = template.section(self.section).get(self.name) if template and self.name else None
        words = plain(self.message, self.name, self.type, ".".join(self.steps), entry)
        line = self.line or (template.line_of(self.section, self.name) if template and self.name else 1)
        return Finding(
            rule=rule,
            detector=detector,
            location=Location(file=file, line=line, resource=self.name, type=self.type, path=self.path),
            message=self.message,
            facts={"name": self.name, "id": self.id, "says": self.message, "plain": words},
            level=level,
        )
