"""Narratives: words agree with the number of resources, and a check's own sentence is taken as it is."""

from __future__ import annotations

from grader.judgement.narrative import fill
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
