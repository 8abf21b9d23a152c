"""Templates from text: values, positions, and what is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.template import Call, Map, Scalar, TemplateSyntaxError, as_text, at, parse_template, plain, walk

YAML = """\
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Stage: {Type: String, Default: dev}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Condition: IsProd
    DependsOn: [Topic]
    Properties:
      BucketName: !Sub '${Stage}-${Topic.TopicName}-${AWS::Region}'
      Tags:
        - Key: owner
          Value: !GetAtt Topic.TopicName
  Topic:
    Type: AWS::SNS::Topic
"""


def test_dates_stay_as_they_are_written() -> None:
    root = parse_template("t", YAML).root
    assert plain(root.get("AWSTemplateFormatVersion")) == "2010-09-09"


def test_short_and_long_forms_are_the_same_call() -> None:
    short = parse_template("t", "A: !GetAtt B.C.D\nD: !Ref E\n").root
    long = parse_template("t", '{"A": {"Fn::GetAtt": ["B", "C.D"]}, "D": {"Ref": "E"}}').root
    assert plain(short) == plain(long)
    assert isinstance(short.get("A"), Call)


def test_every_reference_has_its_kind_and_its_line() -> None:
    template = parse_template("t", YAML)
    found = {(use.kind, use.target, use.attribute, use.owner, use.line) for use in template.references}
    assert found == {
        ("Ref", "Stage", "", "IsProd", 5),
        ("Condition", "IsProd", "", "Bucket", 9),
        ("DependsOn", "Topic", "", "Bucket", 10),
        ("Sub", "Stage", "", "Bucket", 12),
        ("Sub", "Topic", "TopicName", "Bucket", 12),
        ("Sub", "AWS::Region", "", "Bucket", 12),
        ("GetAtt", "Topic", "TopicName", "Bucket", 15),
    }


def test_lines_of_properties_and_of_what_is_absent() -> None:
    bucket = parse_template("t", YAML).resources["Bucket"]
    assert bucket.line_of("BucketName") == 12
    assert bucket.line_of("Tags.0.Value") == 15
    assert bucket.line_of("Tags.0.Absent") == 14
    assert bucket.line_of("BucketEncryption.Rules") == 11


def test_conditions_that_depend_on_a_parameter() -> None:
    text = YAML.replace("Resources:", "  Other: !Not [!Condition IsProd]\nResources:", 1)
    assert parse_template("t", text).conditions_using("Stage") == ("IsProd", "Other")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("Resources:\n  A: [1\n  B: 2\n", 3, ""),
        ("a: 1\n---\nb: 2\n", 2, "second YAML document"),
        ('{\n "a": 1\n "b": 2}', 3, "expected ','"),
        ('{"a": 1} x', 1, "after the end"),
        ("[a, b]", 1, "mapping"),
        ("- a\n", 1, "mapping"),
        ("", 1, "no YAML document"),
        ("a: *b\n", 1, "no anchor"),
        ("a: \x01\n", 1, "character"),
        ("a: " + "[" * 300, 1, "levels deep"),
        ('{"a": ' + "[" * 300, 1, "levels deep"),
        ("? [a]\n: b\n", 1, "plain value"),
        ("a: \tb: c\n", 1, ""),
    ],
)
def test_what_is_no_template_is_refused_with_its_place(text: str, line: int, message: str) -> None:
    with pytest.raises(TemplateSyntaxError) as caught:
        parse_template("t", text)
    assert caught.value.line == line
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('{"Resources": {\n  "A": {"Type": "AWS::SNS::Topic",},\n}}', 2, "property name"),
        ('{"Resources": {\n  // the topic\n  "A": {"Type": "AWS::SNS::Topic"}}}', 2, "property name"),
        ('{"Description": "two\nlines", "Resources": {"A": {"Type": "AWS::SNS::Topic"}}}', 1, "broken string"),
    ],
)
def test_json_that_cloudformation_refuses_is_read_where_its_meaning_is_clear(
    text: str, line: int, message: str
) -> None:
    template = parse_template("t", text)
    assert template.resources["A"].type == "AWS::SNS::Topic"
    assert template.refused is not None
    assert template.refused.line == line
    assert message in template.refused.message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Zone: !Select [1, !GetAZs]\n", {"Zone": {"Fn::Select": [1, {"Fn::GetAZs": ""}]}}),
        ("Zones: {All: !GetAZs, Count: 2}\n", {"Zones": {"All": {"Fn::GetAZs": ""}, "Count": 2}}),
        ("Tags:\n- {\n'Key': a\n}\n", {"Tags": [{"Key": "a"}]}),
    ],
)
def test_yaml_that_a_parser_refuses_and_cloudformation_reads(text: str, value: object) -> None:
    template = parse_template("t", text)
    assert plain(template.root) == value
    assert template.refused is None


@pytest.mark.parametrize(
    "text",
    [
        '!!int ""',
        '!!float ""',
        "!!bool maybe",
        "!!timestamp soon",
        "0x" + "f" * 5_000,
        "1" * 5_000,
        "9" * 400 + ":59:59.5",
        "2010-09-09",
        "\ud800",
        "!!binary '?'",
        '"\\ud800"',
    ],
)
def test_odd_scalars_are_read(text: str) -> None:
    node = parse_template("t", f"Description: {text}\n").root.get("Description")
    assert isinstance(node, Scalar)
    assert isinstance(node.value, str | int | float)
    assert as_text(node.value) is not None
    node.text.encode()


def test_aliases_cannot_multiply() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
    with pytest.raises(TemplateSyntaxError, match="once aliases are expanded"):
        parse_template("t", bomb)


def test_duplicate_keys_are_kept_in_mind() -> None:
    [twice] = parse_template("t", "Resources:\n  A: 1\n  A: 2\n").duplicates
    assert (twice.key, twice.line, twice.first_line) == ("A", 3, 2)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.slow
@given(st.dictionaries(st.text(max_size=6), _JSON, max_size=4), st.sampled_from([None, 1, "\t"]))
def test_json_is_read_as_json(value: dict[str, object], indent: int | str | None) -> None:
    text = json.dumps(value, indent=indent)
    assert plain(parse_template("t", text).root) == json.loads(text)


@given(st.dictionaries(st.text("abc", min_size=1, max_size=6), _JSON, min_size=1, max_size=4))
def test_positions_point_at_the_text(value: dict[str, object]) -> None:
    text = json.dumps(value, indent=1)
    lines = text.split("\n")
    for _, node in walk(parse_template("t", text).root):
        if isinstance(node, Scalar):
            rest = lines[node.line - 1][node.column - 1 :]
            assert rest.startswith('"') if isinstance(node.value, str) else rest.startswith(node.text)
        elif isinstance(node, Map):
            assert lines[node.line - 1][node.column - 1] == "{"
            assert all(json.dumps(key) in lines[scalar.line - 1] for key, scalar in node.keys.items())


def test_a_path_that_is_not_there_is_none() -> None:
    root = parse_template("t", YAML).root
    assert at(root, "Resources", "Nothing", "Type") is None
    assert at(root, "Resources", "Bucket", "Properties", "Tags", 4) is None
