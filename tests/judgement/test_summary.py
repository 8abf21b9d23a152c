"""What a set of failures says as a whole."""

from __future__ import annotations

from collections.abc import Callable

from grader.case import Case
from grader.judgement.summary import gaps, recommendations, summary, training_value
from grader.model import Evidence, Failure, Impact, Location

LEVELS = ("Critical", "High", "Medium")
TOPICS = (
    "Resources:\n  Orders: {Type: AWS::SNS::Topic}\n  Bills: {Type: AWS::SNS::Topic}\n  Jobs: {Type: AWS::SQS::Queue}\n"
)


def failure(number: int, level: str = "High", category: str = "security", lesson: str = "Encrypt.") -> Failure:
    place = Location(file="a.yml", line=1, resource=f"R{number}")
    return Failure(
        number=number,
        rule=f"rule-{number}",
        kind="kind",
        category=category,
        level=level,
        title=f"Title {number}",
        issue="",
        fix="",
        root_cause="",
        reference="",
        impact=Impact("", "", ""),
        lesson=lesson,
        evidence=(Evidence(detector="rules", location=place, message="m", source="a.yml", source_line=1),),
    )


def test_the_summary_names_the_services_and_the_most_severe_failures(make_case: Callable[..., Case]) -> None:
    case = make_case({"a.yml": TOPICS})
    text = summary(case, [failure(1, "Critical"), failure(2, "Medium")])
    assert "one template with 3 resources" in text
    assert "SNS and SQS" in text
    assert "Title 1" in text
    assert "Title 2" not in text


def test_more_than_four_titles_are_counted(make_case: Callable[..., Case]) -> None:
    text = summary(make_case({"a.yml": TOPICS}), [failure(number) for number in range(1, 8)])
    assert "Title 4; and 3 more" in text
    assert "Title 5" not in text


def test_a_response_without_failures_or_templates(make_case: Callable[..., Case]) -> None:
    assert "no template" in summary(make_case({"README.md": "# Nothing\n"}), [])


def test_gaps_are_by_number_of_failures() -> None:
    found = gaps([failure(1, category="naming"), failure(2, category="security"), failure(3, category="security")])
    assert [text.rpartition(" (")[2] for text in found] == ["failures 2, 3)", "failure 1)"]
    assert all(text[0].isupper() for text in found)


def test_the_training_value_follows_the_most_severe_level() -> None:
    words = [training_value([failure(1, level)], LEVELS).split()[0] for level in LEVELS]
    assert words == ["HIGH", "MEDIUM", "LOW"]
    assert training_value([], LEVELS).startswith("LOW")
    assert "2 of 3 failures are Critical, in 2 areas" in training_value(
        [failure(1, "Critical"), failure(2, "Critical", "naming"), failure(3)], LEVELS
    )


def test_a_lesson_is_written_once_with_all_that_shows_it() -> None:
    found = recommendations([failure(1), failure(2), failure(3, lesson="Tag.")])
    assert len(found) == 2
    assert found[0].startswith("Encrypt.")
    assert "`R1` and `R2`" in found[0]
    assert "`R3`" in found[1]
