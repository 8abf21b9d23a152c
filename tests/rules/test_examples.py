"""Every rule's own examples: the lines marked `# finds`, and no others."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.case import Case
from grader.detectors import detect
from grader.finding import Finding
from grader.rule import MARK, Example, Rule, load_catalogue
from grader.summary import CATEGORIES

CATALOGUE = load_catalogue()
RULES = list(CATALOGUE.rules.values())
FAILS = [pytest.param(rule, one, id=f"{rule.id}-{n}") for rule in RULES for n, one in enumerate(rule.fails)]
PASSES = [pytest.param(rule, one, id=f"{rule.id}-{n}") for rule in RULES for n, one in enumerate(rule.passes)]


def _findings(case: Case, rule: Rule) -> list[Finding]:
    detections = detect(case, CATALOGUE, fast=rule.engine != "cfn-lint")
    assert [error for detection in detections for error in detection.errors] == []
    return [finding for detection in detections for finding in detection.findings if finding.rule == rule.id]


def _marked(example: Example) -> set[tuple[str, int]]:
    return {
        (name, number)
        for name, text in example.files.items()
        for number, line in enumerate(text.split("\n"), 1)
        if line.rstrip().endswith(MARK)
    }


@pytest.mark.parametrize(("rule", "one"), FAILS)
def test_reports_exactly_the_marked_lines(rule: Rule, one: Example, make_case: Callable[..., Case]) -> None:
    found = {
        (finding.file, finding.line) for finding in _findings(make_case(one.files, one.prompt, ideal=one.ideal), rule)
    }
    assert found
    if marked := _marked(one):
        assert found == marked


@pytest.mark.parametrize(("rule", "one"), PASSES)
def test_is_silent_on_what_is_right(rule: Rule, one: Example, make_case: Callable[..., Case]) -> None:
    assert _findings(make_case(one.files, one.prompt, ideal=one.ideal), rule) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.id))
def test_is_complete(rule: Rule) -> None:
    assert rule.fails
    assert rule.passes
    assert rule.check or rule.stands_for
    assert rule.category in CATEGORIES
    assert rule.reference.startswith("https://docs.aws.amazon.com/")
    for text in (rule.issue, rule.fix, rule.root_cause, rule.lesson, rule.cost, rule.security, rule.performance):
        assert text.endswith(".")
    assert set(rule.yields_to) <= set(CATALOGUE.rules)
