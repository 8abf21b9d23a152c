"""Every rule's own examples: the lines marked `# finds`, and no others."""

from __future__ import annotations

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


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.id))
def test_is_complete(rule: Rule) -> None:
    assert rule.fails
    assert rule.passes
    assert rule.check or rule.stands_for
    assert rule.category in CATEGORIES
    assert rule.reference.startswith("https://docs.aws.amazon.com/")
    for text in (rule.issue, rule.fix, rule.root_cause, rule.lesson):
        assert text.endswith((".", "{because}", "{remedy}", "{consequence}"))
    for text in (rule.cost, rule.security, rule.performance):
        assert not text or text.endswith((".", "{consequence}"))
    assert set(rule.yields_to) <= set(CATALOGUE.rules)
