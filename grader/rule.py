"""Rules: named kinds of failure, one file each, found by discovery."""

from __future__ import annotations

import fnmatch
import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from grader.case import Case
from grader.errors import InputError
from grader.finding import Finding
from grader.template import Resource, Template

if TYPE_CHECKING:
    from grader.plan import Problem
    from grader.policies import Policy

DETECTOR = "rules"
MARK = "# finds"


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a rule's own check found something, before it is a finding: the rule's id is added on the way out."""

    file: str
    line: int
    message: str
    resource: str = ""
    type: str = ""
    path: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


Check = Callable[[Case], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class Example:
    """A small response. Lines of its files that end in `# finds` are where the rule must report; no others."""

    files: Mapping[str, str]
    prompt: str = "Write a CloudFormation template."
    ideal: Mapping[str, str] = field(default_factory=dict)
    event: Mapping[str, str] = field(default_factory=dict)


def example(
    text: str,
    prompt: str = "Write a CloudFormation template.",
    ideal: str = "",
    event: Mapping[str, str] | None = None,
) -> Example:
    """Make an example of a text: one template, or several files, each after a line `=== name`; so is its ideal answer.

    `event` is what AWS says of it in a dry run, as DescribeEvents gives it.
    """
    return Example(_files(text), prompt, _files(ideal), event or {})


def _files(text: str) -> dict[str, str]:
    files: dict[str, list[str]] = {}
    current = files.setdefault("template.yml", [])
    for line in text.strip("\n").split("\n"):
        if line.startswith("=== "):
            current = files.setdefault(line[4:].strip(), [])
        else:
            current.append(line)
    return {name: "\n".join(lines) + "\n" for name, lines in files.items() if any(lines)}


@dataclass(frozen=True, slots=True)
class Rule:
    """A named kind of failure: what it is, how it is explained, and what detects it.

    The narrative fields are templates: `{name}` is filled from the findings' facts (see grader.narrative).
    `stands_for` names findings of other detectors as `detector:id`, with `*` and `?` for families of ids; the most
    specific pattern of the catalogue wins. `check` is the rule's own check, None where only other detectors see it.
    `yields_to` names rules whose failure at the same place makes this one redundant. `unconfirmed` is the level while no
    ideal answer does otherwise, for what a response may have reasons for; the rule's own level where it is empty.
    `forgiven` tells that it is no failure where the ideal answer does the same: what was right until some day, and style.
    `needed` returns the value that belongs where a finding stands, None where it cannot tell: the fix shows it.
    """

    id: str
    kind: str
    level: str
    category: str
    title: str
    issue: str
    fix: str
    root_cause: str
    lesson: str
    fails: tuple[Example, ...]
    passes: tuple[Example, ...]
    reference: str = ""
    cost: str = ""
    security: str = ""
    performance: str = ""
    stands_for: tuple[str, ...] = ()
    check: Check | None = None
    yields_to: tuple[str, ...] = ()
    unconfirmed: str = ""
    forgiven: bool = False
    engine: str = "cloudformation-validate"
    needed: Callable[[Finding], object] | None = None

    def findings(self, case: Case) -> Iterator[Finding]:
        """Run the rule's own check on a case."""
        for hit in self.check(case) if self.check else ():
            yield Finding(
                self.id, DETECTOR, hit.file, hit.line, hit.message, hit.resource, hit.type, hit.path, hit.facts
            )


def hit(template: Template, resource: Resource, path: str, message: str, **facts: str) -> Hit:
    """Make a hit at a property of a resource; at its nearest written ancestor where the property is absent."""
    return Hit(
        template.file,
        resource.line_of(path) if path else resource.line,
        message,
        resource.name,
        resource.type,
        f"Properties.{path}" if path else "",
        facts,
    )


def hit_of(problem: Problem) -> Hit:
    """Make a hit of something that the plan could not resolve."""
    return Hit(problem.file, problem.line, problem.message, problem.resource, problem.type, problem.path, problem.facts)


@dataclass(frozen=True)
class Catalogue:
    """All rules, by id; `policies` are the files of those that are written in Guard or CEL.

    `demanded` are those that a task brings: its requirements. What `ignored` rules stand for is not reported at all.
    """

    rules: Mapping[str, Rule]
    policies: tuple[Policy, ...] = ()
    demanded: tuple[Rule, ...] = ()
    ignored: frozenset[str] = frozenset()
    _known: dict[str, Rule | None] = field(default_factory=dict, compare=False, repr=False)

    def of(self, detector: str, rule_id: str) -> Rule | None:
        """Return the rule that stands for another detector's id, None where there is none or it is ignored."""
        name = f"{detector}:{rule_id}"
        if name not in self._known:
            matches = [
                (len(pattern.replace("*", "").replace("?", "")), rule.id)
                for rule in self.rules.values()
                for pattern in rule.stands_for
                if fnmatch.fnmatchcase(name, pattern)
            ]
            self._known[name] = self.rules[max(matches)[1]] if matches else None
        rule = self._known[name]
        return None if rule is None or rule.id in self.ignored else rule

    def without(self, ids: Iterable[str]) -> Catalogue:
        """Return the catalogue with rules ignored, except those that others yield to: these still speak for the others."""
        yielded = {other for rule in self.rules.values() for other in rule.yields_to}
        return replace(self, ignored=frozenset(ids) - yielded)


@cache
def load_catalogue(folder: Path | None = None) -> Catalogue:
    """Return the rules of grader.rules, of installed packages and of a user's folder, ordered by id.

    Raises InputError where a file of the folder cannot be read, or has the id of another rule.
    """
    from grader.policies import installed_rules, read_rules

    package = importlib.import_module("grader.rules")
    found: dict[str, Rule] = {}
    for module in pkgutil.iter_modules(package.__path__):
        rule: Rule = importlib.import_module(f"grader.rules.{module.name}").RULE
        found[rule.id] = rule
    added = [installed_rules(), *([read_rules(folder)] if folder else [])]
    for rule in (rule for user in added for rule in user.rules):
        if rule.id in found:
            raise InputError(f"two rules have the id {rule.id}", folder or "")
        found[rule.id] = rule
    return Catalogue(dict(sorted(found.items())), tuple(policy for user in added for policy in user.policies))
