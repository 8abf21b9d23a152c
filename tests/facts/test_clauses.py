"""The language of facts."""

from __future__ import annotations

import pytest

from grader.catalogue import example
from grader.facts.clauses import ClauseError, View, holds, parse_clause
from grader.facts.places import root_of
from grader.judgement.rule_examples import case_of

TEMPLATE = """
Parameters:
  Free: {Type: String}
  Size: {Type: Number, Default: 3}
Conditions:
  Never: !Equals [a, b]
  Open: !Equals [!Ref Free, a]
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: news}}
  Thing:
    Type: AWS::SQS::Queue
    Properties:
      Text: orders
      Number: !Ref Size
      Unknown: !Ref Free
      Partly: !Sub 'orders-${Free}'
      Taken: !If [Never, a, b]
      Dropped: !If [Never, a, !Ref AWS::NoValue]
      Maybe: !If [Open, a, !Ref AWS::NoValue]
      List: [1, 2, 2]
      Nested: [{A: x, B: x}, {A: y, B: z}]
      Topic: !Ref Topic
"""


@pytest.mark.parametrize(
    ("clause", "every", "truth"),
    [
        ("Text is orders", True, True),
        ("Text is not orders", True, False),
        ("Text is one of a, orders", True, True),
        ("Number is at least 3", True, True),
        ("Number is greater than 3", True, False),
        ("Number is at most <Number>", True, True),
        ("Missing is absent", True, True),
        ("Missing is present", True, False),
        ("Missing is x", True, False),
        ("Missing is not x", True, True),
        ("Unknown is x", True, None),
        ("Unknown is absent", True, False),
        ("Partly begins with orders-", True, True),
        ("Partly begins with books", True, False),
        ("Partly begins with orders-eu", True, None),
        ("Partly ends with x", True, None),
        ("Partly matches /^books/", True, None),
        ("Taken is b", True, True),
        ("Dropped is absent", True, True),
        ("Maybe is absent", True, None),
        ("List has 3 items", True, True),
        ("List has at least 4 items", True, False),
        ("List.* are distinct", True, False),
        ("Nested.*.A is x", False, True),
        ("Nested.*.A is x", True, False),
        ("Topic -> type is AWS::SNS::Topic", True, True),
        ("Topic -> TopicName is news", True, True),
        ("Unknown -> TopicName is news", True, None),
        ("Number is a multiple of the number of <List>", True, True),
        ("region is us-east-1", True, True),
        ("List.0 is 1", True, True),
        ("List includes 2, 5", True, True),
        ("List does not include 2", True, False),
        ("Text consists of [a-z]", True, True),
        ("Partly consists of [a-z]", True, False),
        ("Partly consists of [a-z-]", True, None),
        ("Text does not contain rde", True, False),
        ("Missing is empty", True, True),
        ("Missing is at least 3", True, None),
        ("exactly one of Text, Missing is present", True, True),
        ("at most one of Text, Number is present", True, False),
        ("at least one of Missing, Dropped is present", True, False),
        ("at least one of Missing, Maybe is present", True, None),
        ("at least one of Text, Maybe is present", True, True),
    ],
)
def test_truth_of_a_clause(clause: str, every: bool, truth: bool | None) -> None:
    case = case_of(example(TEMPLATE))
    template = case.templates[0]
    view = View(case, root_of(template, template.resources["Thing"]), None, {})
    assert holds(parse_clause(clause), view, every=every) is truth


@pytest.mark.parametrize("text", ["Text", "Text is", "Text is absent now", "List has many items", "is absent"])
def test_what_is_no_clause_is_refused(text: str) -> None:
    with pytest.raises(ClauseError):
        parse_clause(text)
