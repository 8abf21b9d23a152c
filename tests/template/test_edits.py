"""Edits of a template's text: what an edit changes is read as intended, and every other line stays as it is."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.model import Action, Edit
from grader.template import parse_template, plain
from grader.template.edits import apply_edits, intended, plan_edits

WORDS = st.sampled_from(
    ["orders", "yes", "12", "0644", "2012-10-17", "a: b", "#x", "it's", "", "null", "é", "*", "- x", "{}"]
)
REFERENCES = st.sampled_from([{"Ref": "Orders"}, {"Fn::GetAtt": ["Orders", "Arn"]}, {"Fn::Sub": "${Orders}-x, y"}])
SCALARS = st.one_of(WORDS, st.integers(-5, 70_000), st.booleans(), REFERENCES)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3),
        st.dictionaries(st.sampled_from(["Key", "Value", "A-b"]), inner, min_size=1),
    ),
    max_leaves=6,
)
PROPERTIES = st.dictionaries(st.sampled_from(["Name", "Tags", "Policy", "Size"]), VALUES, min_size=1)
BLOCK = """# a comment on top
Resources:
  Orders:   # the queue
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub 'orders-${AWS::AccountId}'   # kept
      Tags:
        - Key: team
          Value: "billing"
        - {Key: stage, Value: dev}

  # the topic
  Events:
    Type: 'AWS::SNS::Topic'
    Properties: {DisplayName: orders, Tags: [{Key: a, Value: b}]}
Outputs:
  Name:
    Value: !Ref Orders
"""


def edited(text: str, *edits: Edit) -> str:
    template = parse_template("template.yml", text)
    planned = [one for one in plan_edits(template, edits) if one is not None]
    assert len(planned) == len(edits)
    new, made = apply_edits(template, planned)
    assert len(made) == len(edits)
    return new.text


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    """Return the lines between the common beginning and the common end of two texts."""
    old, new = before.split("\n"), after.split("\n")
    while old and new and old[0] == new[0]:
        old, new = old[1:], new[1:]
    while old and new and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    return old, new


def path(*steps: str | int) -> tuple[str | int, ...]:
    return ("Resources", "Orders", "Properties", *steps)


@pytest.mark.parametrize(
    ("edit", "old", "new"),
    [
        (
            Edit(action=Action.SET, path=path("DelaySeconds"), value=5),
            [],
            ["      DelaySeconds: 5"],
        ),
        (
            Edit(action=Action.SET, path=path("QueueName"), value="orders"),
            ["      QueueName: !Sub 'orders-${AWS::AccountId}'   # kept"],
            ["      QueueName: orders   # kept"],
        ),
        (
            Edit(action=Action.REPLACE, path=path("QueueName", "Fn::Sub"), old="orders", value="bills"),
            ["      QueueName: !Sub 'orders-${AWS::AccountId}'   # kept"],
            ["      QueueName: !Sub 'bills-${AWS::AccountId}'   # kept"],
        ),
        (
            Edit(action=Action.REMOVE, path=path("Tags", 0, "Key")),
            ["        - Key: team", '          Value: "billing"'],
            ['        - Value: "billing"'],
        ),
        (
            Edit(action=Action.REMOVE, path=path("Tags", 1)),
            ["        - {Key: stage, Value: dev}"],
            [],
        ),
        (
            Edit(action=Action.APPEND, path=path("Tags"), value={"Key": "x", "Value": {"Ref": "Events"}}),
            [],
            ["        - Key: x", "          Value: !Ref Events"],
        ),
        (
            Edit(action=Action.RENAME, path=path("QueueName"), value="Name"),
            ["      QueueName: !Sub 'orders-${AWS::AccountId}'   # kept"],
            ["      Name: !Sub 'orders-${AWS::AccountId}'   # kept"],
        ),
        (
            Edit(action=Action.UNWRAP, path=path("QueueName")),
            ["      QueueName: !Sub 'orders-${AWS::AccountId}'   # kept"],
            ["      QueueName: 'orders-${AWS::AccountId}'   # kept"],
        ),
        (
            Edit(action=Action.SET, path=("Resources", "Orders", "DeletionPolicy"), value="Delete"),
            [],
            ["    DeletionPolicy: Delete"],
        ),
        (
            Edit(action=Action.SET, path=("Resources", "Events", "Properties", "FifoTopic"), value=True),
            ["    Properties: {DisplayName: orders, Tags: [{Key: a, Value: b}]}"],
            ["    Properties: {DisplayName: orders, Tags: [{Key: a, Value: b}], FifoTopic: true}"],
        ),
        (
            Edit(action=Action.SET, path=("Conditions", "Never"), value={"Fn::Equals": ["a", "b"]}),
            [],
            ["Conditions:", "  Never: !Equals [a, b]", ""],
        ),
    ],
)
def test_an_edit_changes_its_own_lines_only(edit: Edit, old: list[str], new: list[str]) -> None:
    assert changed_lines(BLOCK, edited(BLOCK, edit)) == (old, new)


def test_edits_of_one_text_are_made_together() -> None:
    text = edited(
        BLOCK,
        Edit(action=Action.SET, path=path("DelaySeconds"), value=5),
        Edit(action=Action.REMOVE, path=path("Tags", 1)),
        Edit(action=Action.SET, path=("Resources", "Audit"), value={"Type": "AWS::SQS::Queue"}),
        Edit(action=Action.SET, path=("Resources", "Events", "DependsOn"), value="Audit"),
    )
    resources: Any = plain(parse_template("template.yml", text).root.get("Resources"))
    assert resources["Orders"]["Properties"]["DelaySeconds"] == 5
    assert resources["Orders"]["Properties"]["Tags"] == [{"Key": "team", "Value": "billing"}]
    assert list(resources) == ["Orders", "Events", "Audit"]
    assert resources["Events"]["DependsOn"] == "Audit"


def test_a_key_is_not_written_twice() -> None:
    template = parse_template("template.yml", BLOCK)
    edits = [Edit(action=Action.SET, path=path("DelaySeconds"), value=value) for value in (5, 6)]
    new, made = apply_edits(template, [one for one in plan_edits(template, edits) if one])
    assert [one.edit.value for one in made] == [5]
    assert new.text.count("DelaySeconds") == 1


def test_what_an_alias_uses_is_not_changed() -> None:
    text = BLOCK.replace("Key: team", "Key: &team team").replace("Key: a,", "Key: *team,")
    edit = Edit(action=Action.SET, path=path("Tags", 0, "Key"), value="other")
    assert plan_edits(parse_template("template.yml", text), [edit]) == [None]


@settings(deadline=None, max_examples=60)
@given(PROPERTIES, PROPERTIES, VALUES, st.data())
@pytest.mark.parametrize("form", ["block", "flow", "json", "json-lines"])
def test_the_edited_text_reads_as_intended(
    form: str, ours: dict[str, Any], others: dict[str, Any], value: object, data: st.DataObject
) -> None:
    resources = {
        "Orders": {"Type": "AWS::SQS::Queue", "Properties": ours},
        "Events": {"Type": "AWS::SNS::Topic", "Properties": others},
    }
    wanted = json.loads(json.dumps({"Resources": resources}))  # no object twice: YAML would write an alias
    text = {
        "block": lambda: yaml.safe_dump(wanted, sort_keys=False, allow_unicode=True),
        "flow": lambda: "# flow\n" + yaml.safe_dump(wanted, sort_keys=False, default_flow_style=True, width=60),
        "json": lambda: json.dumps(wanted),
        "json-lines": lambda: json.dumps(wanted, indent=2),
    }[form]()
    template = parse_template("template.yml", text)
    places = [path(name) for name in ours] + [path("Added"), path("Added", "Below")]
    where = data.draw(st.sampled_from(places))
    action = data.draw(st.sampled_from([Action.SET, Action.REMOVE, Action.RENAME]))
    edit = Edit(action=action, path=where, value="Other" if action is Action.RENAME else value)
    [planned] = plan_edits(template, [edit])
    if planned is None:
        assert action is not Action.SET or where[-1] in ("Added", "Below")
        return
    new, made = apply_edits(template, [planned])
    if not made:
        return
    expected = copy.deepcopy(plain(template.root))
    intended(expected, edit)
    assert plain(new.root) == expected
    if form in ("block", "json-lines"):
        old_lines, new_lines = text.split("\n"), new.text.split("\n")
        start = next(number for number, line in enumerate(old_lines) if "Events" in line)
        assert old_lines[start:] == new_lines[len(new_lines) - len(old_lines) + start :]


@pytest.mark.parametrize("place", [0, 1])
def test_a_section_of_json_goes_with_its_only_entry(place: int) -> None:
    parts = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    section = {"Outputs": {"A": {"Value": "a"}}}
    text = json.dumps(parts | section if place else section | parts, indent=2)
    assert json.loads(edited(text, Edit(action=Action.REMOVE, path=("Outputs", "A")))) == parts


@pytest.mark.parametrize("section", ["Mappings", "Conditions", "Outputs", "Parameters"])
@pytest.mark.parametrize(
    ("head", "goes"),
    [("{}:", True), ("{}: # of one entry", True), ("'{}':", True), ("{}: {{Own: {{Value: a}}}}", False)],
)
def test_no_section_is_left_without_entries(section: str, head: str, goes: bool) -> None:
    entry = "" if head.endswith("}") else "  Own: {Value: a}\n"
    text = f"{head.format(section)}\n{entry}Resources:\n  Topic: {{Type: AWS::SNS::Topic}}\n"
    template = parse_template("answer.yml", text)
    planned = [one for one in plan_edits(template, [Edit(action=Action.REMOVE, path=(section, "Own"))]) if one]
    edited, made = apply_edits(template, planned)
    assert bool(made) == goes
    assert edited.text == ("Resources:\n  Topic: {Type: AWS::SNS::Topic}\n" if goes else text)
