"""Every rule's own examples: the lines marked `# finds`, and no others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.catalogue import Rule, load_catalogue
from grader.catalogue.categories import CATEGORIES
from grader.judgement.rule_examples import problems

CATALOGUE = load_catalogue()
RULES = [
    rule for rule in CATALOGUE.rules.values() if rule.subject != "prompt"
]  # unmet requirements: see tests/judgement


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.id))
def test_examples_hold(rule: Rule) -> None:
    assert problems(rule, CATALOGUE) == []


def test_every_rule_is_complete() -> None:
    lacking = {rule.id: found for rule in RULES if (found := list(_lacking(rule)))}
    assert lacking == {}


def _lacking(rule: Rule) -> Iterator[str]:
    """Yield what a rule lacks."""
    if not (rule.fails and rule.passes):
        yield "an example that fails, and one that passes"
    if not (rule.check or rule.stands_for):
        yield "what detects it"
    if rule.category not in CATEGORIES:
        yield f"a known category: {rule.category}"
    if not rule.reference.startswith("https://docs.aws.amazon.com/"):
        yield f"a page of AWS's documentation: {rule.reference}"
    for text in (rule.issue, rule.fix, rule.root_cause, rule.lesson):
        if not text.endswith((".", "{because}", "{remedy}", "{consequence}")):
            yield f"a full stop after: {text}"
    for text in filter(None, (rule.cost, rule.security, rule.performance)):
        if not text.endswith((".", "{consequence}")):
            yield f"a full stop after: {text}"
    if unknown := set(rule.yields_to) - set(CATALOGUE.rules):
        yield f"known rules that it yields to: {sorted(unknown)}"
