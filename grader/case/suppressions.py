"""What a response says to linters to keep them silent: found, reported, and followed only where an author asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.case.case import Case
from grader.model import Finding
from grader.template import AnyNode, Map, Template, at, items_of, text_of

_CHECKOV = re.compile(r"checkov:skip=([\w,]+)")


@dataclass(frozen=True, slots=True)
class Suppression:
    """One place where a template tells a tool to be silent. `resource` is empty where it holds for the whole template."""

    file: str
    line: int
    resource: str
    tool: str
    ids: tuple[str, ...]

    def covers(self, finding: Finding) -> bool:
        """Whether a finding is one that the template wants to be silent about."""
        said = finding.facts.get("id", "")
        same = finding.file == self.file and self.resource in ("", finding.resource)
        return same and bool(said) and any(said.startswith(name) for name in self.ids)

    def __str__(self) -> str:
        where = f" on {self.resource}" if self.resource else ""
        return (
            f"{self.file}:{self.line}: {self.tool} is told to be silent{where} ({', '.join(self.ids) or 'everything'})"
        )


def suppressions(case: Case) -> tuple[Suppression, ...]:
    """Return every suppression of a response's templates: cfn-lint's, Guard's, Checkov's and cfn_nag's."""
    return tuple(found for template in case.templates for found in _of(template))


def without(findings: Iterable[Finding], silent: tuple[Suppression, ...]) -> list[Finding]:
    """Return the findings that no suppression covers."""
    return [finding for finding in findings if not any(one.covers(finding) for one in silent)]


# Under Metadata: the tool, where it keeps its list, and the key of each entry's id (empty where entries are ids).
_METADATA = (
    ("cfn-lint", ("cfn-lint", "config", "ignore_checks"), ""),
    ("Guard", ("guard", "SuppressedRules"), ""),
    ("Checkov", ("checkov", "skip"), "id"),
    ("cfn_nag", ("cfn_nag", "rules_to_suppress"), "id"),
)


def _of(template: Template) -> Iterator[Suppression]:
    holders: list[tuple[str, Map]] = [("", template.root)]
    holders += [(resource.name, resource.node) for resource in template.resources.values()]
    for name, node in holders:
        metadata = node.get("Metadata")
        for tool, path, key in _METADATA:
            listed = at(metadata, *path)
            if listed is not None and isinstance(metadata, Map):
                ids = tuple(_ids(listed, key))
                yield Suppression(template.file, metadata.keys[path[0]].line, name, tool, ids)
    for number, line in enumerate(template.text.split("\n"), 1):
        for match in _CHECKOV.finditer(line):
            yield Suppression(template.file, number, "", "Checkov", tuple(match.group(1).split(",")))


def _ids(listed: AnyNode, key: str) -> Iterator[str]:
    for item in items_of(listed):
        text = text_of(at(item, key)) if key else text_of(item)
        if text:
            yield text
