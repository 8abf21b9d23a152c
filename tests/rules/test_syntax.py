"""Templates that cannot be parsed: every place, its reason, and the line that belongs there."""

from __future__ import annotations

import pytest

from grader.catalogue import example, load_catalogue
from grader.judgement.rule_examples import case_of
from grader.model import Finding

YAML = """Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
"""
JSON = """{
  "Resources": {
    "Topic": {
      "Type": "AWS::SNS::Topic",
      "Properties": {"DisplayName": "a"}
    },
    "Other": {
      "Type": "AWS::SNS::Topic",
"""
END = """
    }
  }
}
"""


def found(text: str, name: str = "template.yml") -> list[Finding]:
    rule = load_catalogue().rules["template-syntax"]
    return list(rule.findings(case_of(example(f"=== {name}\n{text}"))))


@pytest.mark.parametrize(
    ("lines", "reason", "remedy"),
    [
        (
            "      DisplayName: !Select [0, !GetAZs !Ref Region]",
            "line 5 of `Topic` has two short forms in one value, `!GetAZs` and `!Ref`",
            "Write line 5 as `DisplayName: !Select [0, !GetAZs {Ref: Region}]`.",
        ),
        ("\tDisplayName: a", "is indented with a tab", "Indent line 5 with spaces."),
        ("      DisplayName: Note: orders", "a colon and a blank", 'Write line 5 as `DisplayName: "Note: orders"`.'),
        ("      DisplayName: @orders", "begins a text with `@`", "Write line 5 as `DisplayName: '@orders'`."),
        (
            "      DisplayName: 'orders\n      TopicName: 'a'",
            "opens a quote",
            "Write line 5 as `DisplayName: 'orders'`.",
        ),
        (
            "      DisplayName: 'it\\''\n      TopicName: 'a'",
            "escapes a quote",
            "Write line 5 as `DisplayName: 'it\\'`.",
        ),
        ("      DisplayName: a\n     TopicName: b", "indented by 5 spaces", "Indent line 6 by 6 spaces."),
        ("      Tags: - Key: a", "begins a list beside its key", "Write each item of the list at line 5"),
        ("      !Sub 'a': b", "uses the function `!Sub` as a key", "Write the key at line 5 as plain text"),
    ],
)
def test_yaml(lines: str, reason: str, remedy: str) -> None:
    [finding] = found(f"{YAML}{lines}\nOutputs:\n  Name: {{Value: !Ref Topic}}\n")
    assert reason in finding.facts["plain"]
    assert remedy in finding.facts["remedy"]


@pytest.mark.parametrize(
    ("lines", "reason", "remedy"),
    [
        (
            '      "Properties": {"DisplayName": "a"},',
            "ends in a comma",
            'Write line 9 as `"Properties": {"DisplayName": "a"}`.',
        ),
        ('      "Properties": {} // none', "has a comment", "Remove the comment from line 9."),
        ('      "Condition": "A"\n      "Properties": {}', "has no comma", 'Write line 9 as `"Condition": "A",`.'),
        (
            '      "Properties": {\'DisplayName\': "a"}',
            "single quotes",
            'Write line 9 as `"Properties": {"DisplayName": "a"}`.',
        ),
        (
            '      "Properties": {"DisplayName": |\n        a\n        b\n      }',
            "begins a block text",
            "Write lines 10 to 11 as one",
        ),
        (
            '      "Properties": {"Tags": [{"Key": "a", {"Ref": "B"}}]}',
            "has a value without a property name",
            'Write line 9 as `"Properties": {"Tags": [{"Key": "a", "Value": {"Ref": "B"}}]}`.',
        ),
        (
            '      "Properties": {"DisplayName": "a\n      }',
            "opens a quote",
            'Write line 9 as `"Properties": {"DisplayName": "a"`.',
        ),
        (
            '      "Properties": {"DisplayName": "a\\d"}',
            "begins no escape",
            'Write line 9 as `"Properties": {"DisplayName": "a\\\\d"}`.',
        ),
    ],
)
def test_json(lines: str, reason: str, remedy: str) -> None:
    [finding] = found(JSON + lines + END, "template.json")
    assert reason in finding.facts["plain"]
    assert remedy in finding.facts["remedy"]


def test_every_place_is_reported_up_to_five() -> None:
    line = "      - !Join ['-', !Split !Ref Name]\n"
    assert [one.line for one in found(f"{YAML}      Names:\n{line * 3}")] == [6, 7, 8]
    assert len(found(f"{YAML}      Names:\n{line * 9}")) == 5


def test_a_quote_that_is_open_to_the_end_is_no_cut_off_answer() -> None:
    text = f"{YAML}      DisplayName: 'orders\n      TopicName: a\nOutputs:\n  Name: {{Value: !Ref Topic}}\n"
    [finding] = found(text)
    assert finding.facts["remedy"] == "Write line 5 as `DisplayName: 'orders'`."
    cut = load_catalogue().rules["answer-cut-off"]
    assert list(cut.findings(case_of(example(text)))) == []
    assert list(cut.findings(case_of(example(f"{YAML}      DisplayName: 'ord\n"))))


def test_an_excerpt_in_prose_is_no_template() -> None:
    text = '{\n  "Resources": { ... },\n  "Outputs": { ... }\n}\n'
    case = case_of(example(f"=== README.md\nThe solution has a topic.\n\n```json\n{text}```\n"))
    rules = load_catalogue().rules
    assert list(rules["template-syntax"].findings(case)) == []
    assert [one.rule for one in rules["no-template"].findings(case)] == ["no-template"]


@pytest.mark.parametrize(
    "line", ["'" * 5_000 + "\\''", "!A " * 5_000, "@" * 5_000, "[" * 90, "\\" * 5_000, "x: " * 2_000]
)
def test_hostile_lines_are_answered(line: str) -> None:
    assert len(found(f"{YAML}      - a: b\n      {line}: [\n" * 30)) <= 5
