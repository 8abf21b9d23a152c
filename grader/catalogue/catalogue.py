"""The catalogue: every rule, found by discovery, and which rule stands for an id of another detector."""

from __future__ import annotations

import fnmatch
import importlib
import pkgutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from grader.catalogue.fact_rules import fact_rules
from grader.catalogue.rule import DETECTOR, Rule
from grader.catalogue.unmet import unmet_rules
from grader.catalogue.user_rules import installed_rules, read_rules
from grader.errors import InputError
from grader.model import Policy


@dataclass(frozen=True)
class Catalogue:
    """All rules, by id; `policies` are the files of those that are written in Guard or CEL.

    `demanded` are those that a task brings: its requirements. What `ignored` rules stand for is not reported at all.
    `whole_linter` asks cfn-lint also for what cloudformation-validate covers.
    """

    rules: Mapping[str, Rule]
    policies: tuple[Policy, ...] = ()
    demanded: tuple[Rule, ...] = ()
    ignored: frozenset[str] = frozenset()
    whole_linter: bool = False
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

    def renamed(self, rule_id: str) -> tuple[str, ...]:
        """Return the current ids of a rule that had another id before; empty for a current id and for an unknown one."""
        if rule_id in self.rules:
            return ()
        return tuple(rule.id for rule in self.rules.values() if rule_id in rule.former_ids)

    def without(self, ids: Iterable[str]) -> Catalogue:
        """Return the catalogue with rules ignored, except those that others yield to: these still speak for the others."""
        yielded = {other for rule in self.rules.values() for other in rule.yields_to}
        return replace(self, ignored=frozenset(ids) - yielded)

    def only(self, ids: Collection[str]) -> Catalogue:
        """Return the catalogue with all rules ignored but some."""
        return replace(self, ignored=self.ignored | (self.rules.keys() - set(ids)))

    def hears(self, detector: str) -> bool:
        """Whether a rule that is not ignored has findings of a detector."""
        rules = (rule for rule in self.rules.values() if rule.id not in self.ignored)
        if detector == DETECTOR:
            return any(rule.check for rule in rules)
        return any(pattern.startswith(f"{detector}:") for rule in rules for pattern in rule.stands_for)


@cache
def load_catalogue(folder: Path | None = None) -> Catalogue:
    """Return the rules of grader.rules, of installed packages and of a user's folder, ordered by id.

    Raises InputError where a file of the folder cannot be read, or has the id of another rule.
    """
    found = {rule.id: rule for rule in _shipped()}
    added = [installed_rules(), *([read_rules(folder)] if folder else [])]
    for rule in (rule for user in added for rule in user.rules):
        if rule.id in found:
            raise InputError(f"two rules have the id {rule.id}", folder or "")
        found[rule.id] = replace(rule, subject="user")
    return Catalogue(dict(sorted(found.items())), tuple(policy for user in added for policy in user.policies))


@cache
def _shipped() -> tuple[Rule, ...]:
    """Return the rules of this package, which are the same whatever a user adds."""
    return tuple(_discovered())


def _discovered() -> Iterator[Rule]:
    """Yield the rules of grader.rules, whose modules hold one each, those of the facts and those of unmet requirements."""
    package = importlib.import_module("grader.rules")
    for module in pkgutil.walk_packages(package.__path__, "grader.rules."):
        name = module.name.rpartition(".")[2]
        if not module.ispkg and not name.startswith("_"):
            rule: Rule = importlib.import_module(module.name).RULE
            yield replace(rule, subject=module.name.split(".")[2])
    for rule in fact_rules():
        yield replace(rule, subject="facts")
    for rule in unmet_rules():
        yield replace(rule, subject="prompt")
