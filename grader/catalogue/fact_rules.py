"""Facts as rules: each fact of grader.facts is a rule of the catalogue, with its statement as the narrative."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from grader.case import Case
from grader.catalogue.rule import Rule, RuleFinding, example
from grader.facts import Fact, broken, load_facts

_CATEGORIES = {"order": "references", "grant": "security", "presence": "prerequisites", "combination": "schema"}


def fact_rules() -> Iterator[Rule]:
    """Yield the rule of each fact."""
    for fact in load_facts():
        yield _rule(fact)


def _rule(fact: Fact) -> Rule:
    is_order = fact.mechanism == "order"
    breaks = "{is|are} affected" if fact.level == "Medium" else "{does|do} not meet this requirement"
    state = "{does|do} not wait for {laters}" if is_order else breaks
    when = "Where {it is|they are} created first, AWS" if is_order else "AWS"
    refusal = ""
    if fact.error:
        refusal = f" {when} answers: “{fact.refusal}”."
    elif fact.level == "Critical":
        refusal = f" {when} rejects the {{resource|resources}}."
    return Rule(
        id=fact.id,
        kind=fact.kind,
        level=fact.level,
        category=_CATEGORIES[fact.mechanism],
        title=fact.title,
        issue=f"{fact.statement} {{resources}} in {{file}} {state}.{refusal}",
        fix=fact.fix,
        root_cause="{because}",
        lesson=fact.statement,
        reference=fact.source,
        check=partial(_check, fact),
        aws_behaviour=fact.error or fact.statement,
        fails=tuple(example(text, fact.prompt) for text in fact.failing),
        passes=tuple(example(text, fact.prompt) for text in fact.passing),
    )


def _check(fact: Fact, case: Case) -> Iterator[RuleFinding]:
    for found in broken(fact, case):
        yield RuleFinding(location=found.location, message=found.message, facts=found.facts, level=found.level)
