"""What is read of a template that cannot be parsed as a whole."""

from __future__ import annotations

import pytest

from grader.template import TemplateSyntaxError, parse_template, readable_part

YAML = """Parameters:
  Stage: {Type: String}
Resources:
  First:
    Type: AWS::SQS::Queue
  Second:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: orders
  Third:
    Type: AWS::S3::Bucket
"""


def part(text: str) -> tuple[dict[str, int], int] | None:
    with pytest.raises(TemplateSyntaxError) as caught:
        parse_template("t.yml", text)
    found = readable_part("t.yml", text, caught.value)
    return ({name: one.line for name, one in found.resources.items()}, len(found.parameters)) if found else None


@pytest.mark.parametrize(
    ("text", "resources"),
    [
        (YAML + "  : : [\n", {"First": 4, "Second": 6}),
        (YAML + "\n]\n", {"First": 4, "Second": 6}),
        (YAML.replace("TopicName: orders", "TopicName: [orders"), {"First": 4}),
        (YAML.replace("      TopicName: orders", "      TopicName: 'orders"), {"First": 4}),
        (YAML.replace("    Properties:\n", "   Properties:\n"), {"First": 4, "Third": 10}),
    ],
)
def test_the_entries_where_the_parser_stops_are_left_out(text: str, resources: dict[str, int]) -> None:
    found = part(text)
    assert found is not None
    assert resources.items() <= found[0].items()
    assert found[1] == 1


def test_a_json_text_is_read_up_to_the_last_whole_entry() -> None:
    text = """{
  "Resources": {
    "First": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "a\\\\\\"}"}},
    "Second": {"Type": "AWS::SNS::Topic"},
    "Third": {"Type": "AWS::S3::Buc
"""
    found = part(text)
    assert found == ({"First": 3, "Second": 4}, 0)


def test_nothing_is_read_where_no_resource_is_whole() -> None:
    assert part("Resources:\n  Only: [\n") is None
    assert part('{"Resources": {"Only": {"Type": ') is None
