"""Narratives: what the placeholders of a rule's texts become."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from grader.case import Case
from grader.catalogue import Catalogue, load_catalogue
from grader.judgement.narrative import PlaceholderError, fill, narrate
from grader.judgement.rule_examples import problems
from grader.model import Finding, Location


def _finding(resource: str, because: str) -> Finding:
    place = Location(file="network.yml", line=3, resource=resource)
    return Finding(rule="r", detector="rules", location=place, message="m", facts={"because": because})


def test_words_agree_with_the_number_of_resources() -> None:
    text = "{resources} {is|are} open; {it accepts|they accept} any caller."
    assert fill(text, [_finding("Left", "")]) == "`Left` is open; it accepts any caller."
    both = [_finding("Left", ""), _finding("Right", "")]
    assert fill(text, both) == "`Left` and `Right` are open; they accept any caller."


def test_causes_are_sentences_of_the_check_each_once_and_two_at_most() -> None:
    causes = ["`A` has it.", "`A` has it.", "", "`B` has it.", "`C` has it."]
    found = [_finding(f"R{number}", cause) for number, cause in enumerate(causes)]
    assert fill("{because}", found) == "`A` has it. `B` has it."
    assert fill("{because}", [_finding("Left", "")]) == ""


def _at(resource: str = "Orders", line: int = 3, **facts: str) -> Finding:
    place = Location(file="queue.yml", line=line, resource=resource, type="AWS::SQS::Queue", path="Properties.Name")
    return Finding(rule="r", detector="rules", location=place, message="m", facts=facts)


def test_places_and_facts() -> None:
    found = [_at(value="a"), _at("Bills", 9, value="b"), _at("Bills", 12, value="b")]
    assert fill("{file}:{line} {resource} ({type}), {path}: {value}", found) == (
        "`queue.yml`:3 `Orders` (`AWS::SQS::Queue`), `Properties.Name`: `a`"
    )
    assert fill("{count} values: {values} of {resources} in {files}", found) == (
        "3 values: `a` and `b` of `Orders` and `Bills` in `queue.yml`"
    )


def test_more_than_four_are_counted() -> None:
    found = [_at(f"Q{number}") for number in range(7)]
    assert fill("{resources}", found) == "`Q0`, `Q1`, `Q2` and 4 more"


def test_a_fact_comes_from_the_first_finding_that_has_it() -> None:
    assert fill("{limit} is the limit.", [_at(), _at(limit="40")]) == "`40` is the limit."


def test_braces_are_escaped() -> None:
    assert fill("Write ${{Worker}} or ${{AWS::AccountId}} for {resource}.", [_at()]) == (
        "Write ${Worker} or ${AWS::AccountId} for `Orders`."
    )
    assert fill("{{{resource}}}", [_at()]) == "{`Orders`}"


def test_what_a_value_holds_is_never_a_placeholder() -> None:
    assert fill("{value}", [_at(value="{file} {a|b} {{x}} `y`")]) == "`` {file} {a|b} {{x}} `y` ``"


def test_an_unknown_placeholder_is_an_error() -> None:
    with pytest.raises(PlaceholderError, match=r"\{Worker\}"):
        fill("Use {Worker}.", [_at(value="a")])


def test_a_sentence_that_cannot_be_filled_is_left_out() -> None:
    text = "{resource} is too large. It has {size} bytes.\n\nMake {it|them} smaller! At most {limit}."
    assert narrate(text, [_at(limit="40")]) == "`Orders` is too large. Make it smaller! At most `40`."
    assert narrate("It has {size} bytes.", [_at()]) == ""


def test_the_examples_of_a_rule_fail_where_its_texts_cannot_be_filled() -> None:
    catalogue = load_catalogue()
    wrong = replace(catalogue.rules["circular-dependency"], fix="Remove {Worker} from {resources}.")
    found = problems(wrong, Catalogue({**catalogue.rules, wrong.id: wrong}))
    assert "failing example 1: fix: no finding has a fact for the placeholder {Worker}" in found


@pytest.mark.parametrize(
    ("field", "text", "wrong"),
    [
        ("fix", "", "is empty"),
        ("issue", "{resources} is open..", "two marks in a row"),
        ("fix", "Close the the port of {resources}.", "a word that is written twice"),
        ("fix", "Use {{Worker}}.", "a placeholder that is not filled"),
        ("issue", "{resources} is open and", "ends without a full stop"),
    ],
)
def test_the_examples_of_a_rule_fail_where_its_texts_are_ill_formed(field: str, text: str, wrong: str) -> None:
    catalogue = load_catalogue()
    rule = replace(catalogue.rules["bucket-acl"], **{field: text})  # type: ignore[arg-type]
    found = problems(rule, Catalogue({**catalogue.rules, rule.id: rule}))
    assert any(wrong in one for one in found)


def test_the_fix_of_dashboard_metric_shows_a_substitution(make_case: Callable[..., Case]) -> None:
    rule = load_catalogue().rules["dashboard-metric"]
    found = list(rule.findings(make_case(rule.fails[0].files)))
    assert found
    assert "${" in fill(rule.fix, found)
    assert "${{" not in fill(rule.fix, found)
